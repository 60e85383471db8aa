"""The configuration of a learner's server: our extension alone, and kernels without a port.

A command line names it as ``--config=FILE`` with the path of this file (`config_file`), whether it starts
``jupyterhub-singleuser`` or ``jupyter server``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager
from traitlets.config import Config


def config_file() -> Path:
    """Return the path of this file, for ``--config``."""
    return Path(__file__)


def lean_config() -> Config:
    """Return the configuration: every installed extension is off but ours, kernels use Unix sockets."""
    installed: dict[str, Any] = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    config = Config()
    config.ServerApp.jpserver_extensions = dict.fromkeys(installed, False) | {"trailbook_server": True}
    config.ServerApp.default_url = "/trailbook"
    config.ServerApp.open_browser = False
    config.ServerApp.terminals_enabled = False
    config.KernelManager.transport = "ipc"
    return config


if "get_config" in globals():  # loaded as a configuration file
    globals()["get_config"]().merge(lean_config())
