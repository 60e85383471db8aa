"""Groups and roles: who may do what, as the hub's configuration wants it."""

from __future__ import annotations

from typing import Any

from trailbook_hub.settings import HubCourse, HubSettings

SERVICE = "trailbook"
"""Name of the course service; `access:services!service=trailbook` is the right to use it."""


def staff_service(course: HubCourse) -> str:
    """Return the name of a course's staff server."""
    return f"staff-{course.name}"


def group(course: HubCourse, role: str) -> str:
    """Return the hub group that gives a role (``learner``, ``grader``, ``instructor``) in a course."""
    return f"trailbook-{course.name}-{role}"


def groups(settings: HubSettings) -> dict[str, dict[str, list[str]]]:
    """Return `JupyterHub.load_groups`: each course's three groups and their people."""
    return {
        group(course, role): {"users": [] if settings.manage_groups else sorted(people)}
        for course in settings.courses
        for role, people in _people(course).items()
    }


def users(settings: HubSettings) -> set[str]:
    """Return everyone named in a course."""
    return {name for course in settings.courses for people in _people(course).values() for name in people}


def roles(settings: HubSettings) -> list[dict[str, Any]]:
    """Return `JupyterHub.load_roles`: the least that works.

    People of a course may use the course service; staff of a course its staff server. The course service may read who
    is in which group, and start and see the servers of the courses' people. A staff server may use the course service,
    which lets it release its own course only.
    """
    members = [group(course, role) for course in settings.courses for role in _people(course)]
    member = {
        "name": "trailbook-member",
        "description": "May use the course service.",
        "groups": members,
        "services": [staff_service(course) for course in settings.courses],
        "scopes": [f"access:services!service={SERVICE}"],
    }
    service = {
        "name": "trailbook-service",
        "description": "The course service: reads groups, starts learners' servers.",
        "services": [SERVICE],
        "scopes": ["read:users:name", "read:users:groups"]
        + [f"{scope}!group={name}" for name in members for scope in ("servers", "read:servers")],
    }
    staff = [
        {
            "name": f"trailbook-{staff_service(course)}",
            "description": f"May use the staff server of {course.name}.",
            "groups": [group(course, "grader"), group(course, "instructor")],
            "scopes": [f"access:services!service={staff_service(course)}"],
        }
        for course in settings.courses
    ]
    return [member, service, *staff]


def _people(course: HubCourse) -> dict[str, tuple[str, ...]]:
    return {"learner": course.learners, "grader": course.graders, "instructor": course.instructors}
