"""The first start of a demo: two courses, released, and a password for each person."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from trailbook.domain.errors import Unavailable
from trailbook_hub.demo.cast import (
    COURSES,
    FIRST_COURSE,
    GRADERS,
    INSTRUCTORS,
    LEARNERS,
    QUICKSTART,
    QUICKSTART_TITLE,
    ROLES,
)
from trailbook_hub.demo.checks import free_ports
from trailbook_hub.demo.folder import StateFolder
from trailbook_hub.passwords import new_password, write_passwords, write_private

Say = Callable[[str], None]
"""Tells the person what happens now."""


def prepare(folder: StateFolder, *, insecure: bool, say: Say) -> None:
    """Bring the folder to where the hub can start; what an earlier, even an interrupted, start did is kept."""
    folder.make()
    write_service_settings(folder, insecure=insecure)
    if folder.was_used:
        return
    run = _runner(folder)
    if not (folder.courses / FIRST_COURSE / "course.yaml").is_file():
        say("Making the first course")
        run([_script("trailbook"), "new", FIRST_COURSE, str(folder.courses / FIRST_COURSE)])
    if not (folder.courses / QUICKSTART / "course.yaml").is_file():
        say("Making nbgrader's quickstart course and adopting it")
        if not (folder.courses / QUICKSTART).is_dir():
            shutil.rmtree(folder.temporary / QUICKSTART, ignore_errors=True)
            run([_script("nbgrader"), "quickstart", QUICKSTART])  # it leaves a gradebook beside the course, too
            (folder.temporary / QUICKSTART).rename(folder.courses / QUICKSTART)
        run([_script("trailbook"), "init", str(folder.courses / QUICKSTART), "--title", QUICKSTART_TITLE])
    for course in COURSES:
        say(f"Releasing {course}")
        run([_script("trailbook"), "release", str(folder.courses / course)])
    say("Making passwords")
    make_sign_ins(folder)


def write_service_settings(folder: StateFolder, *, insecure: bool) -> None:
    """Write the course service's settings."""
    settings = {
        "state_folder": "service",
        "courses": [f"courses/{name}" for name in COURSES],
        "insecure": insecure,
    }
    folder.service_settings.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def write_hub_settings(folder: StateFolder, *, ip: str, port: int, proxy_command: list[str], insecure: bool) -> None:
    """Write the hub's settings, with loopback ports that are free now."""
    hub_port, proxy_api_port, service_port, *staff_ports = free_ports(3 + len(COURSES))
    settings = {
        "state_folder": ".",
        "ip": ip,
        "port": port,
        "hub_port": hub_port,
        "proxy_api_port": proxy_api_port,
        "service_port": service_port,
        "proxy_command": proxy_command,
        "service_settings": folder.service_settings.name,
        "insecure": insecure,
        "courses": [
            {
                "name": name,
                "folder": f"courses/{name}",
                "staff_port": staff_port,
                "learners": list(LEARNERS),
                "graders": list(GRADERS),
                "instructors": list(INSTRUCTORS),
            }
            for name, staff_port in zip(COURSES, staff_ports, strict=True)
        ],
    }
    folder.hub_settings.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def make_sign_ins(folder: StateFolder) -> None:
    """Make a password for each person; the file for people comes last, since it says that the folder is complete."""
    passwords = {name: new_password() for name in ROLES}
    write_passwords(folder.passwords, passwords)
    write_private(folder.sign_ins, "".join(f"{line}\n" for line in sign_in_lines(passwords)))


def sign_in_lines(passwords: Mapping[str, str]) -> list[str]:
    """Return a line for each person: role, name, password."""
    return [f"{ROLES[name]:<10}  {name:<6}  {password}" for name, password in passwords.items()]


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _runner(folder: StateFolder) -> Callable[[list[str]], None]:
    """Return what runs one command in a folder nobody keeps, quietly; its output is in the log."""

    def run(argv: list[str]) -> None:
        with folder.log.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - our own commands
                argv,
                cwd=folder.temporary,
                env=folder.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise Unavailable(
                "demo_failed",
                f"`{Path(argv[0]).name} {' '.join(argv[1:])}` failed; the last lines of {folder.log} say why.",
            )

    return run
