"""Joins the course service to who vouches for people: a hub, or one person on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from trailbook.config import Settings
from trailbook.domain.errors import Invalid
from trailbook.domain.people import Identity, Role
from trailbook.services.ports.people import Doorkeeping

SINGLE_TOKEN = "TRAILBOOK_TOKEN"  # noqa: S105 - a variable's name
HUB_VARIABLES = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX")


def build_doorkeeping(settings: Settings, env: Mapping[str, str]) -> Doorkeeping:
    """Return who may come in and where learners work, as the settings and the environment say.

    A hub gives its services ``JUPYTERHUB_*``. A single person's secret is ``TRAILBOOK_TOKEN``: whoever holds it
    is the person the settings name, a learner in each of the courses.

    Raises
    ------
    Invalid
        ``no_hub``: the hub's variables are missing; ``weak_token``: the single person's secret is too short.
    """
    if settings.identity == "single":
        return _single(settings, env)
    return _hub(settings, env)


def _single(settings: Settings, env: Mapping[str, str]) -> Doorkeeping:
    from trailbook.adapters.hub.single import SingleIdentity, SingleServer
    from trailbook.wiring.courses import CourseFolders

    roles = dict.fromkeys(CourseFolders(settings.courses), frozenset({Role.LEARNER}))
    identity = Identity(settings.single_name, roles)
    return Doorkeeping(
        SingleIdentity(env.get(SINGLE_TOKEN, ""), identity=identity, base_url=settings.home_url),
        SingleServer(settings.learner_server_url, name=settings.single_name),
    )


def _hub(settings: Settings, env: Mapping[str, str]) -> Doorkeeping:
    missing = [name for name in HUB_VARIABLES if not env.get(name)]
    if missing:
        raise Invalid(
            "no_hub",
            f"{missing[0]} is not set: the course service is started by JupyterHub. For one person without a hub, "
            "run: trailbook open DIR",
            missing=missing,
        )
    # Here, not above: the hub's client takes a while to load, and what is wrong should be said at once.
    from jupyterhub.services.auth import HubOAuth

    from trailbook.adapters.hub.identity import HubIdentities
    from trailbook.adapters.hub.servers import HubServers

    api_url, token = env["JUPYTERHUB_API_URL"], env["JUPYTERHUB_API_TOKEN"]
    auth = HubOAuth(
        api_url=api_url,
        api_token=token,
        base_url=env["JUPYTERHUB_SERVICE_PREFIX"],
        oauth_client_id=env["JUPYTERHUB_CLIENT_ID"],
    )
    servers = HubServers(api_url, api_token=token, url_template=settings.learner_server_url)
    return Doorkeeping(HubIdentities(auth), servers)
