"""What must be there before a demo starts; each refusal is one line that says what to do."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path

from trailbook.adapters.sandbox.bubblewrap import working_bwrap
from trailbook.domain.errors import Conflict, Unavailable
from trailbook.resources import resource

LEAST_NODE = 20


def check_port(ip: str, port: int, *, hint: str) -> None:
    """Refuse a port something else listens on; ``hint`` is the option to choose another.

    Raises
    ------
    Conflict
        ``port_busy``.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError as error:
            raise Conflict("port_busy", f"Port {port} is in use. Choose another with {hint}.") from error


def free_port(ip: str, port: int, *, hint: str) -> int:
    """Return the port, or a free one for 0; ``hint`` is the option to choose another.

    Raises
    ------
    Conflict
        ``port_busy``.
    """
    if port:
        check_port(ip, port, hint=hint)
        return port
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return loopback ports nothing listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def find_proxy() -> list[str]:
    """Return the command of configurable-http-proxy: the one installed beside the hub's configuration, or on the PATH.

    Raises
    ------
    Unavailable
        ``old_node``, ``no_node`` or ``no_proxy``.
    """
    check_node()
    packaged = resource("hub_config") / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    if packaged.is_file():
        return ["node", str(packaged)]
    found = shutil.which("configurable-http-proxy")
    if found is None:
        raise Unavailable(
            "no_proxy",
            "configurable-http-proxy is missing. Run make demo, or: npm install -g configurable-http-proxy.",
        )
    return [found]


def check_node() -> None:
    """Refuse a missing or too old Node.

    Raises
    ------
    Unavailable
        ``no_node`` or ``old_node``.
    """
    if shutil.which("node") is None:
        raise Unavailable("no_node", f"Node is missing. Install Node {LEAST_NODE} or newer (https://nodejs.org).")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S607
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found[1]) < LEAST_NODE:
        raise Unavailable(
            "old_node", f"Node {said or 'of an unknown version'} is too old. Install {LEAST_NODE} or newer."
        )


def check_sandbox(*, insecure: bool) -> Path | None:
    """Return the bubblewrap to use, None where the person asked to go without.

    Raises
    ------
    Unavailable
        ``no_sandbox``: none works here.
    """
    if insecure:
        return None
    try:
        return working_bwrap()
    except Unavailable as error:
        raise Unavailable(
            "no_sandbox", f"{error.message} To try Trailbook without one: --insecure (make demo INSECURE=1)."
        ) from error
