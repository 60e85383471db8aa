"""The two cookies of signing in: the token, and the state of a sign-in under way."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from trailbook.services.ports.people import IdentityProvider, SignInStart


def keep_token(response: Response, request: Request, identities: IdentityProvider, token: str) -> None:
    """Keep the token for the length of the browser's session, out of reach of scripts."""
    _set(response, request, identities, name=identities.cookie_name, value=token, max_age=None)


def keep_sign_in_state(response: Response, request: Request, identities: IdentityProvider, start: SignInStart) -> None:
    """Remember in this browser that it started this sign-in."""
    name = state_cookie(identities, start.state)
    _set(response, request, identities, name=name, value=start.state, max_age=start.max_age_seconds)


def state_cookie(identities: IdentityProvider, state: str) -> str:
    """Return the cookie's name for one sign-in: a browser that opens several tabs again starts several at once."""
    return f"{identities.state_cookie_name}-{hashlib.sha256(state.encode()).hexdigest()[:12]}"


def forget(response: Response, identities: IdentityProvider, *, name: str) -> None:
    """Drop a cookie."""
    options = identities.cookie_options
    secure = name.startswith("__Host-")  # browsers take no answer about such a cookie otherwise
    response.delete_cookie(name, path=options.get("path", "/"), domain=options.get("domain"), secure=secure)


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
