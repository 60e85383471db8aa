"""Drafts over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from learners_server.course import LESSON
from learners_server.page import Learner
from learners_server.processes import CourseService


@pytest.fixture
def fresh(start_learner: Callable[..., Learner]) -> Learner:
    """A learner who typed nothing yet."""
    return start_learner()


def test_drafts_come_back_after_a_reload(fresh: Learner) -> None:
    assert fresh.state()["drafts"] == {"revision": 0, "cells": {}}
    saved = fresh.put("drafts", {"revision": 0, "cells": {"square": "naïve = 'ü'\n"}})
    assert (saved.status_code, saved.json()) == (200, {"revision": 1})
    assert fresh.state()["drafts"] == {"revision": 1, "cells": {"square": "naïve = 'ü'\n"}}


def test_drafts_of_two_tabs_do_not_overwrite_each_other(fresh: Learner) -> None:
    fresh.put("drafts", {"revision": 0, "cells": {"square": "one"}})
    refused = fresh.put("drafts", {"revision": 0, "cells": {"square": "two"}})
    assert refused.status_code == 409
    assert refused.json()["code"] == "draft_conflict"
    assert refused.json()["details"] == {"revision": 1, "cells": {"square": "one"}}
    assert fresh.put("drafts", {"revision": 1, "cells": {"square": "two"}}).json() == {"revision": 2}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"revision": 0, "cells": {"nope": "x"}}, 404, "unknown_cell"),
        ({"revision": 0, "cells": {"square-test": "x"}}, 404, "unknown_cell"),
        ({"revision": 0, "cells": {"../../x": "x"}}, 404, "unknown_cell"),
        ({"revision": 0, "cells": {"square": 1}}, 400, "unreadable_request"),
        ({"revision": 0, "cells": ["square"]}, 400, "unreadable_request"),
        (["no object"], 400, "unreadable_request"),
        ({"revision": 0, "cells": {"square": "x" * 5_000_001}}, 413, "too_large"),
    ],
)
def test_drafts_that_cannot_be_kept_are_refused(learner: Learner, body: object, status: int, code: str) -> None:
    before = learner.state()["drafts"]
    refused = learner.put("drafts", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert set(refused.json()) == {"message", "code", "details"}
    assert learner.state()["drafts"] == before


def test_drafts_are_saved_while_the_service_is_down(
    own_service: CourseService, start_learner: Callable[..., Learner]
) -> None:
    learner = start_learner(behind=own_service)
    assert learner.page(LESSON).status_code == 200
    own_service.stop()
    assert learner.put("drafts", {"revision": 0, "cells": {"square": "kept"}}).json() == {"revision": 1}
    assert learner.state()["drafts"]["cells"] == {"square": "kept"}
