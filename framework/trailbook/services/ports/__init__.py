"""What the services need from outside, as protocols. Adapters implement them; tests use the in-memory ones.

Nothing here names a technology.
"""

from __future__ import annotations

from trailbook.services.ports.course_folder import CourseFolder, Gradebook, ManualGrade, SourceLesson, Stripper
from trailbook.services.ports.grading import Grader, LessonToGrade, OnTest, Recording
from trailbook.services.ports.records import (
    Attempt,
    Decision,
    Event,
    JobKind,
    JobStatus,
    LessonSummary,
    LessonVersion,
    Notebook,
    PastResult,
    StoredProgress,
)
from trailbook.services.ports.storage import (
    Attempts,
    Courses,
    Decisions,
    EventLog,
    ProgressTable,
    Result,
    Storage,
    UnitOfWork,
    Versions,
)
from trailbook.services.ports.surroundings import Clock, JobQueue, LiveEvents, NewId

__all__ = [
    "Attempt",
    "Attempts",
    "Clock",
    "CourseFolder",
    "Courses",
    "Decision",
    "Decisions",
    "Event",
    "EventLog",
    "Gradebook",
    "Grader",
    "JobKind",
    "JobQueue",
    "JobStatus",
    "LessonSummary",
    "LessonToGrade",
    "LessonVersion",
    "LiveEvents",
    "ManualGrade",
    "NewId",
    "Notebook",
    "OnTest",
    "PastResult",
    "ProgressTable",
    "Recording",
    "Result",
    "SourceLesson",
    "Storage",
    "StoredProgress",
    "Stripper",
    "UnitOfWork",
    "Versions",
]
