"""An author's Markdown as HTML for a lesson page: nothing from another host, no script, mathematics left as TeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from markupsafe import escape
from nbconvert.filters.markdown_mistune import InvalidNotebook
from voila.exporter import VoilaMarkdownRenderer

DROPPED = ("script", "iframe", "object", "embed", "base", "meta", "link", "form")
LOADING = ("src", "poster")
HARMLESS_SCHEMES = frozenset({"http", "https", "mailto"})


class LessonMarkdownRenderer(VoilaMarkdownRenderer):
    """Voilà's Markdown renderer with marked mathematics and without Voilà's reading of files from disk."""

    def __init__(self, contents_manager: Any, *args: Any, **options: Any) -> None:
        super().__init__(_NoFiles(), *args, **options | {"exclude_anchor_links": True})

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        """Return a heading that a link can name."""
        name = re.sub(r"\W+", "-", BeautifulSoup(text, "html.parser").get_text()).strip("-")
        return f'<h{level} id="{escape(name)}">{text}</h{level}>\n'

    def inline_math(self, body: str) -> str:
        """Return mathematics in a line, as TeX between its dollars."""
        return f'<span class="tb-math" data-display="false">${escape(body)}$</span>'

    def block_math(self, body: str) -> str:
        """Return mathematics on its own, as TeX between its dollars."""
        return f'<span class="tb-math" data-display="true">$${escape(body)}$$</span>'

    def latex_environment(self, name: str, body: str) -> str:
        """Return a LaTeX environment."""
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return f'<span class="tb-math" data-display="true">{escape(tex)}</span>'

    def _embed_image_or_attachment(self, src: str) -> str:
        try:
            return str(super()._embed_image_or_attachment(src))
        except InvalidNotebook:
            return ""  # an attachment that is not there: its alternative text is shown


class _NoFiles:
    """Stands in for a contents manager: a lesson's files are in memory and served by us."""

    def file_exists(self, path: str) -> bool:
        return False


def make_local(html: str, *, files_url: str, files: Mapping[str, bytes]) -> str:
    """Return an author's HTML with addresses of the lesson's files, and without anything that loads or runs.

    Parameters
    ----------
    files_url
        Where the lesson's files are served, with a slash at its end.
    files
        The lesson's files by relative path.
    """
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(DROPPED):
        element.decompose()
    for element in soup.find_all(True):
        for name in list(element.attrs):
            if name.lower().startswith("on") or name.lower() == "srcset":
                del element.attrs[name]
        for name in LOADING:
            if name in element.attrs:
                _make_source_local(element, name, files_url)
        if "href" in element.attrs:
            element["href"] = _link(str(element["href"]), files_url, files)
    for image in soup.select("img:not([alt])"):
        image["alt"] = ""
    return str(soup)


def _make_source_local(element: Tag, name: str, files_url: str) -> None:
    address = str(element[name])
    parts = urlsplit(address)
    if parts.scheme == "data":
        return
    if not parts.scheme and not parts.netloc and parts.path and not parts.path.startswith("/"):
        element[name] = files_url + quote(unquote(parts.path).removeprefix("./"))
        return
    # Nothing is fetched from another host: the reader gets a link to follow, or nothing.
    del element.attrs[name]
    if element.name == "img" and parts.scheme in HARMLESS_SCHEMES:
        link = BeautifulSoup("", "html.parser").new_tag("a", href=address)
        link.string = str(element.get("alt") or address)
        element.replace_with(link)


def _link(address: str, files_url: str, files: Mapping[str, bytes]) -> str:
    parts = urlsplit(address)
    if parts.scheme:
        return address if parts.scheme in HARMLESS_SCHEMES else "#"
    path = unquote(parts.path).removeprefix("./")
    return files_url + quote(path) if path in files else address
