"""The hub's settings file: what is read, what is refused, and with which words."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from trailbook.domain.errors import Invalid, NotFound
from trailbook_hub.settings import SCHEMA_FILE, HubCourse, HubSettings, load_settings

LEAST = """
state_folder: state
courses:
  - {name: first-course, folder: "courses/first course", staff_port: 9100}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "hub.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_load_settings_least_file_gives_defaults_and_absolute_paths(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    assert load_settings(write(folder, LEAST)) == HubSettings(
        state_folder=folder / "state",
        service_settings=folder / "trailbook.yaml",
        courses=(HubCourse("first-course", folder / "courses/first course", 9100),),
    )


def test_load_settings_full_file_keeps_every_value(tmp_path: Path) -> None:
    names = 'learners: [ada, "te<s\'&\\">t ü"], graders: [greta], instructors: [ines]'
    text = LEAST.replace("9100}", f"9100, {names}}}") + (
        "port: 8765\nbase_url: /a%40b/\nproxy_command: [node, chp]\nspawner: systemd\n"
        "spawner_options: {mem_limit: 1G}\n"
    )
    settings = load_settings(write(tmp_path, text))
    assert settings.courses[0].learners == ("ada", "te<s'&\">t ü")
    assert (settings.port, settings.base_url, settings.proxy_command) == (8765, "/a%40b/", ("node", "chp"))
    assert (settings.spawner, settings.spawner_options) == ("systemd", {"mem_limit": "1G"})


def test_load_settings_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        load_settings(write(tmp_path, LEAST + "prot: 8000\n"))
    assert "unknown key prot. Did you mean port?" in refusal.value.message


def test_load_settings_unknown_key_of_a_course_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        load_settings(write(tmp_path, LEAST.replace("staff_port: 9100", "staff_port: 9100, lerners: [ada]")))
    assert "In courses[0]: unknown key lerners. Did you mean learners?" in refusal.value.message


def test_load_settings_several_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        load_settings(write(tmp_path, "port: eighty\ncourses: []\n"))
    assert len(refusal.value.details["problems"]) == 3


@pytest.mark.parametrize("text", ["{", "- a list\n", ""])
def test_load_settings_not_settings_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid):
        load_settings(write(tmp_path, text))


def test_load_settings_missing_file_says_which(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no hub settings file .*hub\.yaml"):
        load_settings(tmp_path / "hub.yaml")


def test_schema_knows_exactly_the_settings_and_their_defaults() -> None:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    fields = {field.name: field for field in dataclasses.fields(HubSettings)}
    assert set(schema["properties"]) == set(fields)
    values = HubSettings(state_folder=Path("state"), courses=())
    for name, option in schema["properties"].items():
        assert option["description"]
        if "default" in option:
            value = getattr(values, name)
            assert option["default"] == (
                list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
            )
