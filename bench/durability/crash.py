"""Answers sent while everything that handles them is killed at random instants."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from support.cluster import scheduler

from durability.client import Learner
from durability.course import write_settings
from durability.hub import running_hub
from durability.ledger import NO_LIMIT, Audit, Ledger, audit, unfinished
from durability.service import Service, running
from durability.victims import KilledClient, KilledSandbox, KilledService, KilledWorker, Victim
from trailbook.adapters.storage import SqlStorage, open_storage
from trailbook.config import load_settings

LEARNERS = 20
SENT_BY_CLIENT = 0.1  # of all answers
SENT_AGAIN = 0.1  # of acknowledged answers, as a page does that did not hear
WEIGHTS = {"service": 4, "worker": 3, "database client": 3}
MOST_SECONDS_BEFORE_A_KILL = 0.3
KILLED_AFTER_A_RESULT = 0.2  # of the kills
KILLED_AFTER_AN_ACKNOWLEDGEMENT = 0.5  # of the kills, the others at a random instant
MOST_SECONDS_FOR_A_RESULT = 15.0
GRADING_SECONDS = 900.0


@dataclass(frozen=True)
class Crashes:
    """What was left after the kills, and how often each kind of process was killed."""

    audit: Audit
    kills: Mapping[str, int]


def crash(folder: Path, *, submissions: int, kills: int, database_url: str = "", with_cluster: bool = False) -> Crashes:
    """Send answers until all are acknowledged, with kills between, and compare what is kept with what was said.

    Every kind of process is killed at least once, if there are kills enough.

    Parameters
    ----------
    with_cluster
        Whether a `trailbook worker` grades, and is killed; else the service grades, and its sandboxes are killed.
    """
    ledger = Ledger()
    with ExitStack() as stack:
        point = stack.enter_context(scheduler(folder)) if with_cluster else None
        # Each kill of the service counts as a try of what it was grading, which is innocent here.
        limits = {"max_tries": NO_LIMIT, "max_waiting_jobs": NO_LIMIT, **(point.settings if point else {})}
        path = write_settings(folder, database_url=database_url, workers=2, **limits)
        settings = load_settings(path, {})
        service = stack.enter_context(running(path, stack.enter_context(running_hub())))
        storage = stack.enter_context(closing(open_storage(settings.database)))
        worker: Victim = KilledSandbox(service)
        if point is not None:
            worker = KilledWorker(point, folder)
            worker.start()
            stack.callback(worker.end)
        scene = _Scene(service, ledger, storage, worker, KilledClient(path, ledger))
        killed = asyncio.run(scene.play(submissions, kills))
        service.stop()  # what others put into the database is looked for at the start
        service.begin()
        service.wait_until_up()
        deadline = time.monotonic() + GRADING_SECONDS
        while unfinished(storage, ledger) and time.monotonic() < deadline:
            time.sleep(0.1)
        return Crashes(audit(ledger, storage, settings.state_folder), killed)


class _Scene:
    """The learners, the victims, and who kills them."""

    def __init__(
        self, service: Service, ledger: Ledger, storage: SqlStorage, worker: Victim, client: KilledClient
    ) -> None:
        self._chance = random.Random()
        self._ledger = ledger
        self._service = service
        self._storage = storage
        self._client = client
        self._victims: Sequence[Victim] = (KilledService(service), worker, client)
        self._numbers: asyncio.Queue[int] = asyncio.Queue()

    async def play(self, submissions: int, kills: int) -> Counter[str]:
        """Hand out so many answers to send, some before each kill and the rest after, and return who was killed."""
        await asyncio.to_thread(self._client.start)
        learners = [Learner(f"learner-{number}", self._service.port) for number in range(LEARNERS)]
        sending = [asyncio.create_task(self._send(each)) for each in learners]
        numbers = iter(range(1, submissions + 1))
        order = [self._victims[number % len(self._victims)] for number in range(min(kills, len(self._victims)))]
        weights = [WEIGHTS[each.name] for each in self._victims]
        order += self._chance.choices(self._victims, weights, k=kills - len(order))
        for done, victim in enumerate(order, start=1):
            heard = len(self._ledger.ids)
            for number in numbers:
                self._hand_out(number)
                if number >= submissions * done / (kills + 1):
                    break
            if self._chance.random() < KILLED_AFTER_A_RESULT:
                await asyncio.to_thread(self._wait_for_a_result)
            if done <= len(self._victims) or self._chance.random() < KILLED_AFTER_AN_ACKNOWLEDGEMENT:
                # What was said too early is lost to the kill that follows at once.
                await asyncio.to_thread(self._ledger.wait_for_more_than, heard, MOST_SECONDS_FOR_A_RESULT)
            else:
                await asyncio.sleep(self._chance.uniform(0, MOST_SECONDS_BEFORE_A_KILL))
            await asyncio.to_thread(victim.kill)
        for number in numbers:
            self._hand_out(number)
        while len(self._ledger.ids) < submissions or not self._client.is_idle():
            await asyncio.sleep(0.02)
            for each in sending:
                if each.done():
                    each.result()
        await asyncio.to_thread(self._client.end)
        for each in sending:
            each.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        for learner in learners:
            await learner.close()
        return Counter(victim.name for victim in order)

    def _wait_for_a_result(self) -> None:
        """Wait until something was graded, so that results too are stored while things die."""
        deadline = time.monotonic() + MOST_SECONDS_FOR_A_RESULT
        with self._storage(read_only=True) as work:
            seen = work.events.last_id()
        while time.monotonic() < deadline:
            with self._storage(read_only=True) as work:
                if any(event.kind == "attempt_graded" for event in work.events.after(seen, limit=NO_LIMIT)):
                    return
            time.sleep(0.05)

    def _hand_out(self, number: int) -> None:
        if self._chance.random() < SENT_BY_CLIENT:
            self._client.send(number)
        else:
            self._numbers.put_nowait(number)

    async def _send(self, learner: Learner) -> None:
        """Send what is handed out, each until it is acknowledged."""
        is_open = False
        while True:
            number = await self._numbers.get()
            again = 1 + (self._chance.random() < SENT_AGAIN)
            while again:
                try:
                    is_open = is_open or (await learner.open_lesson()).status == 200
                    answered = await learner.submit(number)
                except (OSError, EOFError):
                    await asyncio.sleep(0.02)
                    continue
                if answered.status == 202:
                    self._ledger.note(learner.name, number, answered.body["id"])
                    again -= 1
                elif answered.status != 503:
                    raise RuntimeError(f"{learner.name} was refused: {answered}")
