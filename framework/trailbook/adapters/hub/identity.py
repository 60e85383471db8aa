"""Who a hub token belongs to, remembered so that the hub does not stand in the way of a request."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from jupyterhub.httpclient import JupyterHubHTTPClient
from jupyterhub.services.auth import HubOAuth
from tornado.web import HTTPError

from trailbook.adapters.hub.roles import identity_of
from trailbook.domain.errors import Invalid, NotAllowed, Unavailable
from trailbook.domain.people import Identity
from trailbook.services.ports.people import SignedIn, SignInStart

log = logging.getLogger(__name__)

FRESH_SECONDS = 30.0
USABLE_SECONDS = 600.0
ANSWER_SECONDS = 10.0
MAX_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Seen:
    """The hub's answer on one token: an identity, None for an unknown token, or a refusal."""

    identity: Identity | None
    allowed: bool
    at: float


class HubIdentities:
    """Identity by JupyterHub: `HubOAuth` for browsers, any hub token for servers and services.

    An answer younger than ``fresh_seconds`` is used as it is. One younger than ``usable_seconds`` is used too, while
    the hub is asked again behind the request: so a new group counts within seconds, and neither a slow nor a stopped
    hub delays a learner who is at work. Only identities are used beyond ``fresh_seconds``, never a refusal.
    """

    takes_links = False
    sign_in_hint = "Open Trailbook's Home in the browser to sign in."

    def __init__(
        self,
        auth: HubOAuth,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        usable_seconds: float = USABLE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._fresh_seconds = fresh_seconds
        self._usable_seconds = usable_seconds
        self._monotonic = monotonic
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Seen]] = {}
        self.cookie_name = str(auth.cookie_name)
        self.state_cookie_name = str(auth.state_cookie_name)
        self.cookie_options: Mapping[str, Any] = {
            "path": auth.cookie_path,
            **{name.lower(): value for name, value in auth.cookie_options.items()},
        }
        self.sign_out_url = f"{auth.hub_host}{auth.hub_prefix}logout"

    async def identify(self, token: str, *, session: str = "") -> Identity | None:
        """Return who the token belongs to; see `IdentityProvider.identify`."""
        key = hashlib.sha256(f"{session}\0{token}".encode()).hexdigest()
        seen = self._seen.get(key)
        age = self._monotonic() - seen.at if seen else None
        if seen is None or age is None or not self._may_use(seen, age):
            seen = await asyncio.shield(self._ask_once(key, token, session))
        elif age > self._fresh_seconds:
            self._ask_once(key, token, session).add_done_callback(_log_failure)
        if not seen.allowed:
            raise NotAllowed(
                "no_access",
                "You are signed in, but your account has no access to Trailbook. Ask whoever runs this hub for it.",
            )
        return seen.identity

    def _may_use(self, seen: _Seen, age: float) -> bool:
        return age <= (self._usable_seconds if seen.identity and seen.allowed else self._fresh_seconds)

    def _ask_once(self, key: str, token: str, session: str) -> asyncio.Task[_Seen]:
        """Return the running question about this token, or start one."""
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.ensure_future(self._ask(key, token, session))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _ask(self, key: str, token: str, session: str) -> _Seen:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                model = await self._auth.user_for_token(token, use_cache=False, session_id=session, sync=False)
        except (HTTPError, TimeoutError) as error:
            raise Unavailable(
                "sign_in_unavailable", "The hub does not answer, so nobody can be signed in now. Try again in a moment."
            ) from error
        allowed = model is None or bool(self._auth.check_scopes(self._auth.access_scopes, model))
        seen = _Seen(identity_of(model) if model else None, allowed, self._monotonic())
        self._seen[key] = seen
        self._seen.move_to_end(key)
        while len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)
        return seen

    def start_sign_in(self, next_url: str) -> SignInStart:
        """Return the hub's address for signing in, with a state and a PKCE challenge of this browser's own."""
        verifier, challenge, method = self._auth.generate_pkce_code_challenge()
        state = self._auth.generate_state(next_url, code_verifier=verifier)
        query = urlencode({"state": state, "code_challenge": challenge, "code_challenge_method": method})
        return SignInStart(
            url=f"{self._auth.login_url}&{query}",
            state=state,
            max_age_seconds=int(self._auth.oauth_state_max_age),
        )

    async def finish_sign_in(self, code: str, *, state: str, cookie_state: str) -> SignedIn:
        """Return the token for the hub's code; see `IdentityProvider.finish_sign_in`."""
        verifier = self._auth.get_code_verifier(state)
        if not code or not state or not verifier or not secrets.compare_digest(state.encode(), cookie_state.encode()):
            raise Invalid("sign_in_failed", "This sign-in was started elsewhere or too long ago. Open the page again.")
        next_url = str(self._auth.get_next_url(state))
        self._auth.clear_oauth_state(state)
        try:
            token = await self._auth.token_for_code(code, code_verifier=verifier, sync=False)
        except HTTPError as error:
            raise Invalid("sign_in_failed", "The hub did not accept this sign-in. Open the page again.") from error
        return SignedIn(str(token), next_url)

    async def close(self) -> None:
        """Close the connections to the hub that belong to this event loop."""
        await JupyterHubHTTPClient.loop_instance().close()


def _log_failure(task: asyncio.Task[_Seen]) -> None:
    """Note a refresh that failed behind a request; the next request asks again."""
    if not task.cancelled() and (error := task.exception()):
        log.warning("The hub did not confirm a token: %s", error)
