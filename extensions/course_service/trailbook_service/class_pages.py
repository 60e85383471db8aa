"""The pages for staff: a class as a flow, and one learner's path."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from trailbook.services.class_views import ClassFlow, LearnerPath
from trailbook.services.help_views import QuestionView
from trailbook.services.override_views import OverrideView
from trailbook_service.door import door_of
from trailbook_service.pages import page

ACTIONS = {"open": "Opened", "lock": "Locked", "master": "Counted as mastered:", "reset": "To be begun anew:"}
STATUSES = {
    "locked": "locked",
    "open": "open",
    "in_progress": "at it",
    "mastered": "mastered",
    "due": "due for review",
}

PURPOSES = {"practice": "Looked ahead into", "test_out": "Test-out of", "placement": "Placement"}


def class_page(
    request: Request,
    flow: ClassFlow,
    overrides: Sequence[OverrideView],
    *,
    questions: Sequence[QuestionView],
    may_decide: bool,
) -> Response:
    """Return the class, with a form to decide for somebody where the person may."""
    return page(
        request,
        "class.html",
        flow=flow,
        overrides=overrides,
        questions=questions,
        may_decide=may_decide,
        actions=ACTIONS,
        quoted=_quoted,
        person_url=lambda learner: f"{_course_url(request, flow.course)}/learners/{_quoted(learner)}",
    )


def learner_page(request: Request, shown: LearnerPath, *, may_decide: bool) -> Response:
    """Return one learner's path with every decision that led there."""
    lessons = [lesson for module in shown.path.modules for lesson in module.lessons]
    return page(
        request,
        "learner.html",
        shown=shown,
        lessons=lessons,
        choices_of_lessons=[{"lesson": each.key, "title": each.title} for each in lessons],
        may_decide=may_decide,
        actions=ACTIONS,
        statuses=STATUSES,
        purposes=PURPOSES,
        quoted=_quoted,
        class_url=f"{_course_url(request, shown.path.name)}/class",
    )


def _course_url(request: Request, course: str) -> str:
    return f"{door_of(request).base_url}courses/{_quoted(course)}"


def _quoted(text: str) -> str:
    return quote(text, safe="")
