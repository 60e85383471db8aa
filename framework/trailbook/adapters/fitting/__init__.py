"""Parameters of learner models found on a log; needs NumPy and scikit-learn, which `trailbook[fit]` brings."""

from trailbook.adapters.fitting.fitter import NumpyFitter

__all__ = ["NumpyFitter"]
