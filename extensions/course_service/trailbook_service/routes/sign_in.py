"""Coming back from the hub's sign-in, and signing out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trailbook.domain.errors import Invalid
from trailbook_service.cookies import forget, keep_token, state_cookie
from trailbook_service.door import TheDoor
from trailbook_service.pages import signed_out_page

pages = APIRouter(include_in_schema=False)


@pages.get("/oauth_callback")
async def finish_sign_in(
    request: Request, door: TheDoor, code: str = "", state: str = "", error_description: str = ""
) -> Response:
    """Exchange the hub's code for a token, keep it in a cookie, and go on to the page that was asked for."""
    if error_description:
        raise Invalid("sign_in_failed", "The hub did not sign you in. Open Trailbook again to repeat it.")
    start_cookie = state_cookie(door.identities, state)
    signed_in = await door.identities.finish_sign_in(
        code, state=state, cookie_state=request.cookies.get(start_cookie, "")
    )
    response = RedirectResponse(signed_in.next_url, status_code=303)
    forget(response, door.identities, name=start_cookie)
    keep_token(response, request, door.identities, signed_in.token)
    return response


@pages.get("/logout")
def sign_out(door: TheDoor) -> Response:
    """Forget the browser's token and go on to sign out of the hub."""
    response = RedirectResponse(door.identities.sign_out_url or f"{door.base_url}signed-out", status_code=303)
    forget(response, door.identities, name=door.identities.cookie_name)
    return response


@pages.get("/signed-out")
def show_signed_out(request: Request) -> Response:
    """Say that nobody is signed in any more."""
    return signed_out_page(request)
