"""A database in memory, for tests: the same contract as the real one, gone with the process."""

from trailbook.adapters.memory.storage import MemoryStorage

__all__ = ["MemoryStorage"]
