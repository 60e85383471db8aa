"""Grading in the notebook's own kernel, for languages without a tester of their own: it can be forged."""
