"""Source code as HTML that reads without a script: Pygments' spans around unchanged text."""

from __future__ import annotations

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_SPANS = HtmlFormatter(nowrap=True)


def highlight_source(source: str, language: str) -> Markup:
    """Return the source with its words marked; its text stays the same to the last character.

    >>> highlight_source("x < 1", "python")
    Markup('<span class="n">x</span> <span class="o">&lt;</span> <span class="mi">1</span>')
    """
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False, ensurenl=False)
    marked = highlight(source, lexer, _SPANS)
    return Markup(marked if source.endswith("\n") else marked.removesuffix("\n"))  # noqa: S704 - Pygments escapes it
