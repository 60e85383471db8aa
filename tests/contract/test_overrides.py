"""The log of what staff decided, alike in every database."""

from __future__ import annotations

from dataclasses import replace

from support.courses import NOW, TRAP, key

from trailbook.domain.overrides import Action, OverrideEntry
from trailbook.services.ports import Storage


def entry(
    action: Action | None, *, learner: str = TRAP, group: str = "", of: str = "course", withdraws: int | None = None
) -> OverrideEntry:
    return OverrideEntry(of, key("one"), learner, group, action, "was ill ü", "ida", NOW, withdraws)


def test_log_of_overrides_keeps_entries_whole_and_in_order(storage: Storage) -> None:
    with storage() as work:
        first = work.overrides.append(entry(Action.OPEN))
        second = work.overrides.append(entry(None, withdraws=first.id))
        third = work.overrides.append(entry(Action.LOCK, learner="", group="evening"))
        work.overrides.append(entry(Action.MASTER, of="other"))
    assert first.id < second.id < third.id
    assert replace(second, id=0) == entry(None, withdraws=first.id)
    with storage(read_only=True) as work:
        assert work.overrides.of_course("course") == [first, second, third]
        assert work.overrides.of_course("unknown") == []


def test_log_of_overrides_of_a_learner_has_their_groups_and_nobody_elses(storage: Storage) -> None:
    with storage() as work:
        mine = work.overrides.append(entry(Action.OPEN))
        ours = work.overrides.append(entry(Action.LOCK, learner="", group="evening"))
        work.overrides.append(entry(Action.LOCK, learner="", group="morning"))
        work.overrides.append(entry(Action.RESET, learner="someone"))
    with storage(read_only=True) as work:
        assert work.overrides.of_learner("course", TRAP, ["evening", "noon"]) == [mine, ours]
        assert work.overrides.of_learner("course", TRAP) == [mine]
        assert work.overrides.of_learner("other", TRAP, ["evening"]) == []
