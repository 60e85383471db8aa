"""POST …/kernel, …/run, …/check, …/interrupt, …/restart."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from trailbook.domain.errors import Conflict
from trailbook_server.handlers import TrailbookApiHandler, sources_in, text_in
from trailbook_server.services.kernels.kernel import LessonKernel
from trailbook_server.urls import LESSON


class KernelActionHandler(TrailbookApiHandler):
    """What the kernel handlers share."""

    async def kernel_of(self, course: str, module: str, name: str) -> LessonKernel:
        """Return the kernel of the lesson named in the address."""
        lesson = await self.parts.lessons.get(course, self.lesson_key(course, module, name))
        return await self.parts.kernels.of(lesson)

    def sources_for(self, kernel: LessonKernel, sent: Mapping[str, str]) -> dict[str, str]:
        """Return the source of every answer cell: as sent, else as drafted, else as released."""
        return self.parts.sources(kernel.lesson, sent)

    def report(self, kernel: LessonKernel, kind: str, *, exercise: str, data: Mapping[str, object]) -> None:
        """Tell the course service; a hint, not evidence."""
        lesson = kernel.lesson
        item = {"kind": kind, "data": dict(data)} | ({"exercise": exercise} if exercise else {})
        self.parts.reports.add(lesson.course, lesson.key, item)


class KernelHandler(KernelActionHandler):
    """The lesson's kernel, attached to a page."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Start it when needed, run the examples, and stream what comes."""
        body, kernel = self.read_body(), await self.kernel_of(course, module, name)
        await self.write_lines(kernel.attach(catch_up=body.get("catch_up") is True))


class RunHandler(KernelActionHandler):
    """Running answers and examples."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Run an exercise's answer cells, or one cell, and stream the outputs."""
        body, kernel = self.read_body(), await self.kernel_of(course, module, name)
        outline = kernel.lesson.outline
        if "cell" in body:
            asked = [outline.get_cell(text_in(body, "cell"))]
            exercise = asked[0].exercise
        else:
            exercise = str(outline.get_exercise(text_in(body, "exercise"))["id"])
            asked = list(outline.answers_of(exercise))
        cells = [cell for cell in asked if cell.is_code]
        if not cells:
            raise Conflict("nothing_to_run", "There is no code to run here: write your answer and submit it.")
        lines = kernel.run(cells, self.sources_for(kernel, sources_in(body)), exercise=exercise)
        self.report(kernel, "run", exercise=exercise, data={})
        await self.write_lines(lines)


class CheckHandler(KernelActionHandler):
    """Running the visible tests in the learner's own kernel."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Run an exercise's answer cells and then its tests, and stream one result for each test."""
        body, kernel = self.read_body(), await self.kernel_of(course, module, name)
        outline = kernel.lesson.outline
        exercise = str(outline.get_exercise(text_in(body, "exercise"))["id"])
        tests = outline.visible_tests_of(exercise)
        if not tests:
            raise Conflict("nothing_to_run", "This exercise shows no tests. Submit your answer to have it graded.")

        def report(passed: Mapping[str, bool]) -> None:
            self.report(kernel, "checked", exercise=exercise, data={"passed": dict(passed)})

        sources = self.sources_for(kernel, sources_in(body))
        await self.write_lines(kernel.check(exercise, sources, tests=tests, on_result=report))


class InterruptHandler(KernelActionHandler):
    """Stopping what runs."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Interrupt the kernel."""
        kernel = await self.kernel_of(course, module, name)
        await kernel.interrupt()
        self.set_status(204)
        self.finish()


class RestartHandler(KernelActionHandler):
    """Starting afresh."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Restart the kernel; attaching sets it up again."""
        kernel = await self.kernel_of(course, module, name)
        await kernel.restart()
        self.set_status(204)
        self.finish()


handlers = [
    (rf"trailbook/api/lessons/{LESSON}/kernel", KernelHandler),
    (rf"trailbook/api/lessons/{LESSON}/run", RunHandler),
    (rf"trailbook/api/lessons/{LESSON}/check", CheckHandler),
    (rf"trailbook/api/lessons/{LESSON}/interrupt", InterruptHandler),
    (rf"trailbook/api/lessons/{LESSON}/restart", RestartHandler),
]
