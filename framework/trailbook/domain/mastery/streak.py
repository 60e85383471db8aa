"""Three in a row: a skill is held once the last three answers on it were right; the rule most courses use.

As a prediction it says how often learners with the same run were right so far, counted live over all skills and drawn
towards a half by two answers that never were.
"""

from __future__ import annotations

from trailbook.domain.mastery.protocol import RIGHT, Answer, Question, SkillEvidence

ENOUGH = 3


class Run:
    """A learner's answers on one skill."""

    __slots__ = ("last_at", "length", "right", "wrong")

    def __init__(self) -> None:
        self.length = 0
        self.right = 0.0
        self.wrong = 0.0
        self.last_at: float | None = None


class StreakModel:
    """See the module."""

    name = "streak"

    def __init__(self) -> None:
        self.runs: dict[tuple[str, str], Run] = {}
        self.seen = [[1.0, 2.0] for _ in range(ENOUGH + 1)]  # points won and answers given, by the length of the run

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer; changes nothing."""
        won, given = self.seen[self._run(question)]
        return won / given

    def update(self, answer: Answer) -> float:
        """Learn from an answer; return what `predict` would have said just before it."""
        predicted = self.predict(answer)
        seen = self.seen[self._run(answer)]
        seen[0] += answer.share
        seen[1] += 1.0
        for skill in answer.skills or (answer.item,):
            run = self.runs.setdefault((answer.learner, skill), Run())
            run.length = run.length + 1 if answer.share >= RIGHT else 0
            run.right += answer.share
            run.wrong += 1.0 - answer.share
            if answer.at is not None:
                run.last_at = answer.at
        return predicted

    def explain(self, learner: str, skill: str, *, at: float | None = None) -> SkillEvidence:
        """Return what is known of a learner's skill now; a learner or skill never seen is no error."""
        probability = self.predict(Question(learner, "", (skill,), at))
        run = self.runs.get((learner, skill))
        if run is None:
            return SkillEvidence(skill, probability, 0.0, 0.0, None)
        return SkillEvidence(skill, probability, run.right, run.wrong, run.last_at, run.length)

    def holds(self, learner: str, skill: str) -> bool:
        """Return whether the last three answers on the skill were right."""
        run = self.runs.get((learner, skill))
        return run is not None and run.length >= ENOUGH

    def _run(self, question: Question) -> int:
        """Return the shortest run, at most `ENOUGH`, of the skills asked for."""
        runs = (self.runs.get((question.learner, skill)) for skill in question.skills or (question.item,))
        return min(min(run.length, ENOUGH) if run else 0 for run in runs)
