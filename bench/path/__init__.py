"""Learner models against the field's on real learners: `make bench-path`."""
