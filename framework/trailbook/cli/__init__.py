"""The `trailbook` command; `main` finds the command, a module a command."""
