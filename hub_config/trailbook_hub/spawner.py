"""The spawner that puts each learner's server into bubblewrap."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Bool, Unicode

from trailbook_hub.boxes import home_folder, learner_box, learner_environment


class BubblewrapSpawner(SimpleLocalProcessSpawner):  # type: ignore[misc]  # jupyterhub has no types
    """Starts a learner's server as a process of the hub's own user that sees its own home and Python, nothing else.

    The environment is a list, not a copy of the hub's. The server ends with the hub.
    """

    homes_folder = Unicode(help="Folder with a home for each learner's server.").tag(config=True)
    logs_folder = Unicode(help="Folder with a log for each learner's server.").tag(config=True)
    sandbox = Bool(
        default_value=True,
        help="Whether to use the sandbox. Without it a learner can read what the hub's user can: for a try-out only.",
    ).tag(config=True)

    env_keep = ["LANG", "LC_ALL", "TZ"]  # noqa: RUF012 - a trait's default, as traitlets wants it

    @property
    def home(self) -> Path:
        """The home of this learner's server on this machine."""
        return home_folder(Path(self.homes_folder), self.user.name)

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Return the environment with what a login would add; the paths are those seen inside."""
        # Not env["USER"]: a user name can hold any character, and nothing of ours asks for it.
        return env | learner_environment(self.home, sandbox=self.sandbox)

    async def start(self) -> tuple[str, int]:
        """Start the server and return its address."""
        self.port: int = self.port or random_port()
        home = self.home
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        argv = [*self.cmd, *self.get_args()]
        if self.sandbox:
            argv = learner_box(argv, home=home)
        log_file = Path(self.logs_folder) / f"{home.name}.log"
        log_file.parent.mkdir(parents=True, exist_ok=True)
        self.log.info("Starting the server of %s", self.user.name)
        with log_file.open("ab") as log:
            self.proc = subprocess.Popen(  # noqa: ASYNC220, S603 - returns at once; the hub's spawners want a Popen
                argv,
                env=self.get_env(),
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self.proc.pid
        return self.ip or "127.0.0.1", self.port

    async def _signal(self, sig: int) -> bool:
        """Send a signal, True while there is a process; gentle ones go to the server, as bubblewrap would just die."""
        target = self.pid
        if self.sandbox and sig in (signal.SIGINT, signal.SIGTERM):
            target = _server_in_box(self.pid) or self.pid
        try:
            os.kill(target, sig)
        except ProcessLookupError:
            return False
        return True


def _server_in_box(bwrap_pid: int) -> int | None:
    """Return the process two below bubblewrap: its init, then the server; None when that is not there yet."""
    pid = bwrap_pid
    for _ in range(2):
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        if not children:
            return None
        pid = int(children[0])
    return pid
