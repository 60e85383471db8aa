"""A learner's Jupyter Server in front of the real course service, each in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported one by one; these helpers are theirs

from learners_server.course import write_course
from learners_server.page import Learner
from learners_server.processes import CourseService, LearnerServer

PERSON = "te<s'&\">t ü"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseService]:
    """The course service for tests that only ask it."""
    course = write_course(tmp_path_factory.mktemp("courses") / "a course")
    yield from _run_service(CourseService(course, tmp_path_factory.mktemp("state"), person=PERSON))


@pytest.fixture(scope="session")
def second_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseService]:
    """The course service for tests that stop it or change its course."""
    course = write_course(tmp_path_factory.mktemp("courses") / "another course")
    yield from _run_service(CourseService(course, tmp_path_factory.mktemp("state"), person=PERSON))


@pytest.fixture
def own_service(second_service: CourseService) -> CourseService:
    """A course service that runs, and that the test may stop, or give another release."""
    if not second_service.runs:
        second_service.start()
    return second_service


@pytest.fixture(scope="session")
def shared_learner(service: CourseService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    """A learner's server for tests that leave it as it was."""
    yield from _run_server(LearnerServer(service, tmp_path_factory.mktemp("a home")))


@pytest.fixture
def learner(shared_learner: Learner) -> Learner:
    """The learner, with a kernel that is fresh when the test first asks for one."""
    for kernel in shared_learner.client.get("api/kernels").json():
        shared_learner.client.delete(f"api/kernels/{kernel['id']}")
    return shared_learner


@pytest.fixture
def start_learner(service: CourseService, tmp_path: Path) -> Iterator[Callable[..., Learner]]:
    """Start a learner's server of its own: with options, or in front of another service."""
    running: list[Iterator[Learner]] = []

    def start(*options: str, behind: CourseService = service) -> Learner:
        home = tmp_path / f"home {len(running)}"
        home.mkdir()
        running.append(_run_server(LearnerServer(behind, home, options=options)))
        return next(running[-1])

    yield start
    for server in running:
        next(server, None)


def _run_service(service: CourseService) -> Iterator[CourseService]:
    service.prepare()
    service.start()
    yield service
    service.stop()
    assert "Traceback" not in service.log()


def _run_server(server: LearnerServer) -> Iterator[Learner]:
    server.start()
    learner = Learner(server)
    yield learner
    learner.client.close()
    server.stop()
    assert "Traceback" not in server.log(), server.log()
