"""A log of answers as CSV, read row by row: a log of any length takes no more memory than its learners' names."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sys import intern
from typing import Any, TextIO

from trailbook.domain.errors import Invalid, NotFound
from trailbook.domain.mastery.protocol import Answer

COLUMNS = ("learner", "skills", "item", "correct")
WORDS = {"0": 0.0, "1": 1.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Row:
    """One row as an answer, with what is odd about it."""

    answer: Answer
    repeated: bool  # the very same answer of the same learner at the same time stands just above
    backwards: bool  # its time is before the learner's last


@dataclass(frozen=True)
class CsvLog:
    """A file with the columns ``learner, skills, item, correct`` and, where times are known, ``timestamp``.

    Skills are separated by ``;``. ``correct`` is 0, 1 or a share of points between. Times are seconds or ISO 8601. A
    name that ends in ``.gz`` is unpacked while it is read.
    """

    path: Path

    def rows(self) -> Iterator[Row]:
        """Yield every row in the file's order.

        Raises
        ------
        NotFound
            There is no such file.
        Invalid
            A column is missing or a row cannot be read; the message has the line.
        """
        last: dict[str, Answer] = {}
        tuples: dict[str, tuple[str, ...]] = {}
        with _opened(self.path) as file:
            reader = csv.reader(file)
            places = _places(next(_lines(reader, self.path), None), self.path)
            for cells in _lines(reader, self.path):
                if not cells:
                    continue
                answer = _answer(cells, places, tuples, f"{self.path.name}:{reader.line_num}")
                before = last.get(answer.learner)
                last[answer.learner] = answer
                timed = before is not None and answer.at is not None and before.at is not None
                yield Row(
                    answer,
                    repeated=timed and answer == before,
                    backwards=timed and before is not None and (answer.at or 0.0) < (before.at or 0.0),
                )

    def answers(self, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Answer]:
        """Yield the answers of the learners wanted, in the file's order, without rows that repeat the one above."""
        return (row.answer for row in self.rows() if not row.repeated and wanted(row.answer.learner))


def _opened(path: Path) -> TextIO:
    if not path.is_file():
        raise NotFound(
            "no_log", f"There is no file {path}. Give a CSV with the columns learner, skills, item, correct, timestamp."
        )
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Invalid("log_unreadable", f"{path} cannot be opened: {error.strerror}.") from error


def _lines(reader: Any, path: Path) -> Iterator[list[str]]:
    """Yield the file's rows; what cannot be read at all is told with its line."""
    while True:
        try:
            row = next(reader, None)
        except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, OSError) as error:
            raise Invalid(
                "log_unreadable",
                f"{path.name}:{reader.line_num + 1} cannot be read as CSV in UTF-8: {error}. Save it so.",
            ) from error
        if row is None:
            return
        yield row


def _places(header: Sequence[str] | None, path: Path) -> dict[str, int]:
    names = [name.strip().lower() for name in header or ()]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Invalid(
            "log_columns",
            f"{path.name} has no column {' and no column '.join(missing)}. "
            "The first line must name the columns learner, skills, item, correct and, where known, timestamp.",
        )
    return {name: names.index(name) for name in (*COLUMNS, "timestamp") if name in names}


def _answer(cells: Sequence[str], places: dict[str, int], tuples: dict[str, tuple[str, ...]], where: str) -> Answer:
    try:
        learner, skills, item, correct = (cells[places[name]].strip() for name in COLUMNS)
    except IndexError as error:
        raise Invalid("log_row", f"{where} has {len(cells)} cells, fewer than the first line has columns.") from error
    if not learner or not item:
        raise Invalid("log_row", f"{where} names no {'learner' if not learner else 'item'}.")
    named = tuples.get(skills)
    if named is None:
        named = tuples[skills] = tuple(
            dict.fromkeys(intern(name.strip()) for name in skills.split(";") if name.strip())
        )
    at = places.get("timestamp")
    time = cells[at].strip() if at is not None and at < len(cells) else ""
    return Answer(intern(learner), intern(item), named, _time(time, where), _share(correct, where))


def _share(text: str, where: str) -> float:
    known = WORDS.get(text.lower())
    if known is not None:
        return known
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise Invalid("log_row", f"{where}: correct is {text!r}; it must be 0, 1 or a share of points between.")
    return share


def _time(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise Invalid(
                "log_row", f"{where}: timestamp is {text!r}; it must be seconds, ISO 8601 or empty."
            ) from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if seconds != seconds or abs(seconds) == float("inf"):
        raise Invalid("log_row", f"{where}: timestamp is {text!r}; it must be seconds, ISO 8601 or empty.")
    return seconds
