"""Grading jobs on Dask workers: threads of this process by default, the machines of a cluster by setting."""
