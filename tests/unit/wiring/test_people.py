"""Who vouches for people, as the settings and the environment say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trailbook.config import Settings
from trailbook.domain.errors import Invalid
from trailbook.domain.people import Identity, Role
from trailbook.resources import resource
from trailbook.services.ports.people import LearnerServer, ServerState
from trailbook.wiring import build_doorkeeping
from trailbook.wiring.people import HUB_VARIABLES, SINGLE_TOKEN

SECRET = "a secret of this one test"


async def test_single_person_is_a_learner_of_every_course(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(resource("course_templates") / "first-course", tmp_path / "my course"))
    settings = Settings(identity="single", single_name="ann", courses=(folder,), learner_server_url="/a%40b/{name}/")
    doors = build_doorkeeping(settings, {SINGLE_TOKEN: SECRET})
    assert await doors.identities.identify(SECRET) == Identity("ann", {"first-course": frozenset({Role.LEARNER})})
    assert await doors.identities.identify("another") is None
    assert await doors.servers.look("ann") == LearnerServer(ServerState.READY, "/a%40b/ann/")


def test_single_person_needs_a_secret() -> None:
    with pytest.raises(Invalid) as refusal:
        build_doorkeeping(Settings(identity="single"), {})
    assert refusal.value.code == "weak_token"


@pytest.mark.parametrize("missing", HUB_VARIABLES)
def test_hub_is_needed_unless_for_a_single_person(missing: str) -> None:
    env = {name: "x" for name in HUB_VARIABLES if name != missing}
    with pytest.raises(Invalid, match="trailbook open") as refusal:
        build_doorkeeping(Settings(), env)
    assert (refusal.value.code, refusal.value.details) == ("no_hub", {"missing": [missing]})
