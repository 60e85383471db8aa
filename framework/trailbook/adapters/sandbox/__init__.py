"""Learner code in a box: bubblewrap, limits, and the grader that uses them."""

from trailbook.adapters.sandbox.grader import SandboxGrader

__all__ = ["SandboxGrader"]
