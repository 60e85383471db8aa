"""Every option of a Trailbook installation: one YAML file, overridden by ``TRAILBOOK_<NAME>``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from trailbook.domain.errors import Invalid

SETTINGS_VARIABLE = "TRAILBOOK_SETTINGS"
PREFIX = "TRAILBOOK_"


def _option(default: Any, text: str, *, choices: tuple[str, ...] = (), least: float | None = None) -> Any:
    metadata = {"help": text, "choices": choices, "least": least}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """All options, each with its meaning, unit and default."""

    state_folder: Path = _option(
        Path(".trailbook"), "Folder for what the course service keeps: the SQLite database, and workers' scratch files."
    )
    database_url: str = _option(
        "", "SQLAlchemy address of the database; empty means SQLite in `state_folder`. PostgreSQL: `postgresql://…`."
    )
    courses: tuple[Path, ...] = _option((), "Course folders; in the environment separated like PATH.")
    min_free_bytes: int = _option(
        200_000_000,
        "Free bytes on the disk of `state_folder` below which no new answer is taken; what was taken is still graded.",
        least=0,
    )
    max_submission_bytes: int = _option(5_000_000, "Largest answer or hand-in accepted, in bytes.", least=1_000)
    dask_address: str = _option("", "Address of a running Dask scheduler (`tls://…`); empty starts workers in-process.")
    dask_tls_ca: Path | None = _option(None, "Certificate authority of the Dask cluster, a PEM file.")
    dask_tls_cert: Path | None = _option(None, "Certificate of this client of the Dask cluster, a PEM file.")
    dask_tls_key: Path | None = _option(None, "Private key of this client of the Dask cluster, a PEM file.")
    course_environments: Mapping[str, str] = _option(
        {},
        "Environment each course is graded in, where it is not `default`: its jobs go to the workers that were started "
        "with `--environment` of that name. In a variable: `COURSE=NAME,COURSE=NAME`.",
    )
    blob_address: str = _option(
        "",
        "Where workers of a cluster fetch lessons by their hash: `database`, or an fsspec address such as "
        "`s3://bucket/path`; empty sends them over the cluster's own connection.",
    )
    max_waiting_jobs: int = _option(
        10_000, "Jobs that may wait to be graded; above this, answers are refused for a while.", least=1
    )
    workers: int = _option(2, "Gradings at the same time on the in-process cluster.", least=1)
    lease_seconds: float = _option(
        300.0,
        "Seconds after which a grading that gave no sign is run again; above every course's total timeout.",
        least=1,
    )
    max_tries: int = _option(3, "Tries of a grading before a person must look.", least=1)
    sandbox_tier: str = _option(
        "auto",
        "How learners' code is shut in, or `auto` for the strongest way that holds here; what is named and does not "
        "hold is refused. `trailbook doctor` says what holds.",
        choices=("auto", "namespaces", "pod", "landlock"),
    )
    insecure: bool = _option(False, "Run learner code without a sandbox; for a try-out only, and every page says so.")
    identity: str = _option(
        "hub", "Who vouches for people: JupyterHub, or one person on this machine.", choices=("hub", "single")
    )
    learner_server_url: str = _option("/user/{name}/", "Address of a learner's server; `{name}` is the learner.")
    staff_server_url: str = _option("/services/staff-{course}/", "Address of a course's staff server; empty for none.")
    home_url: str = _option("/services/trailbook/", "Address of Home, as the browser sees it.")
    single_name: str = _option("learner", "Name of the one person, where `identity` is `single`.")
    manual_grade_poll_seconds: float = _option(1.0, "Seconds between looks for new manual grades.", least=0.1)

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.state_folder / 'trailbook.db').absolute()}"


OPTIONS: Mapping[str, Field[Any]] = {option.name: option for option in fields(Settings)}


def load_settings(path: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a file and the environment; the environment wins.

    Paths in the file are relative to the file's folder, those in the environment to the working folder.

    Parameters
    ----------
    path
        The settings file; None means the one ``TRAILBOOK_SETTINGS`` names, if any.
    env
        The environment, by default this process's.

    Raises
    ------
    Invalid
        The file cannot be read, a key is unknown, or a value is not what the option takes.
    """
    env = os.environ if env is None else env
    if path is None and env.get(SETTINGS_VARIABLE):
        path = Path(env[SETTINGS_VARIABLE])
    values: dict[str, Any] = {}
    if path is not None:
        for name, (line, value) in _read(path).items():
            values[name] = _convert(name, value, base=path.parent, where=f"{path}, line {line}")
    for name in OPTIONS:
        text = env.get(PREFIX + name.upper())
        if text is not None:
            values[name] = _convert(name, _from_text(name, text), base=Path.cwd(), where=PREFIX + name.upper())
    return replace(Settings(), **values)


