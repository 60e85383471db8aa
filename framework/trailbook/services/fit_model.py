"""Use case: fit a learner model on a log, and compare it with the one that runs before it may replace it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from trailbook.domain.errors import Invalid
from trailbook.domain.evaluation.paired import Gain, Paired
from trailbook.domain.evaluation.tally import Tally
from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.models import MODELS
from trailbook.domain.mastery.protocol import Answer
from trailbook.services.evaluate_model import AnswersOf, counted, draws, split
from trailbook.services.ports.fitting import Fitter

FITTABLE = (CountsModel.name, BktModel.name)
LEAST_LEARNERS = 20
LEAST_ANSWERS = 1_000
LEAST_OF_EACH = 100  # points won, and points lost
LEAST_GAIN = 1e-4  # nats an answer; less is not worth a change
FOLDS = 5
LONG = 300_000  # answers from which one fifth of the learners is enough to compare on

Report = Callable[[int], None]


@dataclass(frozen=True)
class Extent:
    """How much a log holds: answers of each learner, and the points won in all, each answer counting 1."""

    answers_of: Mapping[str, int]
    points: float

    @property
    def answers(self) -> int:
        """Answers in all."""
        return sum(self.answers_of.values())


@dataclass(frozen=True)
class Figures:
    """How well a model predicts learners it has not seen; None where there is nothing to tell, as in `Measured`."""

    auc: float | None
    log_loss: float | None
    calibration_error: float | None


@dataclass(frozen=True)
class Comparison:
    """The model that runs beside the fitted one, on learners held out.

    Attributes
    ----------
    gain
        Nats of log-loss an answer that the fitted one is better by; above 0 is better.
    learners
        Learners who were held out, each once.
    """

    running: Figures
    fitted: Figures
    gain: Gain
    learners: int

    @property
    def is_better(self) -> bool:
        """Whether the fitted model may take the place of the one that runs: better beyond chance, ranking no worse."""
        ranks = (self.fitted.auc or 0.0) >= (self.running.auc or 0.0)
        return self.gain.is_sure and self.gain.mean >= LEAST_GAIN and ranks


@dataclass(frozen=True)
class Proposal:
    """A fitted model, what it was fitted on, and how it compares with the one that runs."""

    running: Fitted
    fitted: Fitted
    extent: Extent
    comparison: Comparison


def measure_extent(answers_of: AnswersOf, *, report: Report = lambda _: None) -> Extent:
    """Read a log once and return how much it holds."""
    counts: Counter[str] = Counter()
    points = 0.0
    for answer in counted(answers_of(lambda _: True), report):
        counts[answer.learner] += 1
        points += answer.share
    return Extent(counts, points)


def refuse_too_little(extent: Extent) -> None:
    """Refuse a log that fitting would learn chance from.

    Raises
    ------
    Invalid
        ``too_little_data``; the message says how much there is and how much it takes.
    """
    learners, answers = len(extent.answers_of), extent.answers
    won, lost = extent.points, answers - extent.points
    wanting = [
        (learners, LEAST_LEARNERS, "learners"),
        (answers, LEAST_ANSWERS, "answers"),
        (int(won), LEAST_OF_EACH, "points won"),
        (int(lost), LEAST_OF_EACH, "points lost"),
    ]
    short = [f"{have:,} of {least:,} {what}" for have, least, what in wanting if have < least]
    if short:
        raise Invalid(
            "too_little_data",
            f"There is too little to fit on: {', '.join(short)}. The model goes on as it is: it learns from every "
            "answer anyhow. Try again when there are more.",
            learners=learners,
            answers=answers,
            least_learners=LEAST_LEARNERS,
            least_answers=LEAST_ANSWERS,
            least_of_each=LEAST_OF_EACH,
        )


def propose(
    fitter: Fitter, answers_of: AnswersOf, *, running: Fitted, model: str, report: Report = lambda _: None
) -> Proposal:
    """Fit a model on a log and compare it with the one that runs; changes nothing.

    Parameters
    ----------
    running
        What the course goes by now.
    model
        What to fit: one of `FITTABLE`.
    report
        Called now and then with how many more answers were read.

    Raises
    ------
    Invalid
        ``nothing_to_fit``: the model has no parameters. ``too_little_data``: see `refuse_too_little`.
    """
    if model not in FITTABLE:
        known = f"The models with parameters are {' and '.join(FITTABLE)}."
        there = "has no parameters to fit" if model in MODELS else "is no model"
        raise Invalid("nothing_to_fit", f"{model} {there}. {known}")
    extent = measure_extent(answers_of, report=report)
    refuse_too_little(extent)

    def read(wanted: Callable[[str], bool]) -> Iterator[Answer]:
        return counted(answers_of(wanted), report)

    comparison = compare(fitter, read, extent, running=running, model=model)
    fitted = fitter.fit(model, lambda: read(lambda _: True))
    return Proposal(running, fitted, extent, comparison)


def compare(fitter: Fitter, answers_of: AnswersOf, extent: Extent, *, running: Fitted, model: str) -> Comparison:
    """Fit on most learners and predict the others, with the fitted model and with the one that runs.

    On a log up to `LONG` each learner is held out once, in five parts; on a longer one a fifth of them is.
    """
    if extent.answers <= LONG:
        parts = fitter.folds(extent.answers_of, count=FOLDS)
    else:
        parts = [split(extent.answers_of, seed=0)]
    paired = Paired()
    for held_out in parts:
        _compare_on(paired, fitter, answers_of, held_out, running=running, model=model)
    learners = sum(map(len, parts))
    gain = paired.gain(draws(learners))
    assert gain is not None  # noqa: S101  # a log with too few answers was refused
    return Comparison(_figures(paired.running), _figures(paired.rival), gain, learners)


def _compare_on(
    paired: Paired, fitter: Fitter, answers_of: AnswersOf, held_out: frozenset[str], *, running: Fitted, model: str
) -> None:
    """Predict the learners held out, one answer after the other, by models that have seen all others."""

    def train() -> Iterable[Answer]:
        return answers_of(lambda learner: learner not in held_out)

    one, other = running.fresh(), fitter.fit(model, train).fresh()
    for answer in train():
        one.update(answer)
        other.update(answer)
    for answer in answers_of(held_out.__contains__):
        paired.add(answer.learner, one.update(answer), other.update(answer), answer.share)


def _figures(tally: Tally) -> Figures:
    return Figures(tally.auc, tally.log_loss, tally.calibration_error)
