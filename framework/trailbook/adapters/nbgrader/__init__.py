"""nbgrader: releases made with its preprocessors, and its gradebook."""

from trailbook.adapters.nbgrader.gradebook import NbgraderGradebook
from trailbook.adapters.nbgrader.stripper import NbgraderStripper

__all__ = ["NbgraderGradebook", "NbgraderStripper"]
