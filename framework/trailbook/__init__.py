"""Trailbook: notebooks as lessons, graded exercises, and a path that adapts to each learner."""
