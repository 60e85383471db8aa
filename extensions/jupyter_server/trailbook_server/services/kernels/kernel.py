"""One lesson's kernel: set up with the author's examples, then run, check, interrupt and restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from trailbook.domain.errors import CourseError
from trailbook_server.services.kernels.jobs import Job, JobLine, Line
from trailbook_server.services.kernels.messages import error_text, test_message
from trailbook_server.services.kernels.processes import KernelProcesses
from trailbook_server.services.kernels.runner import CellRunner
from trailbook_server.services.kernels.session import KernelDied, KernelSession, Reply
from trailbook_server.services.lessons.manager import OpenLesson
from trailbook_server.services.lessons.outline import Cell

Work = Callable[[Job], Awaitable[str]]


class LessonKernel:
    """The kernel of one lesson. Everything it does is a job in one line; the page that asked may leave.

    Parameters
    ----------
    lesson
        The lesson as last opened; whoever opens it again puts the new one here.
    processes
        Starts and ends kernel processes.
    make_room
        Called before a process is started; raises `Conflict` when there is no room for one more.
    outputs_file
        Where the lesson's outputs are kept.
    max_output_bytes
        Limit for one cell.
    """

    def __init__(
        self,
        lesson: OpenLesson,
        *,
        processes: KernelProcesses,
        make_room: Callable[[], Awaitable[None]],
        outputs_file: Path,
        max_output_bytes: int,
    ) -> None:
        self.lesson = lesson
        self.id = ""
        self.ran: list[str] = []
        self._processes = processes
        self._make_room = make_room
        self._jobs = JobLine()
        self._runner = CellRunner(
            outputs_file, max_output_bytes=max_output_bytes, current_job=lambda: self._jobs.current
        )
        self._set_up_for = ""  # fingerprint of the examples that ran in this process
        self._setup: Job | None = None

    @property
    def state(self) -> str:
        """``none``, ``starting``, ``idle``, ``busy`` or ``dead``."""
        if self._runner.session is None:
            return "starting" if self._jobs.busy else "dead" if self.id else "none"
        return "busy" if self._jobs.busy else "idle"

    def as_json(self) -> dict[str, str | None]:
        """Return the kernel as the page gets it."""
        return {"id": self.id or None, "state": self.state}

    @property
    def outputs(self) -> dict[str, list[dict[str, object]]]:
        """The outputs of every cell, by cell id."""
        return self._runner.outputs.as_json()

    def attach(self, *, catch_up: bool = False) -> AsyncIterator[Line]:
        """Set the kernel up when it is not, and follow whatever it does now; end when that is done.

        A lesson that only is read needs none.

        Parameters
        ----------
        catch_up
            Whether the page last saw the kernel at work: what it did may have ended since, so every cell's outputs are
            told as they are now.
        """
        shown = self._runner.so_far(self.outputs) if catch_up else []
        now: list[Line] = [line | {"type": "outputs"} for line in shown]
        if self._needs_setup() and self.lesson.outline.has_code:
            self._set_up()
        return self._follow(self._jobs.unfinished, first=now)

    def run(self, cells: Sequence[Cell], sources: Mapping[str, str], *, exercise: str = "") -> AsyncIterator[Line]:
        """Run cells with the learner's sources, then the examples that build on the exercise."""

        async def work(job: Job) -> str:
            reply = await self._runner.run_answers(job, cells, sources)
            self._note_run(exercise)
            if exercise and reply.status == "ok":
                for cell in self.lesson.outline.examples_after(exercise):
                    await self._runner.run_shown(job, cell, cell.source)
            self._runner.save()
            return _status(reply)

        return self._start(work)

    def check(
        self,
        exercise: str,
        sources: Mapping[str, str],
        *,
        tests: Sequence[Cell],
        on_result: Callable[[Mapping[str, bool]], None],
    ) -> AsyncIterator[Line]:
        """Run an exercise's answers and then its visible tests, each with one result. It never counts."""
        answers = self.lesson.outline.answers_of(exercise)

        async def work(job: Job) -> str:
            reply = await self._runner.run_answers(job, answers, sources)
            self._note_run(exercise)
            self._runner.save()
            passed: dict[str, bool] = {}
            for cell in tests:
                if reply.status == "ok":
                    tested = await self._runner.run_test(cell)
                    message = "" if tested.status == "ok" else test_message(tested)
                else:
                    tested, message = reply, f"Your answer stopped before the test: {error_text(reply)}"
                passed[cell.grade_id] = tested.status == "ok"
                job.tell(_test_line(cell, passed=passed[cell.grade_id], message=message))
            on_result(passed)
            return _status(reply)

        return self._start(work)

    async def interrupt(self) -> None:
        """Stop what runs, and drop what waits."""
        self._jobs.drop_waiting()
        if self._runner.session is not None:
            await self._processes.interrupt(self.id)

    async def restart(self) -> None:
        """Start the process afresh; the next attach or run sets it up."""
        await self._jobs.stop()
        if self.id:
            await self._start_again()
        self._forget_setup()

    async def notice_death(self) -> None:
        """Note that the process is gone; the next attach or run starts a new one."""
        await self._disconnect()
        self._forget_setup()
        self._runner.save()

    async def close(self) -> None:
        """End the kernel; its outputs stay on disk."""
        await self._jobs.stop()
        await self._disconnect()
        if self.id:
            await self._processes.shut_down(self.id)
        self._runner.save()

    # --- jobs -----------------------------------------------------------------------------------------------

    def _needs_setup(self) -> bool:
        return self._setup is None and self._set_up_for != self.lesson.outline.setup_sha256

    def _set_up(self) -> Job:
        self._setup = self._jobs.add(self._job(self._do_set_up))
        return self._setup

    def _start(self, work: Work) -> AsyncIterator[Line]:
        async def on_a_kernel(job: Job) -> str:
            # Without a session the setup before this job failed, and told why.
            return "error" if self._runner.session is None else await work(job)

        before = [self._set_up()] if self._needs_setup() else []
        return self._follow([*before, self._jobs.add(self._job(on_a_kernel))])

    def _follow(self, jobs: Sequence[Job], *, first: Sequence[Line] = ()) -> AsyncIterator[Line]:
        readings = [job.read() for job in jobs]  # now: lines told before the first one is asked for count too

        async def lines() -> AsyncIterator[Line]:
            done: Line = {"type": "done", "status": "ok"}
            yield self._kernel_line(fresh=False)
            for line in first:
                yield line
            for reading in readings:
                async for line in reading:
                    if line["type"] == "done":
                        done = line
                    else:
                        yield line
            if readings:
                yield self._kernel_line(fresh=False)
            yield done

        return lines()

    def _job(self, work: Work) -> Job:
        """Return a job that tells a kernel that died, or could not be had, as what it is."""

        async def guarded(job: Job) -> str:
            try:
                return await work(job)
            except KernelDied:
                await self.notice_death()
                text = "Python stopped while your code ran. Run it again to start afresh; your text is kept."
                job.tell({"type": "problem", "code": "kernel_died", "message": text})
            except CourseError as error:
                job.tell({"type": "problem", "code": error.code, "message": error.message})
            return "error"

        return Job(guarded, lambda job: self._runner.so_far(job.touched))

    async def _do_set_up(self, job: Job) -> str:
        try:
            if not self.id:
                await self._make_room()
                self.id = await self._processes.start(self.lesson)
                await self._connect()
            elif self._runner.session is None or self._set_up_for:
                # The process died, or ran the examples of an older release.
                await self._start_again()
            self.ran = []
            self._set_up_for = self.lesson.outline.setup_sha256
            job.tell(self._kernel_line(fresh=True))
            for cell in self.lesson.outline.examples:
                # An error is not the learner's to see while an exercise above was not run in this process.
                if self.lesson.outline.exercises_before(cell):
                    await self._runner.run_quietly(job, cell)
                else:
                    await self._runner.run_shown(job, cell, cell.source)
            self._runner.save()
        finally:
            self._setup = None
        return "ok"

    # --- the process ----------------------------------------------------------------------------------------

    async def _start_again(self) -> None:
        await self._disconnect()
        await self._processes.restart(self.id)
        await self._connect()

    async def _connect(self) -> None:
        session = KernelSession(self._processes.get(self.id), self._runner.take)
        await session.connect()
        self._runner.session = session

    async def _disconnect(self) -> None:
        if self._runner.session is not None:
            session, self._runner.session = self._runner.session, None
            await session.close()

    def _forget_setup(self) -> None:
        self._set_up_for = ""
        self.ran = []

    def _note_run(self, exercise: str) -> None:
        if exercise and exercise not in self.ran:
            self.ran.append(exercise)

    def _kernel_line(self, *, fresh: bool) -> Line:
        return {"type": "kernel", **self.as_json(), "fresh": fresh}


def _status(reply: Reply) -> str:
    if reply.status == "ok":
        return "ok"
    return "aborted" if reply.error_name == "KeyboardInterrupt" else "error"


def _test_line(cell: Cell, *, passed: bool, message: str) -> Line:
    return {
        "type": "test",
        "exercise": cell.exercise,
        "grade_id": cell.grade_id,
        "passed": passed,
        "message": message,
    }
