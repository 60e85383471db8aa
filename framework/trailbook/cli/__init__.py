"""The `trailbook` command."""
