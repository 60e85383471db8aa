"""Course folders on disk: the manifest, the notebooks, what is handed in, and templates to start from."""

from trailbook.adapters.course_files.folder import CourseFilesFolder
from trailbook.adapters.course_files.templates import CourseTemplates, NewCourseFolder

__all__ = ["CourseFilesFolder", "CourseTemplates", "NewCourseFolder"]
