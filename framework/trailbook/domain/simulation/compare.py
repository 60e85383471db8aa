"""All policies on the same simulated learners, each set so that a pilot class ended with the same mastery."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.bkt_fit import fit
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.gate import Gate
from trailbook.domain.mastery.protocol import Answer, replay
from trailbook.domain.simulation.measures import Measures, measure
from trailbook.domain.simulation.policies import Anything, Fixed, Oracle, Ours, Streak, Traced
from trailbook.domain.simulation.practise import Policy, Way, practise
from trailbook.domain.simulation.retention import retention
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.tuning import tune, tune_fixed
from trailbook.domain.simulation.worlds import Mind, World

WANTED = 0.95  # share of learners that the fixed sequence brings to hold each topic, where any number of exercises can
LOWEST, HIGHEST = 0.5, 0.97  # thresholds tried for our gate
MOST_EACH = 60  # exercises at random of each topic that are tried, on average

FIXED, RANDOM, STREAK, BKT, OURS, ORACLE = "fixed sequence", "random", "three in a row", "BKT 0.95", "Trailbook", "oracle"

MakePolicy = Callable[[str, Mind], Policy]
"""Makes the policy for one learner, from the learner's name and mind (which the oracle alone may look at)."""


@dataclass(frozen=True)
class Compared:
    """One world's results.

    Attributes
    ----------
    policies
        Measures of each policy, on learners nobody was tuned on.
    threshold
        Of our gate, as it was tuned.
    fixed
        Exercises of each topic in the fixed sequence, as it was tuned.
    """

    world: str
    policies: Mapping[str, Measures]
    threshold: float
    fixed: Mapping[str, int]

    @property
    def saved(self) -> float:
        """Share of the tuned fixed sequence's exercises that ours did without."""
        return 1 - self.policies[OURS].exercises / self.policies[FIXED].exercises


@dataclass
class Study:
    """Policies on classes of learners of one world; ``learners`` are in the pilot, and as many in the measured class."""

    world: World
    topics: tuple[Topic, ...]
    learners: int
    seed: int
    pilot_log: list[Answer] = field(default_factory=list)

    def compare(self, *, report: Callable[[str], None] = lambda _: None) -> Compared:
        """Tune on the pilot, then measure each policy on another class."""
        report(f"{self.world.name}: tuning the fixed sequence")
        fixed = tune_fixed(self.topics, [self.mind("pilot", each) for each in range(self.learners)], wanted=WANTED)
        ways = self.run("pilot", lambda learner, mind: Fixed(fixed))
        self.pilot_log = [answer for way in ways for answer in way.answers]
        wanted = self.mastery(ways)
        report(f"{self.world.name}: tuning ours to the same mastery, {wanted:.3f}")
        threshold = tune(lambda share: self.mastery(self.run("pilot", self.ours(share))) >= wanted, LOWEST, HIGHEST)
        in_all = tune(
            lambda count: self.mastery(self.run("pilot", self.anything(count))) >= wanted,
            0,
            MOST_EACH * len(self.topics),
        )
        parameters = fit(self.pilot_log)
        policies: dict[str, MakePolicy] = {
            FIXED: lambda learner, mind: Fixed(fixed),
            RANDOM: self.anything(in_all),
            STREAK: lambda learner, mind: Streak(),
            BKT: lambda learner, mind: Traced(BktModel(parameters), learner),
            OURS: self.ours(threshold),
            ORACLE: lambda learner, mind: Oracle(mind),
        }
        found = {}
        for name, make in policies.items():
            report(f"{self.world.name}: {name}")
            found[name] = self.measures("class", make)
        return Compared(self.world.name, found, threshold, fixed)

    def mind(self, group: str, number: int) -> Mind:
        """Return a learner of a class, always the same one."""
        return self.world.learner(self.topics, seed=f"{self.seed}/{group}/{number}")

    def ours(self, threshold: float) -> MakePolicy:
        """Return our policy with one model for the class, which saw the pilot class on the fixed sequence."""
        model = CountsModel()
        replay(model, self.pilot_log)
        return lambda learner, mind: Ours(model, Gate(threshold), learner, self.topics)

    def anything(self, in_all: float) -> MakePolicy:
        """Return practice at random, of so many exercises a learner."""
        return lambda learner, mind: Anything(round(in_all), learner)

    def run(self, group: str, make: MakePolicy) -> list[Way]:
        """Return the ways of a class."""
        return [self.way(self.mind(group, number), group, number, make) for number in range(self.learners)]

    def measures(self, group: str, make: MakePolicy) -> Measures:
        """Return what a policy cost a class, with what is left after a month."""
        ways, kept = [], []
        for number in range(self.learners):
            mind = self.mind(group, number)
            way = self.way(mind, group, number, make)
            ways.append(way)
            kept.append(retention(self.topics, mind, way, seed=f"{self.seed}/{number}"))
        return measure(ways, self.topics, kept)

    def way(self, mind: Mind, group: str, number: int, make: MakePolicy) -> Way:
        """Return one learner's way."""
        learner = f"{group}-{number}-again" if group == "pilot" else f"{group}-{number}"
        return practise(self.topics, mind, make(learner, mind), learner=learner, seed=f"{self.seed}/{learner}")

    @staticmethod
    def mastery(ways: Sequence[Way]) -> float:
        """Return the share of topics truly held at the end."""
        return sum(len(way.held) for way in ways) / sum(len(way.held | way.exercises.keys()) or 1 for way in ways)
