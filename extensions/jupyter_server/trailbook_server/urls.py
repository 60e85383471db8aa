"""Addresses on the learner's server."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.utils import url_path_join

from trailbook.domain.course import LessonKey

LESSON = r"(?P<course>[^/]+)/(?P<module>[^/]+)/(?P<name>[^/]+)"
"""The route of one lesson; tornado percent-decodes each part after matching."""


def lesson_url(base_url: str, course: str, key: LessonKey) -> str:
    """Return the address of a lesson page.

    >>> lesson_url("/user/ada/", "first", LessonKey("ps 1", "a/b"))
    '/user/ada/trailbook/lessons/first/ps%201/a%2Fb'
    """
    parts = (quote(part, safe="") for part in (course, key.module, key.name))
    return url_path_join(base_url, "trailbook/lessons", *parts)


def files_url(base_url: str, course: str, key: LessonKey) -> str:
    """Return the address below which a lesson's files are."""
    return lesson_url(base_url, course, key) + "/files/"
