"""From settings to JupyterHub's configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailbook_hub import configure, people
from trailbook_hub.configure import configuration
from trailbook_hub.settings import HubCourse, HubSettings

COURSE = HubCourse(
    "first-course", Path("/srv/a course"), 9100, learners=("ada", "grace"), graders=("greta",), instructors=("ines",)
)


def settings(**changes: object) -> HubSettings:
    values: dict[str, object] = {"state_folder": Path("/srv/state"), "courses": (COURSE,)} | changes
    return HubSettings(**values)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def built_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the built web folder: the rules here do not depend on a build."""
    (tmp_path / "tokens.css").write_text("@font-face{src:url(./fonts/a.woff2)}", encoding="utf-8")
    monkeypatch.setattr(configure, "resource", lambda _name: tmp_path)
    return tmp_path


def test_groups_name_course_and_role() -> None:
    assert people.groups(settings()) == {
        "trailbook-first-course-learner": {"users": ["ada", "grace"]},
        "trailbook-first-course-grader": {"users": ["greta"]},
        "trailbook-first-course-instructor": {"users": ["ines"]},
    }


def test_groups_brought_by_the_authenticator_are_left_empty() -> None:
    assert {tuple(group["users"]) for group in people.groups(settings(manage_groups=True)).values()} == {()}


def test_roles_give_a_learner_the_course_service_and_nothing_else() -> None:
    held = [role for role in people.roles(settings()) if "trailbook-first-course-learner" in role.get("groups", ())]
    assert [role["scopes"] for role in held] == [["access:services!service=trailbook"]]


def test_roles_give_the_course_service_no_admin_scope() -> None:
    (service,) = [role for role in people.roles(settings()) if "trailbook" in role.get("services", ())]
    assert {scope.split("!")[0] for scope in service["scopes"]} == {
        "read:users:name",
        "read:users:groups",
        "servers",
        "read:servers",
    }
    assert all("!group=trailbook-" in scope for scope in service["scopes"] if "servers" in scope)


def test_roles_open_a_staff_server_to_its_own_staff_only() -> None:
    other = HubCourse("other", Path("/srv/other"), 9101)
    roles = {role["name"]: role for role in people.roles(settings(courses=(COURSE, other)))}
    assert roles["trailbook-staff-first-course"]["groups"] == [
        "trailbook-first-course-grader",
        "trailbook-first-course-instructor",
    ]
    assert roles["trailbook-staff-other"]["scopes"] == ["access:services!service=staff-other"]


def test_configuration_lets_in_only_who_is_named() -> None:
    made = configuration(settings(), bwrap=Path("/usr/bin/bwrap"))["Authenticator"]
    assert made == {"allow_all": False, "allowed_users": {"ada", "grace", "greta", "ines"}, "manage_groups": False}


def test_configuration_gives_a_learners_token_three_scopes() -> None:
    made = configuration(settings(), bwrap=Path("/usr/bin/bwrap"))
    assert made["Spawner"]["server_token_scopes"] == [
        "users:activity!user",
        "access:servers!server",
        "access:services!service=trailbook",
    ]


def test_configuration_binds_everything_of_ours_to_loopback() -> None:
    made = configuration(settings(ip="0.0.0.0"), bwrap=Path("/usr/bin/bwrap"))
    assert made["JupyterHub"]["hub_bind_url"] == "http://127.0.0.1:8081"
    assert made["ConfigurableHTTPProxy"]["api_url"] == "http://127.0.0.1:8001"
    assert {service["url"].rpartition(":")[0] for service in made["JupyterHub"]["services"]} == {"http://127.0.0.1"}


def test_configuration_puts_the_staff_server_into_a_box_with_its_course() -> None:
    (staff,) = [
        service
        for service in configuration(settings(), bwrap=Path("/usr/bin/bwrap"))["JupyterHub"]["services"]
        if service["name"] == "staff-first-course"
    ]
    assert staff["command"][0] == "/usr/bin/bwrap"
    at = staff["command"].index("/srv/a course")
    assert staff["command"][at - 1 : at + 2] == ["--bind", "/srv/a course", "/courses/a course"]
    assert staff["environment"]["TRAILBOOK_COURSE_FOLDER"] == "/courses/a course"
    assert not [part for part in staff["command"] if part.startswith("/srv/state") and "homes" not in part]


def test_configuration_without_a_sandbox_says_so_everywhere() -> None:
    made = configuration(settings(insecure=True), bwrap=None)
    assert made["BubblewrapSpawner"]["sandbox"] is False
    assert "without a sandbox" in made["JupyterHub"]["template_vars"]["insecure"]
    assert "without a sandbox" in made["JupyterHub"]["template_vars"]["announcement"]
    assert made["Spawner"]["environment"]["TRAILBOOK_INSECURE"] == "1"
    assert [service["environment"].get("TRAILBOOK_INSECURE") for service in made["JupyterHub"]["services"]] == [
        None,
        "1",
    ]


def test_configuration_with_a_sandbox_says_nothing_of_it() -> None:
    made = configuration(settings(), bwrap=Path("/usr/bin/bwrap"))
    assert made["JupyterHub"]["template_vars"]["insecure"] == ""
    assert "TRAILBOOK_INSECURE" not in made["Spawner"]["environment"]


def test_configuration_other_spawner_is_one_setting() -> None:
    made = configuration(settings(spawner="systemd", spawner_options={"mem_limit": "1G"}), bwrap=Path("/usr/bin/bwrap"))
    assert made["JupyterHub"]["spawner_class"] == "systemd"
    assert made["Spawner"]["mem_limit"] == "1G"


def test_style_holds_the_text_font_and_asks_for_nothing(built_pages: Path) -> None:
    (built_pages / "fonts").mkdir()
    (built_pages / "fonts/a-next-latin-wght-normal.woff2").write_bytes(b"font")
    (built_pages / "tokens.css").write_text(
        "@font-face{src:url(./fonts/a-next-latin-wght-normal.woff2)format('woff2')}"
        "@font-face{src:url(./fonts/a-mono.woff2)}p{color:red}",
        encoding="utf-8",
    )
    assert configure.style() == "@font-face{src:url(data:font/woff2;base64,Zm9udA==)format('woff2')}p{color:red}"
