"""Help on a lesson page, relayed."""
