"""POST …/attempts and …/submissions, GET trailbook/api/attempts/ID and …/receipt: relayed with this server's token."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from trailbook_server.course_service import Reply
from trailbook_server.handlers import TrailbookApiHandler, sources_in, text_in
from trailbook_server.urls import LESSON


class AnswersHandler(TrailbookApiHandler):
    """What sending one exercise and handing in a lesson share."""

    async def send(self, course: str, module: str, name: str, *, to: str) -> None:
        """Send the lesson's answers to the course service, and pass its answer on."""
        body, key = self.read_body(), self.lesson_key(course, module, name)
        sent = sources_in(body)
        lesson = await self.parts.lessons.get(course, key)
        lesson.outline.require_answers(sent)
        message = {"version": body.get("version", lesson.version), "answers": self.parts.sources(lesson, sent)}
        if to == "attempts":
            message["exercise"] = lesson.outline.get_exercise(text_in(body, "exercise"))["id"]
        self.pass_on(
            await self.parts.service.send_answers(
                course, key, to=to, body=message, idempotency_key=text_in(body, "key")
            )
        )

    def pass_on(self, reply: Reply) -> None:
        """Answer with what the course service answered."""
        self.set_status(reply.status)
        if reply.status == 202:
            self.set_header("Location", url_path_join(self.base_url, "trailbook/api/attempts", reply.body["id"]))
        self.finish(reply.body)


class AttemptsHandler(AnswersHandler):
    """*Submit answer*."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Send one exercise to be graded."""
        await self.send(course, module, name, to="attempts")


class SubmissionsHandler(AnswersHandler):
    """*Hand in*."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Hand the lesson in."""
        await self.send(course, module, name, to="submissions")


class AttemptHandler(AnswersHandler):
    """One attempt."""

    @authenticated
    @authorized
    async def get(self, attempt: str) -> None:
        """Return how the grading stands."""
        self.pass_on(await self.parts.service.fetch_attempt(attempt))


class ReceiptHandler(AnswersHandler):
    """The receipt of one attempt."""

    @authenticated
    @authorized
    async def get(self, attempt: str) -> None:
        """Return the receipt as a file to keep."""
        reply = await self.parts.service.fetch_receipt(attempt)
        self.set_header("Content-Disposition", 'attachment; filename="receipt.json"')
        self.pass_on(reply)


handlers = [
    (rf"trailbook/api/lessons/{LESSON}/attempts", AttemptsHandler),
    (rf"trailbook/api/lessons/{LESSON}/submissions", SubmissionsHandler),
    (r"trailbook/api/attempts/(?P<attempt>[^/]+)", AttemptHandler),
    (r"trailbook/api/attempts/(?P<attempt>[^/]+)/receipt", ReceiptHandler),
]
