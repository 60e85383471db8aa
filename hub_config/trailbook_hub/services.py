"""The hub-managed services: the course service, and a staff server for each course."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from trailbook_hub.boxes import (
    CONFIG_FOLDER,
    PROGRAMS,
    RUNTIME_FOLDER,
    STAFF_HOME,
    home_folder,
    staff_box,
    staff_course_folder,
)
from trailbook_hub.people import SERVICE, staff_service
from trailbook_hub.settings import HubCourse, HubSettings


def service_url(settings: HubSettings) -> str:
    """Return the address of the course service for this machine's servers."""
    return f"http://127.0.0.1:{settings.service_port}{settings.base_url}services/{SERVICE}/"


def insecure_environment(settings: HubSettings) -> dict[str, str]:
    """Return what tells a server that it was started without a sandbox."""
    return {"TRAILBOOK_INSECURE": "1"} if settings.insecure else {}


def course_service(settings: HubSettings) -> dict[str, Any]:
    """Return the course service as the hub starts it."""
    return {
        "name": SERVICE,
        "url": f"http://127.0.0.1:{settings.service_port}",
        "command": [sys.executable, "-m", "trailbook_service"],
        "oauth_no_confirm": True,
        "environment": {
            "HOME": str(settings.service_home),
            "TMPDIR": str(settings.temporary_folder),
            "TRAILBOOK_SETTINGS": str(settings.service_settings),
        },
    }


def staff_server(settings: HubSettings, course: HubCourse, *, bwrap: Path | None) -> dict[str, Any]:
    """Return a course's staff server as the hub starts it: in a box, unless ``bwrap`` is None."""
    home = home_folder(settings.homes_folder, staff_service(course))
    seen_home, seen_course, runtime = home, course.folder, home / ".run"
    argv = [sys.executable, "-m", "jupyterhub.singleuser"]
    if bwrap is not None:
        seen_home, seen_course, runtime = STAFF_HOME, staff_course_folder(course.folder), Path(RUNTIME_FOLDER)
    argv += [f"--ServerApp.root_dir={seen_course}", f"--ServerApp.preferred_dir={seen_course}"]
    if bwrap is None:
        argv += ["--KernelManager.transport=tcp"]  # a socket's path may be too long outside the box
    else:
        argv = staff_box(argv, home=home, course=course.folder, bwrap=bwrap)
    return {
        "name": staff_service(course),
        "url": f"http://127.0.0.1:{course.staff_port}",
        "command": argv,
        "cwd": str(course.folder),
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": ["inherit"],
        "environment": {
            "HOME": str(seen_home),
            "PATH": PROGRAMS,
            "SHELL": "/bin/bash",
            "JUPYTER_CONFIG_PATH": str(CONFIG_FOLDER / "staff"),
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "TRAILBOOK_COURSE_FOLDER": str(seen_course),
            "TRAILBOOK_SERVICE_URL": service_url(settings),
            **insecure_environment(settings),
        },
    }


def make_folders(settings: HubSettings) -> None:
    """Make the folders the hub and its services expect; only the hub's user can look into them."""
    staff_homes = [home_folder(settings.homes_folder, staff_service(course)) for course in settings.courses]
    for folder in (
        settings.hub_folder,
        settings.logs_folder,
        settings.service_home,
        settings.temporary_folder,
        settings.homes_folder,
        *staff_homes,
    ):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
