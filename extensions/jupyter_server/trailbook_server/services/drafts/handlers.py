"""PUT …/drafts."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from trailbook_server.handlers import TrailbookApiHandler, sources_in
from trailbook_server.urls import LESSON


class DraftsHandler(TrailbookApiHandler):
    """What the learner typed."""

    @authenticated
    @authorized
    async def put(self, course: str, module: str, name: str) -> None:
        """Save drafts of a lesson."""
        key, body = self.lesson_key(course, module, name), self.read_body()
        cells, revision = sources_in(body), body.get("revision")
        lesson = await self.parts.lessons.get(course, key)
        lesson.outline.require_answers(cells)
        drafts = self.parts.drafts.save(course, key, based_on=revision if isinstance(revision, int) else 0, cells=cells)
        self.finish({"revision": drafts.revision})


handlers = [(rf"trailbook/api/lessons/{LESSON}/drafts", DraftsHandler)]
