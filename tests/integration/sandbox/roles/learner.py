"""Stands in for a role's program: runs the Python it is sent and answers with what that bound to ``out``."""

from __future__ import annotations

import socket


def main(control: socket.socket, link: socket.socket | None) -> None:
    """Answer until the broker is gone."""
    names: dict[str, object] = {"control": control, "link": link}
    while source := control.recv(65536):
        try:
            exec(source, names)
            answer = repr(names.pop("out", None))
        except BaseException as error:  # noqa: BLE001 - an exit is an answer too
            answer = f"{type(error).__name__}: {error}"
        control.sendall(answer.encode() + b"\n")
