"""What a sandbox costs before a line of a learner runs."""
