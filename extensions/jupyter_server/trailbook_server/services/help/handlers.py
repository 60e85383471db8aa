"""GET …/help, POST …/difficulties and …/help-requests: relayed with this server's token."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from trailbook_server.course_service import Reply
from trailbook_server.handlers import TrailbookApiHandler
from trailbook_server.urls import LESSON


class HelpRelay(TrailbookApiHandler):
    """What the three share."""

    def pass_on(self, reply: Reply) -> None:
        """Answer with what the course service answered."""
        self.set_status(reply.status)
        if reply.body is not None:
            self.write(reply.body)
        self.finish()


class HelpHandler(HelpRelay):
    """What may help now."""

    @authenticated
    @authorized
    async def get(self, course: str, module: str, name: str) -> None:
        """Return whether the learner struggles, and what may help."""
        exercise = self.get_query_argument("exercise", None)
        key = self.lesson_key(course, module, name)
        self.pass_on(await self.parts.service.fetch_help(course, key, exercise=exercise))


class DifficultiesHandler(HelpRelay):
    """*Too hard*."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Say that it is too hard."""
        key = self.lesson_key(course, module, name)
        self.pass_on(await self.parts.service.send(course, key, to="difficulties", body=self.read_body()))


class HelpRequestsHandler(HelpRelay):
    """*Ask a person*."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Send a question to who teaches the course."""
        key = self.lesson_key(course, module, name)
        self.pass_on(await self.parts.service.send(course, key, to="help-requests", body=self.read_body()))


handlers = [
    (rf"trailbook/api/lessons/{LESSON}/help", HelpHandler),
    (rf"trailbook/api/lessons/{LESSON}/difficulties", DifficultiesHandler),
    (rf"trailbook/api/lessons/{LESSON}/help-requests", HelpRequestsHandler),
]
