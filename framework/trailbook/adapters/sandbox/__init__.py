"""Learner code in a box: bubblewrap, limits, and the grader that uses them."""
