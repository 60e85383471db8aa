"""What a learner wrote does nothing on the grader's page."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from tornado.httputil import HTTPHeaders

from trailbook_hub.submission_pages import KEPT_IN_PLACE, SubmissionPolicy, clean, clean_notebooks, policy

PAGE = b'<html><head><script src="a.js"></script><SCRIPT>x</SCRIPT></head><body><script>evil</script></body></html>'
HOSTILE = [
    "<script>evil()</script>",
    "<SCRIPT src=//evil.example/x.js></SCRIPT >",
    "<img src=x onerror=evil()>",
    "<a href=javascript:evil()>x</a>",
    "<svg onload=evil()><script>evil()</script></svg>",
    "<p>a</p><svg><script>evil()</script></svg>",
    "<iframe srcdoc='<script>evil()</script>'></iframe>",
    "<form action=/evil><button>x</button></form>",
    "<style>.full-credit{position:fixed}/*evil*/</style>",
    "<div style='position:fixed;inset:0;background:url(//evil.example)'>x</div>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<object data=evil.swf></object><embed src=evil.swf>",
    "<script>evil()",
    "<math><mtext><table><mglyph><style><img src=x onerror=evil()>",
]
DANGER = re.compile(r"evil|position|onerror\s*=|<script|<style|<form|<svg|<iframe|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_acts_is_left(html: str) -> None:
    assert DANGER.search(clean(html)) is None


def test_ordinary_html_stays() -> None:
    table = '<table class="dataframe"><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    text = '<h2>Title</h2><p>A <em>word</em>, <a href="https://example.org">a link</a></p><ul><li>one</li></ul>'
    assert clean(table) == table
    assert clean(text) == text
    assert clean('<p style="text-align: right; position: fixed">1</p>') == '<p style="text-align: right;">1</p>'
    assert clean("<style scoped>.dataframe td { color: red }</style>\n<p>x</p>") == "\n<p>x</p>"


def test_svg_becomes_a_picture_where_nothing_runs() -> None:
    assert clean('<?xml version="1.0"?>\n<svg><script>evil()</script></svg>').startswith(
        '<img alt="" src="data:image/svg+xml;base64,'
    )


def test_exporter_cleans_markdown_and_outputs() -> None:
    exporter = HTMLExporter()
    clean_notebooks(exporter)
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": "<b>kept</b><script>evil()</script>"}),
        nbformat.v4.new_output("display_data", {"application/javascript": "evil()"}),
        nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg onload='evil()'></svg>"}),
        nbformat.v4.new_output("display_data", {"text/markdown": "*kept* <img src=x onerror='evil()'>"}),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("**kept** $x<y$ <script>evil()</script><img src=x onerror='evil()'>"),
        nbformat.v4.new_code_cell("1", outputs=outputs),
    ]
    html, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert "evil" not in html
    assert html.count("kept") == 3


def test_page_of_a_submission_runs_only_the_scripts_of_its_head() -> None:
    chunk, headers = sent("/services/staff-c/formgrader/submissions/abc/")
    head, _, body = chunk.decode().partition("<body")
    nonce = re.search(r"'nonce-([^']+)'", headers["Content-Security-Policy"])
    assert nonce is not None
    assert head.count(f'<script nonce="{nonce[1]}"') == 2
    assert body == "><script>evil</script></body></html>"
    assert headers["Content-Length"] == str(len(chunk))
    assert headers["Content-Security-Policy"] == policy(nonce[1], host="hub.example", base_url="/")
    assert KEPT_IN_PLACE in chunk
    assert sent("/services/staff-c/formgrader/submissions/abc/")[0] != chunk, "a nonce is used once"


@pytest.mark.parametrize("path", ["/formgrader/gradebook/ps1/one", "/lab", "/formgrader/api/submission/abc"])
def test_other_pages_are_left_alone(path: str) -> None:
    chunk, headers = sent(path)
    assert (chunk, headers.get("Content-Security-Policy")) == (PAGE, None)


def sent(path: str) -> tuple[bytes, HTTPHeaders]:
    headers = HTTPHeaders({"Content-Type": "text/html; charset=UTF-8", "Content-Length": str(len(PAGE))})
    request = SimpleNamespace(path=path, host="hub.example")
    _, headers, chunk = SubmissionPolicy(request).transform_first_chunk(200, headers, PAGE, True)
    return chunk, headers
