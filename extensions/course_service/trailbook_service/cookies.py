"""The two cookies of signing in: the token, and the state of a sign-in under way."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from trailbook.services.ports_people import IdentityProvider, SignInStart


def keep_token(response: Response, request: Request, identities: IdentityProvider, token: str) -> None:
    """Keep the token for the length of the browser's session, out of reach of scripts."""
    _set(response, request, identities, name=identities.cookie_name, value=token, max_age=None)


def keep_sign_in_state(response: Response, request: Request, identities: IdentityProvider, start: SignInStart) -> None:
    """Remember in this browser that it started this sign-in."""
    name = identities.state_cookie_name
    _set(response, request, identities, name=name, value=start.state, max_age=start.max_age_seconds)


def forget(response: Response, identities: IdentityProvider, *, name: str) -> None:
    """Drop a cookie."""
    options = identities.cookie_options
    response.delete_cookie(name, path=options.get("path", "/"), domain=options.get("domain"))


def _set(
    response: Response, request: Request, identities: IdentityProvider, *, name: str, value: str, max_age: int | None
) -> None:
    options = identities.cookie_options
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=options.get("path", "/"),
        domain=options.get("domain"),
        secure=bool(options.get("secure", _is_https(request) or name.startswith("__Host-"))),
        httponly=True,
        samesite=options.get("samesite", "lax"),
    )


def _is_https(request: Request) -> bool:
    """Return whether the browser's side of the proxies is encrypted: the first of what each proxy added."""
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip()
    return (forwarded or request.url.scheme) == "https"
