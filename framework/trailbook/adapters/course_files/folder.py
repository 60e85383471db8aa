"""One course folder in nbgrader's layout, on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from trailbook.adapters.course_files.manifest import Manifest, read_manifest
from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import Course, GradingLimits, LessonKey
from trailbook.domain.course_rules import MANIFEST, folder_problems
from trailbook.domain.errors import CourseError, Invalid
from trailbook.domain.lesson_rules import lesson_problems
from trailbook.domain.names import normalise_name
from trailbook.domain.nbgrader_config import JSON_FILE, PYTHON_FILE, NbgraderSettings, read_settings
from trailbook.domain.notebook_format import read_notebook
from trailbook.domain.problem import Problem
from trailbook.services.ports import Notebook, SourceLesson

MAX_TEXT_BYTES = 1_000_000  # of course.yaml and nbgrader's configuration
MAX_NOTEBOOK_BYTES = 10_000_000
MAX_FILES_BYTES = 25_000_000  # of all files beside a module's notebooks
CELLS_AT_THE_LIMIT = 10  # that may use all their time, where nbgrader's configuration gives the time of one

IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")
"""What nbgrader's `CourseDirectory.ignore` leaves out by default."""


class CourseFilesFolder:
    """A course folder; see `trailbook.services.ports.CourseFolder`.

    Raises
    ------
    Invalid
        There is no such folder.
    """

    def __init__(self, path: Path | str) -> None:
        self._root = Path(path).absolute()
        if not self._root.is_dir():
            raise Invalid("no_course_folder", f"There is no folder {path}. Check the path, or make it: trailbook new.")
        self._files = SafeFolder(self._root)

    @property
    def path(self) -> str:
        """Return the folder's absolute path."""
        return str(self._root)

    @property
    def course_id(self) -> str:
        """Return nbgrader's own name for the course, "" where its configuration has none."""
        return str(self._settings()[0].get("CourseDirectory", {}).get("course_id", "")).strip()

    def read_manifest(self) -> tuple[Course | None, Sequence[Problem]]:
        """Return the course, or None where it has errors, and every problem of `course.yaml` and the folder."""
        manifest = self._read_manifest()
        problems = [*manifest.problems, *self._settings()[1]]
        if manifest.course is not None:
            problems += folder_problems(manifest.course, self.source_lessons(), manifest.lines)
        return manifest.course, problems

    def read_lesson(self, key: LessonKey) -> SourceLesson:
        """Return the lesson as its author wrote it, with every problem of its notebook and files."""
        file = f"source/{key}.ipynb"
        notebook, problems = self._read_notebook(key, file)
        if notebook is not None:
            problems += lesson_problems(notebook, file)
        files, file_problems = self._read_files(key.module)
        return SourceLesson(key, notebook, files, (*problems, *file_problems))

    def source_lessons(self) -> Sequence[LessonKey]:
        """Return every notebook under `source/`, in the order of names."""
        found = []
        ignored = self._ignore_patterns()
        for module, kind in self._entries("source"):
            if kind == "folder" and not _is_ignored(module, ignored):
                for name, entry in self._entries(f"source/{module}"):
                    if entry != "folder" and name.endswith(".ipynb") and not name.startswith("."):
                        key = LessonKey(normalise_name(module), normalise_name(name.removesuffix(".ipynb")))
                        found.append(key)
        return sorted(found)

    def write_release(self, key: LessonKey, released: Notebook, files: Mapping[str, bytes]) -> None:
        """Write the released notebook and its files to `release/MODULE/`."""
        for path, content in files.items():
            self._files.write(f"release/{key.module}/{path}", content)
        text = json.dumps(released, ensure_ascii=False, indent=1) + "\n"
        self._files.write(f"release/{key}.ipynb", text.encode())

    def write_manifest(self, text: str) -> None:
        """Write `course.yaml`."""
        self._files.write(MANIFEST, text.encode())

    def has_manifest(self) -> bool:
        """Whether `course.yaml` exists."""
        return any(name == MANIFEST for name, _ in self._entries(""))

    def nbgrader_limits(self) -> GradingLimits:
        """Return the limits that nbgrader's configuration sets: its seconds for a cell; the rest as usual."""
        settings = self._settings()[0]
        seconds = {**settings.get("ExecutePreprocessor", {}), **settings.get("Execute", {})}.get("timeout")
        limits = GradingLimits()
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
            seconds = limits.cell_timeout_seconds
        # nbgrader has no limit for all cells together; a few slow ones are no reason to stop.
        total = max(limits.total_timeout_seconds, CELLS_AT_THE_LIMIT * seconds)
        return GradingLimits(cell_timeout_seconds=float(seconds), total_timeout_seconds=float(total))

    def _read_manifest(self) -> Manifest:
        try:
            text = self._files.read(MANIFEST, max_bytes=MAX_TEXT_BYTES).decode("utf-8")
        except FileNotFoundError:
            message = f"There is no course.yaml. If this is an nbgrader course, run: trailbook init {self._root}"
            return Manifest(None, (Problem("no_manifest", message, MANIFEST),))
        except UnicodeDecodeError:
            return Manifest(None, (Problem("no_yaml", "This is no UTF-8 text. Save it as UTF-8.", MANIFEST),))
        except CourseError as refusal:
            return Manifest(None, (Problem(refusal.code, refusal.message, MANIFEST),))
        return read_manifest(text)

    def _settings(self) -> tuple[NbgraderSettings, list[Problem]]:
        texts: list[str | None] = []
        for file in (PYTHON_FILE, JSON_FILE):
            try:
                content = self._files.find(file, max_bytes=MAX_TEXT_BYTES)
            except CourseError as refusal:
                return {}, [Problem(refusal.code, refusal.message, file)]
            texts.append(None if content is None else content.decode("utf-8", errors="replace"))
        return read_settings(*texts)

    def _read_notebook(self, key: LessonKey, file: str) -> tuple[Notebook | None, list[Problem]]:
        try:
            text = self._files.read(self._real_path(key), max_bytes=MAX_NOTEBOOK_BYTES).decode("utf-8")
        except FileNotFoundError:
            return None, [Problem("no_notebook", "There is no such notebook. Correct the name in course.yaml.", file)]
        except UnicodeDecodeError:
            return None, [Problem("no_json", "This is no UTF-8 text. Open and save it in JupyterLab.", file)]
        except CourseError as refusal:
            return None, [Problem(refusal.code, refusal.message, file)]
        return read_notebook(text, file)

    def _real_path(self, key: LessonKey) -> str:
        """Return the notebook's path as the file system spells it, which may be in another Unicode form."""
        module = self._spelled("source", key.module)
        return f"source/{module}/{self._spelled(f'source/{module}', f'{key.name}.ipynb')}"

    def _spelled(self, folder: str, name: str) -> str:
        return next((entry for entry, _ in self._entries(folder) if normalise_name(entry) == name), name)

    def _read_files(self, module: str) -> tuple[dict[str, bytes], list[Problem]]:
        folder = f"source/{self._spelled('source', module)}"
        files: dict[str, bytes] = {}
        problems: list[Problem] = []
        left = MAX_FILES_BYTES
        try:
            found = list(self._files.walk(folder))
        except CourseError as refusal:
            return {}, [Problem(refusal.code, refusal.message, folder)]
        ignored = self._ignore_patterns()
        for path, kind in found:
            if _is_ignored(path, ignored) or path.endswith(".ipynb"):
                continue
            if kind == "other":
                message = "This is a link or no ordinary file. Put a copy of the file itself there."
                problems.append(Problem("not_a_real_file", message, f"{folder}/{path}"))
                continue
            try:
                content = self._files.read(f"{folder}/{path}", max_bytes=left)
            except CourseError as refusal:
                message = f"{refusal.message} All files of a module together may have {MAX_FILES_BYTES:,} bytes."
                problems.append(Problem(refusal.code, message, f"{folder}/{path}"))
                break
            left -= len(content)
            files[normalise_name(path)] = content
        return files, problems

    def _ignore_patterns(self) -> tuple[str, ...]:
        """Return the file patterns that nbgrader leaves out of a release."""
        patterns = self._settings()[0].get("CourseDirectory", {}).get("ignore", IGNORED)
        return tuple(map(str, patterns)) if isinstance(patterns, list | tuple) else IGNORED

    def _entries(self, path: str) -> list[tuple[str, str]]:
        try:
            return self._files.entries(path)
        except Invalid:  # a link in a folder's place: nothing in it counts, and reading a lesson there says so
            return []


def _is_ignored(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a file is left out: a step of its path is hidden or matches a pattern."""
    return any(step.startswith(".") or any(fnmatch(step, pattern) for pattern in patterns) for step in path.split("/"))
