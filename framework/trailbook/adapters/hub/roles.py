"""Who the hub says someone is, as an `Identity`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from trailbook.domain.people import Identity, Role

_GROUP = re.compile(r"trailbook-(?P<course>[a-z0-9][a-z0-9-]*)-(?P<role>learner|grader|instructor)")
_STAFF_SERVICE = re.compile(r"staff-(?P<course>[a-z0-9][a-z0-9-]*)")


def roles_of_groups(groups: Iterable[str]) -> dict[str, frozenset[Role]]:
    """Return the roles in each course that hub groups ``trailbook-COURSE-ROLE`` give; other groups give none.

    >>> roles_of_groups(["trailbook-first-course-learner", "admins"])
    {'first-course': frozenset({<Role.LEARNER: 'learner'>})}
    """
    roles: dict[str, frozenset[Role]] = {}
    for group in groups:
        if match := _GROUP.fullmatch(group):
            course = match["course"]
            roles[course] = roles.get(course, frozenset()) | {Role(match["role"])}
    return roles


def identity_of(model: Mapping[str, Any]) -> Identity:
    """Return the identity in a hub model, as ``GET /hub/api/user`` answers it.

    A service named ``staff-COURSE`` acts as that course's instructor; any other service has no role.
    """
    name = str(model["name"])
    if model.get("kind") != "service":
        return Identity(name, roles_of_groups(model.get("groups", ())))
    match = _STAFF_SERVICE.fullmatch(name)
    roles = {match["course"]: frozenset({Role.INSTRUCTOR})} if match else {}
    return Identity(name, roles, is_service=True)
