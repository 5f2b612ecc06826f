"""The central backend: the contract, the booth's client and outbox, the service."""
