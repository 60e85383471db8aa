"""How soon an answer is acknowledged when a whole class submits in the same instant, over HTTP, fully durable."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from pathlib import Path

from durability.client import Learner
from durability.course import write_settings
from durability.hub import running_hub
from durability.service import running

LEARNERS = 50
ROUNDS = 20
BETWEEN_SECONDS = 0.5


@dataclass(frozen=True)
class Times:
    """Seconds from sending an answer to having its acknowledgement, sorted."""

    seconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the time that this share of the answers stayed within, in milliseconds."""
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))] * 1000


def measure(folder: Path, *, database_url: str = "", rounds: int = ROUNDS) -> Times:
    """Return how long each of ``LEARNERS`` × ``rounds`` answers took, all of a round sent in the same instant."""
    settings = write_settings(folder, database_url=database_url, workers=2)
    with running_hub() as hub, running(settings, hub) as service:
        return asyncio.run(_measure(service.port, rounds))


async def _measure(port: int, rounds: int) -> Times:
    learners = [Learner(f"learner-{number}", port) for number in range(LEARNERS)]
    for learner in learners:
        opened = await learner.open_lesson()
        if opened.status != 200:
            raise RuntimeError(f"{learner.name} could not open the lesson: {opened}")
    numbers = itertools.count(1)
    seconds: list[float] = []
    for round_number in range(rounds + 1):
        taken = await asyncio.gather(*(_timed(learner, next(numbers)) for learner in learners))
        if round_number:  # the first one warms up
            seconds += taken
        await asyncio.sleep(BETWEEN_SECONDS)
    for learner in learners:
        await learner.close()
    return Times(tuple(sorted(seconds)))


async def _timed(learner: Learner, number: int) -> float:
    began = time.perf_counter()
    answered = await learner.submit(number)
    taken = time.perf_counter() - began
    if answered.status != 202:
        raise RuntimeError(f"not acknowledged: {answered}")
    return taken
