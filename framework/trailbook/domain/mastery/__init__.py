"""Learner models behind one protocol."""
