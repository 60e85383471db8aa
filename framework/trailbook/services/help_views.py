"""What the doors show of help, as values whose field names are the JSON names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from trailbook.domain.helping import Offer
from trailbook.domain.struggle import Struggle
from trailbook.services.context import Addresses
from trailbook.services.ports import Event
from trailbook.services.standing import Standing


@dataclass(frozen=True)
class OfferView:
    """One thing that may help. ``way`` is ``example``, ``easier``, ``repair``, ``peer`` or ``person``.

    ``lesson`` and ``exercise`` say where; ``url`` leads there, None where there is nowhere to go.
    """

    way: str
    because: str
    lesson: str | None
    exercise: str | None
    url: str | None


@dataclass(frozen=True)
class HelpView:
    """What may help now. ``struggles`` with its ``signs`` is what was noticed: it locks nothing and counts nowhere."""

    struggles: bool
    signs: Sequence[str]
    because: str
    offers: Sequence[OfferView]


@dataclass(frozen=True)
class QuestionView:
    """What a learner asked, for staff; ``shared`` says that others may read it without the name."""

    id: int
    learner: str
    lesson: str | None
    exercise: str | None
    question: str
    shared: bool
    at: datetime

    @classmethod
    def of(cls, event: Event) -> QuestionView:
        """Return the view of a question of the log."""
        lesson = str(event.lesson) if event.lesson else None
        question, shared = str(event.data["question"]), bool(event.data["shared"])
        return cls(event.id, event.learner, lesson, event.exercise, question, shared, event.at)


@dataclass(frozen=True)
class QuestionList:
    """Questions, the newest first; ``next`` is None: all are in the list."""

    items: Sequence[QuestionView]
    next: str | None = None


def help_view(
    standing: Standing, struggle: Struggle | None, otherwise: str, offers: Sequence[Offer], addresses: Addresses
) -> HelpView:
    """Return help as its learner sees it; ``otherwise`` is the sentence where nothing was noticed."""
    return HelpView(
        struggles=struggle is not None,
        signs=[sign.value for sign in struggle.signs] if struggle else [],
        because=struggle.because if struggle else otherwise,
        offers=[_offer_view(standing, offer, addresses) for offer in offers],
    )


def _offer_view(standing: Standing, offer: Offer, addresses: Addresses) -> OfferView:
    url = addresses.lesson(standing.learner, standing.course.name, offer.lesson) if offer.lesson else None
    if url is not None and offer.exercise is not None:
        url = f"{url}#exercise-{quote(offer.exercise)}"
    return OfferView(offer.way.value, offer.because, str(offer.lesson) if offer.lesson else None, offer.exercise, url)
