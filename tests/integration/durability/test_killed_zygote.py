"""A zygote that is killed is known to be gone, whatever it had been asked: the next grading has another."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.small_course import wait_for

from trailbook.adapters.sandbox.isolation import Zygote, choose_tier
from trailbook.adapters.sandbox.usage import tree_of
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

ASKED_AT_ONCE = 4


def test_zygote_killed_with_requests_unread_has_ended() -> None:
    others = set(tree_of(os.getpid()))
    zygote = Zygote([], tier=choose_tier().tier)
    zygote.fork(["learner"], GradingLimits()).close()
    its = [pid for pid in tree_of(os.getpid()) if pid not in others]
    for pid in its:
        os.kill(pid, signal.SIGSTOP)

    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        asked = [pool.submit(zygote.fork, ["learner"], GradingLimits()) for _ in range(ASKED_AT_ONCE)]
        wait_for(lambda: len(zygote._children) == ASKED_AT_ONCE, what="the requests")
        for pid in its:
            os.kill(pid, signal.SIGKILL)
        for each in asked:
            with pytest.raises(Unavailable):
                each.result(timeout=30)

    wait_for(lambda: not zygote.is_alive(), seconds=10, what="its end")
    zygote.close()
