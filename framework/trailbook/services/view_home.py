"""Home: every course of a person, with the next lesson and why."""

from __future__ import annotations

from trailbook.domain.people import Identity, Role
from trailbook.services.context import Context
from trailbook.services.path_views import course_path
from trailbook.services.plan import plan_of
from trailbook.services.views import HomeView


def view_home(context: Context, identity: Identity) -> HomeView:
    """Return the person's courses in the order of their titles; a person without any gets none."""
    now = context.clock()
    with context.storage(read_only=True) as work:
        mine = [course for course in work.courses.all() if identity.has(course.name, *Role)]
        paths = [
            course_path(plan_of(work, course, identity.name, now=now), identity, context.addresses, now=now)
            for course in sorted(mine, key=lambda course: (course.title, course.name))
        ]
    return HomeView(identity.name, context.insecure, paths)
