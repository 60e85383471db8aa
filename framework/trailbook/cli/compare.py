"""`trailbook grade --compare-nbgrader`: the points of both, and each difference with its reason."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from trailbook.cli.output import printable
from trailbook.cli.progress import Progress, is_progress_shown

if TYPE_CHECKING:
    from trailbook.services.compare_grading import Difference
    from trailbook.services.graded_cells import GradedCell


def compare(args: argparse.Namespace, cells: Sequence[GradedCell]) -> Sequence[Difference]:
    """Print each difference and a summary, and return the differences without a documented reason."""
    from trailbook.services.compare_grading import Why
    from trailbook.wiring_commands import compare_with_nbgrader

    progress = Progress("submissions by nbgrader")
    found = compare_with_nbgrader(
        args.folder,
        cells,
        workers=args.jobs,
        insecure=args.insecure,
        state=args.state,
        on_progress=progress if is_progress_shown(args) else lambda done, total: None,
    )
    progress.clear()
    for difference in found:
        print(json.dumps(asdict(difference)) if args.json else _line(difference), flush=True)
    unexplained = [each for each in found if each.reason is Why.UNEXPLAINED]
    said = f"{len(cells)} graded cells compared with nbgrader: {len(found)} differ, {len(unexplained)} unexplained."
    print(said, file=sys.stderr if args.json else sys.stdout)
    return unexplained


def _line(difference: Difference) -> str:
    name = f"{difference.learner}: {difference.module}/{difference.lesson} {difference.grade_id}"
    points = f"{_points(difference.score)} here, {_points(difference.nbgrader_score)} in nbgrader"
    return printable(f"{name}: {points}; {difference.reason}: {difference.explanation}")


def _points(score: float | None) -> str:
    return "no points" if score is None else f"{score:g}"
