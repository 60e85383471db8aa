"""`trailbook evaluate`: measure learner models on a log of answers."""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.log_oddities import read_learners, say
from trailbook.cli.output import add_json_option, print_json
from trailbook.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from trailbook.adapters.logs import CsvLog
    from trailbook.services.evaluate_model import Measured

DESCRIPTION = """\
Measure how well learner models predict the next answer of learners they have
never seen. The log is a CSV with the columns learner, skills (several separated
by ";"), item, correct (0, 1 or a share of points) and timestamp (may be empty).

Four fifths of the learners teach each model; it then predicts each answer of the
others just before it learns from it.

examples:
  trailbook evaluate answers.csv
  trailbook evaluate answers.csv.gz --model counts --split-seed 3 --json
  trailbook evaluate answers.csv --struggle

Exit status: 0 done, 2 it could not be asked.

Next: measure a log of your own course; models rank differently on different learners.
"""
HEADS = ("model", "AUC", "95 % interval", "log-loss", "calibration", "fit s", "µs median", "µs p99", "peak MB")


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "evaluate",
        help="measure learner models on a log of answers",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("log", metavar="LOG.csv", type=Path, help="the answers, in the order they were given")
    parser.add_argument("--model", action="append", metavar="NAME", help="a model to measure (default: each of them)")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--split-seed", type=int, default=0, metavar="N", help="which learners to hold out (default 0)")
    chosen.add_argument(
        "--test-learners", type=Path, metavar="FILE", help="the learners to hold out, one a line, instead of a seed"
    )
    parser.add_argument(
        "--struggle",
        action="store_true",
        help="measure how often struggling learners are noticed, and rightly",
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure each model asked for, in a process of its own, and print what was found."""
    from trailbook.adapters.logs import CsvLog
    from trailbook.domain.mastery.models import DEFAULT, MODELS

    names = list(dict.fromkeys(args.model or MODELS))
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise Invalid("unknown_model", f"There is no model {unknown[0]}. The models are {', '.join(MODELS)}.")
    log = CsvLog(args.log)
    if args.struggle:
        return _measure_struggle(log, as_json=args.json)
    held_out = _held_out(log, args)
    found: dict[str, dict[str, Any]] = {}
    if not args.json:
        print("  ".join(f"{head:>{max(len(head), 8)}}" for head in HEADS))
    for name in names:
        measured, peak = _in_own_process(log, name, held_out)
        found[name] = {**asdict(measured), "peak_mb": peak}
        if not args.json:
            print(_line(name, measured, peak), flush=True)
    if args.json:
        print_json({"default": DEFAULT, "models": found})
        return 0
    some = next(iter(found.values()))
    print(f"{some['answers']:,} answers of {some['learners']} held-out learners; the default is {DEFAULT}.")
    if some["auc"] is None:
        print("Their answers are all right or all wrong: there is nothing to rank, so there is no AUC.")
    return 0


def _measure_struggle(log: CsvLog, *, as_json: bool) -> int:
    """Print how often it is right that a learner struggles."""
    from trailbook.services.evaluate_struggle import ENOUGH, WITHIN, evaluate_struggle

    read_learners(log)
    found = evaluate_struggle(log.answers())
    if as_json:
        rates = {"precision": found.precision, "recall": found.recall, "base_rate": found.base_rate}
        print_json({"struggle": {**asdict(found), **rates}})
        return 0
    print(
        f"{found.cases:,} times a learner began a skill and it is known how that went; in {found.struggled:,} there "
        f"were no {ENOUGH} right in a row within {WITHIN} answers."
    )
    print(
        f"Noticed: {found.noticed:,}, {found.rightly:,} of them rightly, after {found.median_answers or 0:g} answers."
    )
    print(
        f"precision {_number(found.precision)} ({_number(found.base_rate)} if everybody were named), "
        f"recall {_number(found.recall)}"
    )
    return 0


def _held_out(log: CsvLog, args: argparse.Namespace) -> frozenset[str]:
    """Read the log once, and choose who in it is held out."""
    from trailbook.services.evaluate_model import split

    learners = read_learners(log)
    if args.test_learners is None:
        return split(learners, seed=args.split_seed)
    return _named(args.test_learners, learners, log.path)


def _named(path: Path, learners: set[str], log: Path) -> frozenset[str]:
    """Return the learners a file names, a line each."""
    if not path.is_file():
        raise NotFound("no_log", f"There is no file {path}. Name the learners to hold out in it, one a line.")
    try:
        named = {line.strip() for line in path.read_text("utf-8-sig").splitlines()} - {""}
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("log_unreadable", f"{path} cannot be read as text in UTF-8: {error}.") from error
    strangers = sorted(named - learners)
    if not named & learners:
        raise Invalid("nobody_held_out", f"None of the learners in {path} is in {log.name}. Name some that are.")
    if strangers:
        say(f"Not in the log, of the learners in {path}: {len(strangers)}, such as {strangers[0]}.")
    return frozenset(named & learners)


def _in_own_process(log: CsvLog, name: str, held_out: frozenset[str]) -> tuple[Measured, float]:
    """Measure one model in a fresh process, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measure, log, name, held_out).result()


def _measure(log: CsvLog, name: str, held_out: frozenset[str]) -> tuple[Measured, float]:
    from trailbook.services.evaluate_model import evaluate

    read = 0

    def report(more: int) -> None:
        nonlocal read
        read += more
        if read % 1_000_000 == 0:
            say(f"{name}: {read:,} answers …")

    measured = evaluate(name, log.answers, held_out, report=report)
    return measured, _peak_mb()


def _peak_mb() -> float:
    """Return the most memory this process ever held, in MB (VmHWM: unlike ru_maxrss it begins anew with a program)."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise OSError("/proc/self/status has no VmHWM")


def _line(name: str, measured: Measured, peak: float) -> str:
    between = "—" if measured.auc_low is None else f"{measured.auc_low:.3f}–{measured.auc_high:.3f}"
    cells: Sequence[str] = (
        name,
        _number(measured.auc),
        between,
        _number(measured.log_loss),
        _number(measured.calibration_error),
        f"{measured.fit_seconds:.2f}",
        f"{measured.microseconds_median:.1f}",
        f"{measured.microseconds_p99:.1f}",
        f"{peak:.0f}",
    )
    return "  ".join(f"{cell:>{max(len(head), 8)}}" for cell, head in zip(cells, HEADS, strict=True))


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"
