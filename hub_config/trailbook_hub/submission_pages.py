"""Makes the formgrader's page of a submission safe to open: what a learner wrote is shown, and does nothing.

The page stands in the grader's own session, and a notebook can hold any HTML. Two walls, each enough against scripts:
the notebook's HTML is cleaned, and the page's policy runs only the scripts that stand in its head. The first also keeps
styles and forms out, which could lay one button over another.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from jinja2.runtime import Context
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

MATHJAX = "static/jupyter_server_mathjax/"
TAGS = """
a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6
hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td tfoot th thead tr
tt u ul var
"""
ATTRIBUTES = {
    "*": ["align", "class", "dir", "lang", "style", "title"],
    "a": ["href"],
    "img": ["alt", "height", "src", "width"],
    "li": ["value"],
    "ol": ["start"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}
STYLES = ("background-color", "border", "color", "font-style", "font-weight", "text-align", "text-decoration")
HANDLERS = ("toggle_name(true);", "toggle_name(false);")  # nbgrader's own, in attributes
_SUBMISSION = re.compile(r"/formgrader/submissions/[^/]+/?$")
_WITH_CONTENT = re.compile(r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(r"\s*(?:<\?xml.*?\?>|<!doctype.*?>|<!--.*?-->|\s)*<svg\b", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
KEPT_IN_PLACE = b"<style>#notebook-container :is(.output_subarea,.text_cell_render){contain:paint}</style>"
"""Nothing of a cell is drawn outside of it, over what the grader presses."""


def clean(html: str) -> str:
    """Return HTML with nothing in it that runs, loads or lays itself over the page; a whole SVG becomes a picture.

    >>> clean("<b onclick=alert(1)>bold</b><script>alert(1)</script>")
    '<b>bold</b>'
    """
    if _SVG.match(html):
        return f'<img alt="" src="data:image/svg+xml;base64,{base64.b64encode(html.encode()).decode()}">'
    cleaned: str = bleach.clean(
        _WITH_CONTENT.sub("", html),
        tags=TAGS.split(),
        attributes=ATTRIBUTES,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
        strip=True,
    )
    return cleaned


def clean_notebooks(exporter: Any) -> None:
    """Make the formgrader's `HTMLExporter` clean what comes from notebooks: outputs, and Markdown with HTML in it."""
    markdown = exporter.markdown2html

    @pass_context
    def markdown2html(context: Context, source: str) -> str:
        return clean(markdown(context, source))

    exporter.sanitize_html = True
    exporter.register_filter("clean_html", lambda html: clean(str(html)))
    exporter.register_filter("markdown2html", markdown2html)


def policy(nonce: str, *, host: str, base_url: str) -> str:
    """Return the page's content security policy: the head's scripts, MathJax's parts, and no other."""
    hashes = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in HANDLERS)
    handlers = " ".join(f"'sha256-{each}'" for each in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'unsafe-hashes' {handlers} {host}{base_url}{MATHJAX}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


class SubmissionPolicy(OutputTransform):
    """Gives the scripts in the head of a submission's page a nonce, and the page the policy that asks for it."""

    base_url = "/"

    def __init__(self, request: HTTPServerRequest) -> None:
        self._request = request

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Change a page of a submission; leave everything else as it is."""
        if not _SUBMISSION.search(self._request.path) or not headers.get("Content-Type", "").startswith("text/html"):
            return status_code, headers, chunk
        nonce = secrets.token_urlsafe(16)
        headers["Content-Security-Policy"] = policy(nonce, host=self._request.host, base_url=self.base_url)
        head, body, rest = chunk.partition(b"<body")
        head = _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), head)
        chunk = head.replace(b"</head>", KEPT_IN_PLACE + b"</head>", 1) + body + rest
        if finishing and "Content-Length" in headers:
            headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk


def guard(web_app: Any, base_url: str) -> None:
    """Guard the submission pages of a staff server."""
    clean_notebooks(web_app.settings["nbgrader_exporter"])
    web_app.add_transform(type("SubmissionPolicyHere", (SubmissionPolicy,), {"base_url": base_url}))
