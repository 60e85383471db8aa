"""From the first schema to the one with receipts: what was there stays, and can be used on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic import command
from support.courses import NOW, TRAP, attempt, course, key, lesson, version
from support.notebooks import answer, check, notebook

from trailbook.adapters.storage import open_storage, schema, upgrade
from trailbook.adapters.storage.engine import make_engine
from trailbook.adapters.storage.plain import to_text
from trailbook.adapters.storage.tables import UtcDateTime
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.ports import JobStatus, PastResult

RELEASE = version("one", notebook(answer("a"), check("a-test")))
OLD = {
    "courses": {"name": "course", "manifest": to_text(course(lesson("one")))},
    "lesson_versions": {
        "course": "course",
        "module": key("one").module,
        "lesson": "one",
        "number": 1,
        "sha256": RELEASE.sha256,
        "source": json.dumps(RELEASE.source),
        "released": json.dumps(RELEASE.released),
        "exercises": to_text(RELEASE.exercises),
        "released_at": NOW,
        "released_by": "ida",
    },
    "attempts": {
        "id": "x",
        "kind": "attempt",
        "key": "x",
        "course": "course",
        "module": key("one").module,
        "lesson": "one",
        "version": 1,
        "learner": TRAP,
        "exercise": "a",
        "answers": json.dumps({"a": "a = 1"}),
        "created_at": NOW,
        "status": "queued",
        "tries": 0,
    },
}


@pytest.fixture
def first_url(url: str) -> str:
    """A database of the first schema with a course, a release and an attempt that waits."""
    engine = make_engine(url)
    config = schema._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in OLD.items():
            columns = [sa.column(name, UtcDateTime() if value is NOW else None) for name, value in row.items()]
            connection.execute(sa.insert(sa.table(table, *columns)).values(row))
    engine.dispose()
    return url


def test_what_was_received_before_stays_and_has_no_receipt(first_url: str) -> None:
    done = upgrade(first_url)
    assert (done.before, done.after) == ("0001", schema.newest())
    storage = open_storage(first_url)
    with storage(read_only=True) as work:
        assert work.versions.find("course", key("one"), 1) == RELEASE
        assert work.attempts.find("x") == attempt("x")
        assert work.attempts.results("x") == []
    storage.close()


def test_what_waited_before_is_graded_after(first_url: str) -> None:
    upgrade(first_url)
    storage = open_storage(first_url)
    result = GradingResult(Verdict.GRADED)
    with storage() as work:
        work.versions.add(replace(RELEASE, number=2, contract={"names": ["a"]}))
        assert work.attempts.lease("x", now=NOW, until=NOW) is not None
        work.attempts.finish("x", JobStatus.DONE, result, now=NOW)
    with storage(read_only=True) as work:
        assert work.attempts.results("x") == [PastResult(1, result, NOW)]
        assert work.versions.find_latest("course", key("one")) == replace(RELEASE, number=2, contract={"names": ["a"]})
    storage.close()
