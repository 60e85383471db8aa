"""Drafts: two tabs cannot overwrite each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict
from trailbook_server.services.drafts.manager import DraftManager, Drafts

KEY = LessonKey("ps 1", "squares")


@pytest.fixture
def drafts(tmp_path: Path) -> DraftManager:
    return DraftManager(tmp_path)


def test_drafts_of_a_new_lesson_are_empty(drafts: DraftManager) -> None:
    assert drafts.read("first", KEY) == Drafts(0, {})


def test_a_save_keeps_the_other_cells(drafts: DraftManager) -> None:
    drafts.save("first", KEY, based_on=0, cells={"a": "1", "b": "2"})
    assert drafts.save("first", KEY, based_on=1, cells={"a": "3"}) == Drafts(2, {"a": "3", "b": "2"})
    assert drafts.read("first", KEY) == Drafts(2, {"a": "3", "b": "2"})


def test_lessons_do_not_share_drafts(drafts: DraftManager) -> None:
    drafts.save("first", KEY, based_on=0, cells={"a": "1"})
    assert drafts.read("second", KEY) == Drafts()
    assert drafts.read("first", LessonKey("ps 1", "cubes")) == Drafts()


def test_a_save_from_another_tab_keeps_both(drafts: DraftManager, tmp_path: Path) -> None:
    drafts.save("first", KEY, based_on=0, cells={"a": "tab one"})
    with pytest.raises(Conflict) as refusal:
        drafts.save("first", KEY, based_on=0, cells={"a": "tab two"})
    assert refusal.value.code == "draft_conflict"
    assert refusal.value.details == {"revision": 1, "cells": {"a": "tab one"}}
    (file,) = tmp_path.rglob("drafts.json")
    assert json.loads(file.read_text())["rejected"] == {"revision": 0, "cells": {"a": "tab two"}}
    assert drafts.read("first", KEY) == Drafts(1, {"a": "tab one"})


def test_the_same_save_again_is_no_conflict(drafts: DraftManager) -> None:
    drafts.save("first", KEY, based_on=0, cells={"a": "1"})
    assert drafts.save("first", KEY, based_on=0, cells={"a": "1"}) == Drafts(1, {"a": "1"})


def test_a_file_the_learner_broke_is_read_as_none(drafts: DraftManager, tmp_path: Path) -> None:
    drafts.save("first", KEY, based_on=0, cells={"a": "1"})
    (file,) = tmp_path.rglob("drafts.json")
    file.write_text('{"revision": "x", "cells": []}')
    assert drafts.read("first", KEY) == Drafts()
