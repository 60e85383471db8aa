"""Who takes part in the demo, and in which courses."""

from __future__ import annotations

LEARNERS = ("ada", "grace", "linus")
GRADERS = ("greta",)
INSTRUCTORS = ("ines",)

ROLES = {
    **dict.fromkeys(LEARNERS, "learner"),
    **dict.fromkeys(GRADERS, "grader"),
    **dict.fromkeys(INSTRUCTORS, "instructor"),
}
"""Each person's role, the same in both courses."""

FIRST_COURSE = "first-course"
QUICKSTART = "course101"  # the name nbgrader's own documentation gives its quickstart course
QUICKSTART_TITLE = "The nbgrader quickstart"

COURSES = (FIRST_COURSE, QUICKSTART)
