"""Who asks: a person or a service, and the role each has in a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person may do in one course; hub group ``trailbook-COURSE-ROLE`` gives it."""

    LEARNER = "learner"
    GRADER = "grader"
    INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Identity:
    """Someone the hub vouches for.

    Attributes
    ----------
    name
        The hub user's (or the service's) name.
    roles
        Role in each course by course name.
    is_service
        A staff server's own identity; it may release its own course and nothing else.
    """

    name: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    is_service: bool = False

    def has(self, course: str, *roles: Role) -> bool:
        """Whether the identity holds one of the roles in the course."""
        return bool(self.roles.get(course, frozenset()) & set(roles))
