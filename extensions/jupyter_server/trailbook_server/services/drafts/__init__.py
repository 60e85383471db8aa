"""What the learner typed, on the learner's own disk."""
