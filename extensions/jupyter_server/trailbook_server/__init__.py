"""The server extension in a learner's Jupyter Server: lesson pages, kernels, progress."""
