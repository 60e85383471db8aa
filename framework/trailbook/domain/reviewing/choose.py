"""Chooses the exercises of a review: few, inside the learner's minutes, and new ones rather than those just seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from trailbook.domain.reviewing.memory import DAY
from trailbook.domain.reviewing.values import DueReview

JUST_SEEN = DAY  # seconds in which an exercise is too fresh to say anything about memory
ENOUGH = 2  # exercises of a review that practise one skill


@dataclass(frozen=True)
class ReviewItem:
    """An exercise that could be reviewed.

    Attributes
    ----------
    item
        ``module/lesson#exercise``.
    minutes
        About how long it takes, > 0.
    variant_of
        The item that asks for the same in another form, None where it stands alone.
    """

    item: str
    skills: tuple[str, ...]
    minutes: float
    variant_of: str | None = None

    @property
    def family(self) -> str:
        """The item that it and its variants are variants of."""
        return self.variant_of or self.item


@dataclass(frozen=True)
class ReviewSet:
    """The exercises of one review, in the order to do them; ``because`` says why these, or why there are none."""

    items: tuple[ReviewItem, ...]
    minutes: float
    because: str


def choose_exercises(
    due: Sequence[DueReview],
    items: Collection[ReviewItem],
    *,
    minutes: float,
    seen: Mapping[str, float],
    now: float,
    seed: str,
) -> ReviewSet:
    """Return exercises for what is due, what faded most first, that take at most this many minutes in all.

    Each skill gets one exercise before any gets a second. Of those that practise a skill, exercises never answered come
    first (a variant asks for the skill, not for the memory of an answer), then those that practise more of what is due
    and those answered longest ago; one answered within the last day only where there is no other. Equal ones are drawn
    with the seed.

    Parameters
    ----------
    seen
        When the learner last answered each item, in seconds since 1970.
    """
    if not due:
        return ReviewSet((), 0.0, "Nothing is due. Enjoy what you know.")
    draw = Random(seed)  # noqa: S311  # a draw that can be repeated
    tickets = {item.item: draw.random() for item in sorted(items, key=lambda each: each.item)}
    by_skill = {each.skill: [item for item in items if each.skill in item.skills] for each in due}
    chosen: list[ReviewItem] = []
    left = minutes
    for enough in range(1, ENOUGH + 1):
        for skill, practising in by_skill.items():
            if sum(skill in each.skills for each in chosen) >= enough:
                continue
            fitting = [item for item in practising if item.minutes <= left and not _taken(item, chosen)]
            if fitting:
                ranks = {item: _rank(item, by_skill, seen, now=now, ticket=tickets[item.item]) for item in fitting}
                best = min(fitting, key=ranks.__getitem__)
                chosen.append(best)
                left -= best.minutes
    return ReviewSet(tuple(chosen), minutes - left, _why(due, items, chosen, minutes=minutes))


def _taken(item: ReviewItem, chosen: Collection[ReviewItem]) -> bool:
    """Return whether the item, or a variant of it, is in the review already."""
    return any(each.family == item.family for each in chosen)


def _rank(
    item: ReviewItem, due: Collection[str], seen: Mapping[str, float], *, now: float, ticket: float
) -> tuple[bool, bool, int, float, float]:
    """Return what the least is chosen of: just seen, seen ever, skills due it practises, when last seen, a draw."""
    at = seen.get(item.item)
    covered = sum(skill in due for skill in item.skills)
    return (at is not None and now - at < JUST_SEEN, at is not None, -covered, at or 0.0, ticket)


def _why(
    due: Sequence[DueReview], items: Collection[ReviewItem], chosen: Sequence[ReviewItem], *, minutes: float
) -> str:
    if chosen:
        return f"These refresh {_listed([each for each in due if any(each.skill in item.skills for item in chosen)])}."
    fits = [item.minutes for item in items if any(each.skill in item.skills for each in due)]
    if not fits:
        return f"No exercise practises {_listed(due)}, so read the lesson once more."
    return (
        f"The shortest exercise takes about {min(fits):g} minutes and your limit is {minutes:g}. Allow a little more."
    )


def _listed(due: Sequence[DueReview]) -> str:
    titles = list(dict.fromkeys(each.title for each in due))
    if len(titles) < 2:
        return "".join(titles)
    return f"{', '.join(titles[:-1])} and {titles[-1]}"
