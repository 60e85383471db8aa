"""A minimal real JupyterHub for the tests: no proxy process, everyone's password is the same, tokens are given."""

import json
import os
import sys
from pathlib import Path

from jupyterhub.proxy import Proxy

given = json.loads(os.environ["TEST_HUB"])
folder = Path(given["folder"])


class NoProxy(Proxy):
    """Remembers routes and proxies nothing: the tests talk to hub and service directly."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.routes = {}

    async def start(self):
        pass

    async def stop(self):
        pass

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return dict(self.routes)


c = get_config()  # noqa: F821 - given by traitlets
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = f"http://127.0.0.1:{given['hub_port']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{given['hub_port']}"
c.JupyterHub.db_url = f"sqlite:///{folder / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.pid_file = str(folder / "hub.pid")
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = given["password"]
c.Authenticator.allow_all = True
c.JupyterHub.load_groups = {group: {"users": users} for group, users in given["groups"].items()}
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [sys.executable, str(Path(__file__).with_name("learner_server.py"))]
c.Spawner.http_timeout = 30
c.JupyterHub.services = [
    {
        "name": "trailbook",
        "url": given["service_url"],
        "api_token": given["tokens"]["trailbook"],
        "oauth_redirect_uri": f"{given['service_url']}/services/trailbook/oauth_callback",
        "oauth_no_confirm": True,
    },
    {"name": "staff-first-course", "api_token": given["tokens"]["staff"]},
    {"name": "outsider", "api_token": given["tokens"]["outsider"]},
    {"name": "admin", "api_token": given["tokens"]["admin"]},
]
c.JupyterHub.load_roles = [
    {"name": "trailbook", "services": ["trailbook"], "scopes": ["read:servers", "start:servers"]},
    {
        "name": "learn",
        "groups": [group for group in given["groups"] if group.startswith("trailbook-")],
        "services": ["staff-first-course"],
        "scopes": ["access:services!service=trailbook"],
    },
    {"name": "test-admin", "services": ["admin"], "scopes": ["admin:users", "admin:groups", "tokens", "servers"]},
]
