"""Course folders on disk: the manifest, the notebooks, the files beside them, and templates to start from."""

from trailbook.adapters.course_files.folder import CourseFilesFolder
from trailbook.adapters.course_files.templates import CourseTemplates, NewCourseFolder

__all__ = ["CourseFilesFolder", "CourseTemplates", "NewCourseFolder"]
