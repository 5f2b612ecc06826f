"""The booth application and its central backend."""

__version__ = "0.1.0"
