"""Grading with answers and tests in processes apart: the plan of a run, the broker that conducts it, the contract."""
