"""From settings to a JupyterHub configuration: plain values, class by class."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any

from trailbook.resources import resource
from trailbook_hub.boxes import learner_arguments
from trailbook_hub.notice import INSECURE
from trailbook_hub.people import SERVICE, groups, roles, users
from trailbook_hub.services import course_service, insecure_environment, service_url, staff_server
from trailbook_hub.settings import HubSettings

SPAWNERS = {"trailbook-bubblewrap": "trailbook_hub.spawner.BubblewrapSpawner"}
AUTHENTICATORS = {"trailbook-passwords": "trailbook_hub.passwords.PasswordFileAuthenticator"}
TEMPLATES = Path(__file__).with_name("templates")

Traits = dict[str, dict[str, Any]]
"""Values of traits, by class name and trait."""


def configuration(settings: HubSettings, *, bwrap: Path | None) -> Traits:
    """Return every trait of the hub's configuration; ``bwrap`` is None where no sandbox is used."""
    return {
        "JupyterHub": hub(settings) | services(settings, bwrap=bwrap),
        "ConfigurableHTTPProxy": proxy(settings),
        "Authenticator": authenticator(settings),
        "Spawner": spawner(settings),
        **our_own(settings),
    }


def hub(settings: HubSettings) -> dict[str, Any]:
    """Return the hub's own traits: addresses, secrets, pages."""
    home = f"{settings.base_url}services/{SERVICE}/"
    return {
        "bind_url": f"http://{settings.ip}:{settings.port}{settings.base_url}",
        "hub_bind_url": f"http://127.0.0.1:{settings.hub_port}",
        "db_url": f"sqlite:///{settings.hub_folder / 'jupyterhub.sqlite'}",
        "cookie_secret_file": str(settings.hub_folder / "cookie_secret"),
        "pid_file": str(settings.hub_folder / "hub.pid"),
        "default_url": home,
        "authenticator_class": AUTHENTICATORS.get(settings.authenticator, settings.authenticator),
        "spawner_class": SPAWNERS.get(settings.spawner, settings.spawner),
        "template_paths": [str(TEMPLATES)],
        "template_vars": {
            "trailbook_home": home,
            "style": style(),
            "insecure": INSECURE if settings.insecure else "",
            "announcement": INSECURE if settings.insecure else "",
        },
        "implicit_spawn_seconds": 0.5,
        "cleanup_servers": True,
        "allow_named_servers": False,
    }


def style() -> str:
    """Return the style sheet of the hub's pages, to stand in the page: nothing else is open to who is not signed in.

    The text's own font stands in it; the others are left out.
    """
    text = (resource("web") / "tokens.css").read_text(encoding="utf-8")
    return re.sub(r"@font-face\s*\{[^}]*\}", lambda found: _with_font_inside(found[0]), text)


def _with_font_inside(face: str) -> str:
    link = re.search(r"url\(['\"]?(?:\./)?(fonts/[^)'\"]*-next-latin-wght[^)'\"]*)['\"]?\)", face)
    if link is None:
        return ""
    font = base64.b64encode((resource("web") / link[1]).read_bytes()).decode("ascii")
    return face.replace(link[0], f"url(data:font/woff2;base64,{font})")


def services(settings: HubSettings, *, bwrap: Path | None) -> dict[str, Any]:
    """Return the services, groups and roles."""
    staff = [staff_server(settings, course, bwrap=bwrap) for course in settings.courses]
    return {
        "services": [course_service(settings), *staff],
        "load_groups": groups(settings),
        "load_roles": roles(settings),
    }


def proxy(settings: HubSettings) -> dict[str, Any]:
    """Return the proxy's traits; its API's token is made by the hub at each start."""
    return {
        "command": list(settings.proxy_command),
        "api_url": f"http://127.0.0.1:{settings.proxy_api_port}",
        "pid_file": str(settings.hub_folder / "proxy.pid"),
        "log_level": "warn",
    }


def spawner(settings: HubSettings) -> dict[str, Any]:
    """Return what every spawner needs: the command, and what the server may ask of the hub and the course service."""
    return {
        "cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
        "args": learner_arguments(),
        "environment": {"TRAILBOOK_SERVICE_URL": service_url(settings), **insecure_environment(settings)},
        "server_token_scopes": [
            "users:activity!user",
            "access:servers!server",
            f"access:services!service={SERVICE}",
        ],
        "start_timeout": 60,
        "http_timeout": 60,
        **settings.spawner_options,
    }


def authenticator(settings: HubSettings) -> dict[str, Any]:
    """Return what every authenticator needs: who is let in; the settings' options go on top."""
    own = {"allow_all": False, "allowed_users": users(settings), "manage_groups": settings.manage_groups}
    return own | dict(settings.authenticator_options)


def our_own(settings: HubSettings) -> Traits:
    """Return the traits of our own authenticator and spawner, for where they are chosen."""
    return {
        "PasswordFileAuthenticator": {"password_file": str(settings.hub_folder / "passwords.json")},
        "BubblewrapSpawner": {
            "homes_folder": str(settings.homes_folder),
            "logs_folder": str(settings.logs_folder),
            "sandbox": not settings.insecure,
        },
    }
