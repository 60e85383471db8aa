"""One course's path for one person."""

from __future__ import annotations

from trailbook.domain.people import Identity
from trailbook.services.access import enter_course
from trailbook.services.context import Context
from trailbook.services.path_views import course_path
from trailbook.services.plan import plan_of
from trailbook.services.views import CoursePath


def view_path(context: Context, identity: Identity, course: str) -> CoursePath:
    """Return every lesson of the course with its status for the person, and why.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`.
    """
    with context.storage(read_only=True) as work:
        found = enter_course(work, identity, course)
        now = context.clock()
        return course_path(plan_of(work, found, identity.name, now=now), identity, context.addresses, now=now)
