"""Memory as the Free Spaced Repetition Scheduler sees it (Ye, Su, Cao 2022), from the package `fsrs`."""

from trailbook.adapters.fsrs.memory import FsrsForgetting

__all__ = ["FsrsForgetting"]
