"""One file a migration, up and down."""
