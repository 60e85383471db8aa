"""GET trailbook/lessons/…, …/files/…, trailbook/api/lessons/…, and the ways home."""

from __future__ import annotations

import mimetypes
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from trailbook.domain.errors import CourseError, NotFound
from trailbook_server.handlers import RefusalMixin, TrailbookApiHandler
from trailbook_server.urls import LESSON

RETRY_SECONDS = 5

# Nothing is loaded from another host, no inline script runs, and no other site frames the page.
# Voilà's widget scripts compile their JSON schemas with `new Function`, so they need 'unsafe-eval'.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self'",
        "frame-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


class PageHandler(RefusalMixin, JupyterHandler):
    """A page for people: its refusals are pages, too."""

    @property
    def content_security_policy(self) -> str:
        """Everything from this server, nothing inline that runs."""
        return PAGE_POLICY

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a page that says what to do next."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, CourseError):
            error = CourseError("failed", "This did not work. Load the page again, or go to Home.")
        if status_code == 503:
            self.set_header("Retry-After", str(RETRY_SECONDS))
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(self.parts.renderer.render_refusal(error, status=status_code))


class LessonPageHandler(PageHandler):
    """The lesson."""

    @authenticated
    @authorized
    async def get(self, course: str, module: str, name: str) -> None:
        """Ask the course service, and return the page without waiting for a kernel."""
        lesson = await self.parts.lessons.open(course, self.lesson_key(course, module, name))
        data = await self.parts.page_data(lesson)
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        token = self.xsrf_token
        self.finish(
            await self.parts.renderer.render_lesson(
                lesson, data, xsrf_token=token.decode() if isinstance(token, bytes) else token
            )
        )


class LessonFileHandler(PageHandler):
    """Images and data of the release."""

    @property
    def content_security_policy(self) -> str:
        """Keep a file that is a document of its own, such as SVG or HTML, from running anything."""
        return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

    @authenticated
    @authorized
    async def get(self, course: str, module: str, name: str, path: str) -> None:
        """Return a file."""
        lesson = await self.parts.lessons.get(course, self.lesson_key(course, module, name))
        if path not in lesson.files:
            raise NotFound("unknown_file", "This lesson has no such file. Load the lesson again.")
        kind, encoding = mimetypes.guess_type(path)
        self.set_header("Content-Type", kind if kind and not encoding else "application/octet-stream")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(lesson.files[path])


class LessonDataHandler(TrailbookApiHandler):
    """What the page's script knows."""

    @authenticated
    @authorized
    async def get(self, course: str, module: str, name: str) -> None:
        """Return where the learner stands in the lesson."""
        lesson = await self.parts.lessons.refresh(course, self.lesson_key(course, module, name))
        self.finish(await self.parts.page_data(lesson))


class HomeHandler(PageHandler):
    """The learner's server has no page of its own."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Lead to Home."""
        self.redirect(self.parts.home_url)


handlers = [
    (r"/", HomeHandler),
    (r"trailbook/?", HomeHandler),
    (rf"trailbook/lessons/{LESSON}", LessonPageHandler),
    (rf"trailbook/lessons/{LESSON}/files/(?P<path>.+)", LessonFileHandler),
    (rf"trailbook/api/lessons/{LESSON}", LessonDataHandler),
]
