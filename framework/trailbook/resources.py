"""Where the files that are not Python are: in a checkout in their own folders, installed under ``share/trailbook``."""

from __future__ import annotations

import sys
from pathlib import Path

from trailbook.domain.errors import Unavailable

CHECKOUT = Path(__file__).resolve().parents[2]
IN_CHECKOUT = {
    "web": "extensions/web/dist",
    "course_templates": "course_templates",
    "hub_config": "hub_config",
    "voila_template": "extensions/voila_template",
}


def resource(name: str) -> Path:
    """Return the folder of ``web``, ``course_templates``, ``hub_config`` or ``voila_template``.

    Raises
    ------
    Unavailable
        The folder is not there: the web bundles were not built, or the installation is not complete.
    """
    checkout = CHECKOUT / IN_CHECKOUT[name]
    if (CHECKOUT / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    installed = Path(sys.prefix) / "share" / "trailbook" / name
    if installed.is_dir():
        return installed
    raise Unavailable(
        "missing_resource",
        f"Trailbook's {name} folder is missing ({checkout} or {installed}). "
        "Run `make build`, or install Trailbook again.",
        resource=name,
    )
