"""How long a learner waits from *Submit answer* to the verdict: real hub, real servers, real Chromium."""
