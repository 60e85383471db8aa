"""Measures what Trailbook promises of what it acknowledged: that it is fast, and that nothing of it is ever lost."""
