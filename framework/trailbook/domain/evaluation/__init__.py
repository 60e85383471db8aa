"""How good predictions were: ranking, likelihood, calibration, each from sums whose size does not grow with the log."""
