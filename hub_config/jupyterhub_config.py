"""A JupyterHub with Trailbook. The settings file is named by TRAILBOOK_HUB_SETTINGS."""

import os
from pathlib import Path

from trailbook.adapters.sandbox.bubblewrap import working_bwrap
from trailbook_hub.configure import configuration
from trailbook_hub.services import make_folders
from trailbook_hub.settings import load_settings

settings = load_settings(Path(os.environ["TRAILBOOK_HUB_SETTINGS"]))
make_folders(settings)
c = get_config()  # noqa: F821 - given by traitlets
for class_name, traits in configuration(settings, bwrap=None if settings.insecure else working_bwrap()).items():
    c[class_name].update(traits)
