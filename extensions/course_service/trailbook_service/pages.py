"""The pages the service shows itself: Home's shell, and pages that say one thing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trailbook_service.door import door_of
from trailbook_service.headers import content_security_policy

TEMPLATES = Path(__file__).with_name("templates")
TITLES = {
    400: "That did not work",
    401: "Please sign in",
    403: "This is not open to you",
    404: "There is nothing here",
    503: "One moment, please",
}
_JSON_IN_HTML = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def json_for_html(value: Any) -> Markup:
    r"""Return JSON that cannot end the script element it stands in, whatever texts it holds.

    >>> json_for_html({"name": "</script>"})
    Markup('{"name": "\\u003c/script\\u003e"}')
    """
    return Markup(json.dumps(value, ensure_ascii=False).translate(_JSON_IN_HTML))  # noqa: S704 - escaped just here


def home_page(request: Request, data: Mapping[str, Any]) -> Response:
    """Return Home with its data in the page: readable without scripts, usable without another request."""
    sign_out = "" if door_of(request).identities.takes_links else f"{door_of(request).base_url}logout"
    return page(request, "home.html", data=data, data_json=json_for_html(data), sign_out_url=sign_out)


def error_page(request: Request, *, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a calm page that says what happened and where to go on."""
    title = TITLES.get(status, "Something went wrong")
    is_home_closed = status == 401 and door_of(request).identities.takes_links
    return page(
        request,
        "message.html",
        status=status,
        headers=headers,
        title=title,
        message=message,
        home_label="" if is_home_closed else "Go to Home",
    )


def signed_out_page(request: Request) -> Response:
    """Return the page for who has just signed out."""
    message = "Your work is kept. See you soon."
    home_label = "" if door_of(request).identities.takes_links else "Sign in again"
    return page(request, "message.html", title="You are signed out", message=message, home_label=home_label)


def page(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> Response:
    """Return a page of a template, with what every page needs."""
    door = door_of(request)
    # Style sheets are for who is signed in; a page for anyone else brings its own.
    style = None if hasattr(request.state, "identity") else _own_style(door.web_folder)
    own_style = Markup(style) if style else None  # noqa: S704 - our own file
    context = {"base_url": door.base_url, "insecure": door.insecure, "own_style": own_style, **context}
    html = _environment().get_template(template).render(context)
    policy = {"Content-Security-Policy": content_security_policy(style=style)}
    return HTMLResponse(html, status_code=status, headers={**(headers or {}), **policy})


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _own_style(web_folder: Path) -> str:
    """Return the shared style sheet to stand in a page, without its fonts."""
    text = (web_folder / "tokens.css").read_text("utf-8")
    return re.sub(r"@font-face\s*\{[^}]*\}", "", text)
