"""The composition root: the one place where all rooms are put together from the settings."""
