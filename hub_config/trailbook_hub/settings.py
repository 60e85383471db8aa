"""The hub's settings: one YAML file, checked against its JSON schema, as frozen values."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from trailbook.domain.errors import Invalid, NotFound

SCHEMA_FILE = Path(__file__).with_name("settings.schema.json")


@dataclass(frozen=True)
class HubCourse:
    """One course of the hub and its people, by hub user name."""

    name: str
    folder: Path
    staff_port: int
    learners: tuple[str, ...] = ()
    graders: tuple[str, ...] = ()
    instructors: tuple[str, ...] = ()


@dataclass(frozen=True)
class HubSettings:
    """Everything the hub's configuration is made from; `settings.schema.json` says what each means."""

    state_folder: Path
    courses: tuple[HubCourse, ...]
    ip: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "/"
    hub_port: int = 8081
    proxy_api_port: int = 8001
    service_port: int = 9001
    proxy_command: tuple[str, ...] = ("configurable-http-proxy",)
    service_settings: Path = Path("trailbook.yaml")
    authenticator: str = "trailbook-passwords"
    authenticator_options: Mapping[str, Any] = field(default_factory=dict)
    manage_groups: bool = False
    spawner: str = "trailbook-bubblewrap"
    spawner_options: Mapping[str, Any] = field(default_factory=dict)
    insecure: bool = False

    @property
    def hub_folder(self) -> Path:
        """Where the hub keeps its own state: database, cookie secret, passwords."""
        return self.state_folder / "hub"

    @property
    def homes_folder(self) -> Path:
        """Where each learner's server and each staff server has its home."""
        return self.state_folder / "homes"

    @property
    def logs_folder(self) -> Path:
        """Where the servers' logs are."""
        return self.state_folder / "logs"

    @property
    def service_home(self) -> Path:
        """The home of the course service, for what libraries write."""
        return self.state_folder / "service" / "home"

    @property
    def temporary_folder(self) -> Path:
        """Where the course service puts temporary files."""
        return self.state_folder / "tmp"


def load_settings(path: Path) -> HubSettings:
    """Return the settings in a YAML file.

    Raises
    ------
    NotFound
        ``no_settings``: there is no such file.
    Invalid
        ``bad_settings``: it is not YAML, or not what the schema asks for; the message has every problem.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound("no_settings", f"There is no hub settings file {path}.") from error
    except yaml.YAMLError as error:
        raise Invalid("bad_settings", f"{path} is not YAML: {error}") from error
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    problems = [_describe(error) for error in jsonschema.Draft202012Validator(schema).iter_errors(given)]
    if problems:
        raise Invalid("bad_settings", f"{path}: " + " ".join(problems), problems=problems)
    return _settings(given, path.absolute().parent)


def _settings(given: dict[str, Any], folder: Path) -> HubSettings:
    values = dict(given)
    values["state_folder"] = folder / given["state_folder"]
    values["service_settings"] = folder / given.get("service_settings", "trailbook.yaml")
    values["courses"] = tuple(_course(course, folder) for course in given["courses"])
    if "proxy_command" in values:
        values["proxy_command"] = tuple(values["proxy_command"])
    return HubSettings(**values)


def _course(given: dict[str, Any], folder: Path) -> HubCourse:
    people = {role: tuple(given.get(role, ())) for role in ("learners", "graders", "instructors")}
    return HubCourse(given["name"], folder / given["folder"], given["staff_port"], **people)


def _describe(error: jsonschema.ValidationError) -> str:
    """Return one sentence on a schema error, with the nearest known key for an unknown one."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    where = f"In {place}: " if place else ""
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(_properties(error.schema))
        unknown = [str(key) for key in error.instance if key not in known]
        near = [match for key in unknown for match in difflib.get_close_matches(key, known, n=1)]
        hint = f" Did you mean {', '.join(near)}?" if near else f" Known keys: {', '.join(known)}."
        return f"{where}unknown key {', '.join(unknown)}.{hint}"
    return f"{where}{error.message}."


def _properties(schema: Any) -> dict[str, Any]:
    properties: dict[str, Any] = schema["properties"]
    return properties
