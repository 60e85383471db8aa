"""Memory as a replay of answers."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.domain.mastery.protocol import Answer, SkillEvidence
from trailbook.domain.reviewing.memory import DAY, NO_FORGETTING, Memory, replay_memory
from trailbook.domain.reviewing.schedule import faded, memories

START = 1_700_000_000.0
FSRS = FsrsForgetting()


def answer(share: float, *, days: float = 0.0, skills: tuple[str, ...] = ("filtering",), item: str = "i") -> Answer:
    return Answer("ada", item, skills, START + days * DAY, share=share)


def test_answers_of_one_sitting_are_one_practice() -> None:
    one = memories([answer(0.8, days=0.01)], FSRS)
    many = memories([answer(1.0), answer(0.6, days=0.005), answer(0.8, days=0.01)], FSRS)
    assert one == many


def test_each_success_after_days_makes_the_next_review_later() -> None:
    waits = []
    log: list[Answer] = []
    for days in (0.0, 2.0, 13.0):
        log.append(answer(1.0, days=days))
        found = memories(log, FSRS)["filtering"]
        waits.append((found.due_at - found.last_at) / DAY)
    assert waits == [2.0, 11.0, 46.0]


def test_forgetting_makes_the_next_review_sooner() -> None:
    log = [answer(1.0), answer(1.0, days=2.0), answer(0.2, days=13.0)]
    found = memories(log, FSRS)["filtering"]
    assert found.due_at - found.last_at < 4 * DAY


def test_exercise_of_several_skills_practises_each_and_one_without_practises_itself() -> None:
    assert set(memories([answer(1.0, skills=("a", "b")), answer(1.0, skills=())], FSRS)) == {"a", "b", "i"}


def test_answer_without_a_time_is_left_out() -> None:
    assert memories([Answer("ada", "i", ("filtering",), None, share=1.0)], FSRS) == {}
    assert replay_memory([], FSRS) is None


def test_mastery_fades_with_recall() -> None:
    evidence = SkillEvidence("filtering", 0.9, 4.0, 1.0, START)
    recall = FSRS.recall(memories([answer(1.0)], FSRS)["filtering"], at=START + 30 * DAY)
    assert 0.6 < recall < 0.7
    assert faded(evidence, recall) == SkillEvidence("filtering", 0.9 * recall, 4.0, 1.0, START)


def test_without_forgetting_nothing_is_ever_due() -> None:
    assert memories([answer(0.0)], NO_FORGETTING) == {"filtering": Memory(float("inf"), 1.0, START, float("inf"))}
    assert NO_FORGETTING.recall(memories([answer(0.0)], NO_FORGETTING)["filtering"], at=START + 900 * DAY) == 1.0


LOGS = st.lists(
    st.builds(
        answer,
        st.floats(0, 1),
        days=st.floats(0, 2_000),
        skills=st.sampled_from([(), ("a",), ("a", "b")]),
        item=st.sampled_from("xy"),
    ),
    max_size=12,
)


@given(LOGS, st.data())
@settings(max_examples=60)
def test_order_of_the_log_does_not_matter(log: list[Answer], data: st.DataObject) -> None:
    assert memories(log, FSRS) == memories(data.draw(st.permutations(log)), FSRS)


@given(LOGS, st.floats(0, 10_000))
@settings(max_examples=60)
def test_recall_is_a_probability_that_falls_with_time(log: list[Answer], days: float) -> None:
    at = START + 2_000 * DAY
    for memory in memories(log, FSRS).values():
        assert 0.0 < FSRS.recall(memory, at=at + days * DAY) <= FSRS.recall(memory, at=at) <= 1.0
        assert memory.due_at >= memory.last_at + DAY - 1e-3  # times are kept in microseconds
