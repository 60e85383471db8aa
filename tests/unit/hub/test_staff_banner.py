"""The banner of staff servers without a sandbox."""

from __future__ import annotations

import pytest
from tornado.httputil import HTTPHeaders

from trailbook_hub.staff_banner import BANNER, InsecureBanner

PAGE = b'<!doctype html><html><BODY class="x">text</BODY></html>'


def sent(page: bytes, content_type: str, *, finishing: bool = True) -> tuple[bytes, HTTPHeaders]:
    headers = HTTPHeaders({"Content-Type": content_type, "Content-Length": str(len(page))})
    _, headers, chunk = InsecureBanner(None).transform_first_chunk(200, headers, page, finishing)
    return chunk, headers


def test_banner_stands_at_the_start_of_a_page() -> None:
    chunk, headers = sent(PAGE, "text/html; charset=UTF-8")
    assert chunk == PAGE.replace(b'<BODY class="x">', b'<BODY class="x">' + BANNER.encode())
    assert headers["Content-Length"] == str(len(chunk))


@pytest.mark.parametrize(
    ("page", "content_type", "finishing"),
    [(PAGE, "application/json", True), (b"<p>a part</p>", "text/html", True), (PAGE, "text/html", False)],
)
def test_banner_leaves_everything_else_alone(page: bytes, content_type: str, *, finishing: bool) -> None:
    assert sent(page, content_type, finishing=finishing)[0] == page
