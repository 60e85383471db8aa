"""The outside, one folder a technology; none knows another."""
