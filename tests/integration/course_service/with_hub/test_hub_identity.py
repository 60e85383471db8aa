"""Identity as a real hub answers it, and as it is remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from jupyterhub.services.auth import HubOAuth

from trailbook.adapters.hub.identity import HubIdentities
from trailbook.domain.errors import Invalid, NotAllowed, Unavailable
from trailbook.domain.people import Identity, Role

TRAP = """te<s'&">t ü"""


class Time:
    """A clock the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def hub_auth(hub: Any, **changes: str) -> HubOAuth:
    options = {
        "api_url": hub.api,
        "api_token": hub.tokens["trailbook"],
        "base_url": "/services/trailbook/",
        "oauth_client_id": "service-trailbook",
        "access_scopes": {"access:services!service=trailbook"},
    }
    return HubOAuth(**{**options, **changes})


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def identities(hub: Any, time: Time) -> AsyncIterator[HubIdentities]:
    provider = HubIdentities(hub_auth(hub), fresh_seconds=30, usable_seconds=600, monotonic=time)
    yield provider
    await provider.close()


@pytest.mark.parametrize("name", ["ada", TRAP])
async def test_token_of_learner_names_the_learner_and_the_roles(hub: Any, identities: HubIdentities, name: str) -> None:
    identity = await identities.identify(hub.token_of(name))
    assert identity == Identity(name, {"first-course": frozenset({Role.LEARNER})})


async def test_staff_service_is_instructor_of_its_course_only(hub: Any, identities: HubIdentities) -> None:
    identity = await identities.identify(hub.tokens["staff"])
    assert identity == Identity("staff-first-course", {"first-course": frozenset({Role.INSTRUCTOR})}, is_service=True)


async def test_unknown_token_is_nobody(identities: HubIdentities) -> None:
    assert await identities.identify("no such token ü") is None


async def test_token_without_access_is_refused(hub: Any, identities: HubIdentities) -> None:
    for token in (hub.tokens["outsider"], hub.token_of("ada", scopes=("read:users:name!user",))):
        with pytest.raises(NotAllowed) as refusal:
            await identities.identify(token)
        assert refusal.value.code == "no_access"


async def test_stopped_hub_is_unavailable_not_a_refusal(hub: Any) -> None:
    provider = HubIdentities(hub_auth(hub, api_url="http://127.0.0.1:9/hub/api"))
    with pytest.raises(Unavailable) as refusal:
        await provider.identify("any token")
    assert refusal.value.code == "sign_in_unavailable"
    await provider.close()


async def test_known_learner_works_on_while_the_hub_is_stopped(hub: Any, identities: HubIdentities, time: Time) -> None:
    token = hub.token_of("ada")
    known = await identities.identify(token)
    identities._auth.api_url = "http://127.0.0.1:9/hub/api"
    time.now = 599.0
    assert await identities.identify(token) == known
    time.now = 601.0
    with pytest.raises(Unavailable):
        await identities.identify(token)


async def test_revoked_token_counts_no_more_after_one_more_request(
    hub: Any, identities: HubIdentities, time: Time
) -> None:
    made = hub.ask("POST", "/users/ada/tokens", json={"scopes": ["access:services!service=trailbook"]}).json()
    assert await identities.identify(made["token"]) is not None
    hub.ask("DELETE", f"/users/ada/tokens/{made['id']}")
    assert await identities.identify(made["token"]) is not None, "a fresh answer is used as it is"
    time.now = 31.0
    assert await identities.identify(made["token"]) is not None, "the hub is asked behind this request"
    (asking,) = identities._asking.values()
    await asking
    assert await identities.identify(made["token"]) is None


async def test_signing_out_of_the_hub_changes_the_session_and_asks_anew(hub: Any, identities: HubIdentities) -> None:
    made = hub.ask("POST", "/users/ada/tokens", json={"scopes": ["access:services!service=trailbook"]}).json()
    assert await identities.identify(made["token"], session="one") is not None
    hub.ask("DELETE", f"/users/ada/tokens/{made['id']}")
    assert await identities.identify(made["token"], session="another") is None


async def test_sign_in_with_a_foreign_or_used_state_fails(hub: Any, identities: HubIdentities) -> None:
    start = identities.start_sign_in("/services/trailbook/")
    assert start.url.startswith("/hub/api/oauth2/authorize?client_id=service-trailbook&")
    for code, state, cookie in (("c", start.state, ""), ("c", "made up", "made up"), ("", start.state, start.state)):
        with pytest.raises(Invalid) as refusal:
            await identities.finish_sign_in(code, state=state, cookie_state=cookie)
        assert refusal.value.code == "sign_in_failed"
    with pytest.raises(Invalid):
        await identities.finish_sign_in("not the hub's code", state=start.state, cookie_state=start.state)
