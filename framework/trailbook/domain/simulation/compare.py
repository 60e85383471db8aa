"""All policies on the same simulated learners, at equal mastery.

The fixed sequence and ours are set on the very class they are measured on. That favours the fixed sequence, which has a
number for each lesson where ours has one for all. A class before it teaches the models what a course at work knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.bkt_fit import fit
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.gate import Gate
from trailbook.domain.mastery.protocol import Answer, replay
from trailbook.domain.mastery.weights import SHIPPED, Weights
from trailbook.domain.simulation.measures import Measures, measure
from trailbook.domain.simulation.ours import Ours
from trailbook.domain.simulation.policies import Anything, Fixed, Oracle, Streak, Traced
from trailbook.domain.simulation.practise import Policy, Way, practise
from trailbook.domain.simulation.retention import retention
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.tuning import tune, tune_fixed, tune_weights
from trailbook.domain.simulation.worlds import Mind, World

WANTED = 0.95  # share of learners that the fixed sequence brings to hold each topic, where any number of exercises can
LOWEST, HIGHEST = 0.5, 0.97  # thresholds tried for our gate
MOST_EACH = 60  # exercises at random of each topic that are tried, on average

RUNS = (2, 3)  # right answers in a row tried for it
FIXED, RANDOM, STREAK, BKT = "fixed sequence", "random", "three in a row", "BKT 0.95"
OURS, ORACLE = "Trailbook", "oracle"

MakePolicy = Callable[[str, Mind], Policy]
"""Makes the policy for one learner, from the learner's name and mind (which the oracle alone may look at)."""


@dataclass(frozen=True)
class Compared:
    """One world's results.

    Attributes
    ----------
    policies
        Measures of each policy.
    gate
        Ours, as it was tuned.
    fixed
        Exercises of each topic in the fixed sequence, as it was tuned.
    """

    world: str
    policies: Mapping[str, Measures]
    gate: Gate
    fixed: Mapping[str, int]

    @property
    def saved(self) -> float:
        """Share of the tuned fixed sequence's exercises that ours did without."""
        return 1 - self.policies[OURS].exercises / self.policies[FIXED].exercises


@dataclass
class Study:
    """Policies on classes of learners of one world; ``learners`` in the class, and as many in the one before."""

    world: World
    topics: tuple[Topic, ...]
    learners: int
    seed: int
    pilot_log: list[Answer] = field(default_factory=list)
    weights: Weights = SHIPPED

    def compare(self, *, report: Callable[[str], None] = lambda _: None) -> Compared:
        """Measure each policy on one class, set so that it ends with the mastery of the fixed sequence."""
        report(f"{self.world.name}: the fixed sequence")
        self.pilot_log = self.taught(tune_fixed(self.topics, self.minds("pilot"), wanted=WANTED))
        self.weights = tune_weights(self.pilot_log)
        fixed = tune_fixed(self.topics, self.minds("class"), wanted=WANTED)
        wanted = self.measured(lambda learner, mind: Fixed(fixed)).mastery
        report(f"{self.world.name}: ours, to the same mastery of {wanted:.3f}")
        gate = self.tuned(wanted)
        in_all = tune(
            lambda count: self.is_enough(self.measured(self.anything(count)), wanted), 0, MOST_EACH * len(self.topics)
        )
        parameters = fit(self.pilot_log)
        policies: dict[str, MakePolicy] = {
            FIXED: lambda learner, mind: Fixed(fixed),
            RANDOM: self.anything(in_all),
            STREAK: lambda learner, mind: Streak(),
            BKT: lambda learner, mind: Traced(BktModel(parameters), learner),
            OURS: self.ours(gate),
            ORACLE: lambda learner, mind: Oracle(mind),
        }
        found = {}
        for name, make in policies.items():
            report(f"{self.world.name}: {name}")
            found[name] = self.measured(make, a_month=True)
        return Compared(self.world.name, found, gate, fixed)

    def minds(self, group: str, level: float | None = None) -> list[Mind]:
        """Return the learners of a class as they come, always the same ones; ``level`` makes all of them of one."""
        return [
            self.world.learner(self.topics, seed=f"{self.seed}/{group}/{number}", level=level)
            for number in range(self.learners)
        ]

    def ours(self, gate: Gate) -> MakePolicy:
        """Return our policy with one model for the class, which saw the class before on its fixed sequence."""
        model = CountsModel(self.weights)
        replay(model, self.pilot_log)
        return lambda learner, mind: Ours(model, gate, learner, self.topics)

    def anything(self, in_all: float) -> MakePolicy:
        """Return practice at random, of so many exercises a learner."""
        return lambda learner, mind: Anything(round(in_all), learner)

    def tuned(self, wanted: float) -> Gate:
        """Return the gate that reaches a mastery with the fewest exercises."""
        found: list[tuple[bool, float, Gate]] = []
        for run in RUNS:
            gate = Gate(tune(partial(self._is_enough_at, run=run, wanted=wanted), LOWEST, HIGHEST), run)
            measures = self.measured(self.ours(gate))
            found.append((not self.is_enough(measures, wanted), measures.exercises, gate))
        return min(found, key=lambda each: each[:2])[2]

    def _is_enough_at(self, share: float, *, run: int, wanted: float) -> bool:
        return self.is_enough(self.measured(self.ours(Gate(share, run))), wanted)

    @staticmethod
    def is_enough(found: Measures, wanted: float) -> bool:
        """Return whether a class ended with the mastery wanted and little was opened too early."""
        return found.mastery >= wanted and (found.false_unlocks or 0.0) <= 1 - WANTED

    def measured(self, make: MakePolicy, *, a_month: bool = False) -> Measures:
        """Return what a policy costs the class; ``a_month`` looks at what is left later, too."""
        ways: list[Way] = []
        kept = []
        for number, mind in enumerate(self.minds("class")):
            ways.append(self.way(mind, f"class-{number}", make))
            if a_month:
                kept.append(retention(self.topics, mind, ways[-1], seed=f"{self.seed}/{number}"))
        return measure(ways, self.topics, kept)

    def taught(self, fixed: Mapping[str, int]) -> list[Answer]:
        """Return the answers of the class before, on a fixed sequence."""
        ways = self.ways(lambda learner, mind: Fixed(fixed), group="pilot")
        return [answer for way in ways for answer in way.answers]

    def ways(self, make: MakePolicy, *, group: str = "class", level: float | None = None) -> list[Way]:
        """Return how each learner of a class went through."""
        return [self.way(mind, f"{group}-{number}", make) for number, mind in enumerate(self.minds(group, level))]

    def way(self, mind: Mind, learner: str, make: MakePolicy) -> Way:
        """Return one learner's way."""
        return practise(self.topics, mind, make(learner, mind), learner=learner, seed=f"{self.seed}/{learner}")
