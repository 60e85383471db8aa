"""nbgrader on a staff server: the course folder this server was started for; nothing comes from elsewhere."""

import os
from pathlib import Path

from nbgrader.server_extensions.formgrader import handlers

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - given by traitlets
c.CourseDirectory.root = os.environ["TRAILBOOK_COURSE_FOLDER"]
c.HTMLExporter.extra_template_basedirs = [str(Path(__file__).with_name("templates")), handlers.template_path]
