"""Measures the grading of submissions beside nbgrader, and compares it with what it must reach."""