def _read(path: Path) -> dict[str, tuple[int, Any]]:
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(
            "unreadable_settings", f"{path}: the settings cannot be read: {error}.", file=str(path)
        ) from error
    if values is None:
        return {}
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise Invalid("unreadable_settings", f"{path}: settings are lines of `name: value`.", file=str(path))
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
    for name in values:
        if name not in OPTIONS:
            raise _unknown(str(name), path, lines.get(str(name), 1))
    return {name: (lines[name], value) for name, value in values.items()}


def _unknown(name: str, path: Path, line: int) -> Invalid:
    near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0.0)[0]
    return Invalid(
        "unknown_setting",
        f"{path}, line {line}: there is no setting {name!r}. Did you mean {near!r}?",
        file=str(path),
        line=line,
        nearest=near,
    )


def _from_text(name: str, text: str) -> Any:
    """Return what a text of the environment says; a text that says nothing of the kind is refused as it is."""
    kind = str(OPTIONS[name].type)
    if kind == "tuple[Path, ...]":
        return [part for part in text.split(os.pathsep) if part]
    if kind == "Mapping[str, str]":
        pairs = [part.partition("=") for part in text.split(",") if part]
        return {name.strip(): value.strip() for name, _, value in pairs}
    if kind == "bool":
        return {"1": True, "true": True, "0": False, "false": False, "": False}.get(text.lower(), text)
    if kind in ("int", "float"):
        with suppress(ValueError):
            return int(text) if kind == "int" else float(text)
    return text


def _convert(name: str, value: Any, *, base: Path, where: str) -> Any:
    option = OPTIONS[name]
    kind = str(option.type)
    match kind, value:
        case "Path" | "Path | None", str() if value:
            return base / Path(value).expanduser()
        case "Path | None", None | "":
            return None
        case "tuple[Path, ...]", list() if all(isinstance(each, str) for each in value):
            return tuple(base / Path(each).expanduser() for each in value)
        case "Mapping[str, str]", dict() if all(
            isinstance(text, str) and text for each in value.items() for text in each
        ):
            return value
        case "bool", bool():
            return value
        case "str", str() if not option.metadata["choices"] or value in option.metadata["choices"]:
            return value
        case "int", int() if not isinstance(value, bool) and value >= option.metadata["least"]:
            return value
        case "float", int() | float() if not isinstance(value, bool) and value >= option.metadata["least"]:
            return float(value)
    raise Invalid("bad_setting", f"{where}: {name} is {value!r}. {_expected(option)}", setting=name)


def _expected(option: Field[Any]) -> str:
    kinds = {
        "Path": "a path", "Path | None": "a path", "tuple[Path, ...]": "a list of paths",
        "Mapping[str, str]": "names with a name each", "bool": "true or false",
        "int": "a whole number", "float": "a number", "str": "a text",
    }  # fmt: skip
    least, choices = option.metadata["least"], option.metadata["choices"]
    bounds = f" of at least {least:g}" if least is not None else ""
    named = f": {' or '.join(choices)}" if choices else ""
    return f"It must be {kinds[str(option.type)]}{bounds}{named}."
