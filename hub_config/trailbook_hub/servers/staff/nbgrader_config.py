"""nbgrader on a staff server: the course folder is the one this server was started for."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - given by traitlets
c.CourseDirectory.root = os.environ["TRAILBOOK_COURSE_FOLDER"]
