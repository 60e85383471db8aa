"""Versions of a course's learner model, alike in every database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from support.courses import NOW, TRAP

from trailbook.adapters.storage.engine import make_engine
from trailbook.adapters.storage.schema import upgrade
from trailbook.domain.mastery.bkt import Parameters
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.weights import SHIPPED
from trailbook.services.ports import Storage
from trailbook.services.ports.models import ModelVersion

FITTED = Fitted("counts", replace(SHIPPED, practice_right=0.1 + 0.2))
FIRST = ModelVersion("course", 1, FITTED, 0, "Better by 0.01 nats ✓.", TRAP, NOW)
UNDONE = replace(FIRST, number=2, fitted=Fitted("bkt", skills={TRAP: Parameters(0.1, 0.2, 0.3, 0.05)}), before=None)


def test_a_course_begins_with_the_model_as_it_ships(storage: Storage) -> None:
    with storage(read_only=True) as work:
        assert work.models.latest("course") is None
        assert list(work.models.all("course")) == []


def test_the_newest_version_is_in_use_and_all_are_kept_whole(storage: Storage) -> None:
    with storage() as work:
        work.models.append(FIRST)
        work.models.append(UNDONE)
    with storage(read_only=True) as work:
        assert work.models.latest("course") == UNDONE
        assert list(work.models.all("course")) == [FIRST, UNDONE]
        assert work.models.latest("other") is None


@pytest.mark.parametrize("statement", ["UPDATE model_versions SET because = 'x'", "DELETE FROM model_versions"])
def test_a_version_is_never_changed(shared_url: str, statement: str) -> None:
    upgrade(shared_url)
    engine = make_engine(shared_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO courses (name, manifest) VALUES ('course', '{}')"))
        connection.execute(
            text(
                "INSERT INTO model_versions (course, number, fitted, because, by, at) "
                "VALUES ('course', 1, '{}', '', '', '2026-01-01')"
            )
        )
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
