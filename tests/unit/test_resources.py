"""Files that are not Python are found in a checkout and in an installation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trailbook import resources
from trailbook.domain.errors import Unavailable


def test_checkout_has_its_own_folders() -> None:
    assert (resources.resource("course_templates") / "first-course" / "course.yaml").is_file()


def test_installation_has_them_under_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    web = tmp_path / "share" / "trailbook" / "web"
    web.mkdir(parents=True)
    assert resources.resource("web") == web


def test_missing_folder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(Unavailable, match="make build") as refusal:
        resources.resource("web")
    assert (refusal.value.code, refusal.value.details) == ("missing_resource", {"resource": "web"})
