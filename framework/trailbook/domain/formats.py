"""In which way a lesson is taken."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How somebody likes to begin: a choice, and no trait of theirs."""

    READ = "read"
    WATCH = "watch"
    PRACTISE = "practise"
