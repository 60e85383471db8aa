"""Course folders on disk: the manifest, the notebooks, the files beside them."""

from trailbook.adapters.course_files.folder import CourseFilesFolder

__all__ = ["CourseFilesFolder"]
