"""An author's text: mathematics stays TeX, and nothing loads from elsewhere or runs."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from trailbook_server.services.lessons.code import highlight_source
from trailbook_server.services.lessons.markdown import LessonMarkdownRenderer, make_local
from trailbook_server.services.lessons.renderer import json_for_html

FILES_URL = "/a%40b/trailbook/lessons/c/m/l/files/"


def html(markdown: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    renderer = LessonMarkdownRenderer(None, escape=False, attachments=attachments)
    page = MarkdownWithMath(renderer=renderer).render(markdown)
    return make_local(page, files_url=FILES_URL, files={"data.csv": b"", "a b.csv": b""}).strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("$x<y$", '<p><span class="tb-math" data-display="false">$x&lt;y$</span></p>'),
        ("$$\\int x$$", '<p><span class="tb-math" data-display="true">$$\\int x$$</span></p>'),
        (
            "\\begin{align}a&b\\end{align}",
            '<p><span class="tb-math" data-display="true">\\begin{align}a&amp;b\\end{align}</span></p>',
        ),
        ("## What `x` is", '<h2 id="What-x-is">What <code>x</code> is</h2>'),
        ("![fig](img/a%20b.png)", f'<p><img alt="fig" src="{FILES_URL}img/a%20b.png"/></p>'),
        ('<img src="./a.png">', f'<img alt="" src="{FILES_URL}a.png"/>'),
        ('<video poster="p.png"></video>', f'<p><video poster="{FILES_URL}p.png"></video></p>'),
        ('<audio src="a.ogg"></audio>', f'<p><audio src="{FILES_URL}a.ogg"></audio></p>'),
        ("[data](data.csv)", f'<p><a href="{FILES_URL}data.csv">data</a></p>'),
        ("[data](a%20b.csv)", f'<p><a href="{FILES_URL}a%20b.csv">data</a></p>'),
        ("[below](#part)", '<p><a href="#part">below</a></p>'),
        ("[site](https://python.org/x)", '<p><a href="https://python.org/x">site</a></p>'),
    ],
)  # fmt: skip
def test_text_keeps_what_it_says(markdown: str, expected: str) -> None:
    assert html(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("![fig](https://evil.example/a.png)", '<p><a href="https://evil.example/a.png">fig</a></p>'),
        ('<img src="//evil.example/a.png">', "<img alt=\"\"/>"),
        ('<img src="/hub/logo" alt="x">', '<img alt="x"/>'),
        ('<img src="a.png" srcset="https://evil.example/b.png 2x">', f'<img alt="" src="{FILES_URL}a.png"/>'),
        ("<p onclick=\"x()\">a</p>", "<p>a</p>"),
        ("a <script>alert(1)</script>b", "<p>a b</p>"),
        ('<iframe src="https://evil.example"></iframe>', ""),
        ('<link rel="stylesheet" href="https://evil.example/x.css">', ""),
        ('<meta http-equiv="refresh" content="0;url=https://evil.example">', ""),
        ('<base href="https://evil.example">', ""),
        ('<a href="javascript:alert(1)">x</a>', '<p><a href="#">x</a></p>'),
        ('<form action="https://evil.example"><input></form>', ""),
    ],
)  # fmt: skip
def test_text_loads_nothing_and_runs_nothing(markdown: str, expected: str) -> None:
    assert html(markdown) == expected


def test_attachment_becomes_part_of_the_page() -> None:
    attachments = {"a.png": {"image/png": "cG5n"}}
    assert html("![a](attachment:a.png)", attachments) == '<p><img alt="a" src="data:image/png;base64,cG5n"/></p>'
    assert html("![gone](attachment:b.png)", attachments) == '<p><img alt="gone"/></p>'


def test_highlighted_source_keeps_every_character() -> None:
    source = "\n\ndef f(x):\n    return x < 1 and '<b>'\n%matplotlib inline\n!ls"
    marked = BeautifulSoup(f"<pre>{highlight_source(source, 'ipython3')}</pre>", "html.parser")
    assert marked.get_text() == source
    assert str(highlight_source("a < b", "no-such-language")) == "a &lt; b"


def test_json_cannot_end_its_script_element() -> None:
    assert json_for_html({"x": "</script><!--&"}) == '{"x": "\\u003c/script\\u003e\\u003c!--\\u0026"}'
