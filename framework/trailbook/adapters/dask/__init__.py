"""Grading jobs on Dask workers: threads of this process by default, a running cluster by setting."""

from trailbook.adapters.dask.cluster import ClusterQueue
from trailbook.adapters.dask.in_process import DaskQueue

__all__ = ["ClusterQueue", "DaskQueue"]
