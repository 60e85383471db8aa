"""`trailbook doctor`: tell what holds on this machine and what to do about the rest."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.output import add_json_option, print_json

if TYPE_CHECKING:
    from trailbook.adapters.sandbox.isolation import Probe, TierCheck
    from trailbook.wiring.doctor import Finding

DESCRIPTION = """\
Try out every way of shutting learners' code in, and look at what else Trailbook
needs on this machine. Each tier starts as for a grading, and from inside it is
tried whatever a learner's code must not be able to do. Nothing is changed.

  trailbook doctor
  trailbook doctor --settings settings.yaml --json

Gradings use the first tier that holds: namespaces, pod, landlock; or the one
that the setting sandbox_tier names.

Next: mend what it names; then name the tier in the settings, so that nothing
lowers it: sandbox_tier.

Exit status: 0 all that is needed is there, 1 something is not.
"""
HELD, FAILED, WORSE = "held", "NOT HELD", "not held, not needed"


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor",
        help="tell whether the sandbox holds here, and what to mend",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--settings", metavar="FILE", type=Path, help="the course service's settings (default: as always)"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Try, look, and say what was found."""
    from trailbook.adapters.sandbox.isolation import examine_all
    from trailbook.config import load_settings
    from trailbook.wiring.doctor import look_at_machine, used_tier

    settings = load_settings(args.settings)
    checks = examine_all()
    findings = list(look_at_machine(settings))
    used = used_tier(checks, settings)
    if args.json:
        print_json(
            {
                "tier": used.value if used else None,
                "wanted": settings.sandbox_tier,
                "tiers": [_check_as_json(check) for check in checks],
                "machine": [vars(finding) for finding in findings],
            }
        )
    else:
        for line in report(checks, findings):
            print(line)
        print()
        print(f"Gradings use the tier {used}." if used else f"No grading can run: {_why_none(settings.sandbox_tier)}.")
    return 0 if used and all(finding.state != "failed" for finding in findings) else 1


def _why_none(wanted: str) -> str:
    return "no tier holds" if wanted == "auto" else f"the settings name the tier {wanted}, which does not hold"


def report(checks: Sequence[TierCheck], findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines a person reads."""
    from trailbook.adapters.sandbox.isolation.advice import advice_for

    yield "This machine"
    yield from _table([(f"  {each.name}", each.state, each.seen) for each in findings])
    yield from (f"  {each.name}: {each.advice}" for each in findings if each.advice)
    yield ""
    yield "Tiers, the strongest first"
    yield from _table(
        [(f"  {check.tier}", "holds" if check.holds else "DOES NOT HOLD", check.reason) for check in checks]
    )
    yield from (f"  {check.tier}: {advice}" for check in checks if (advice := advice_for(check)))
    tried = [check for check in checks if check.probes]
    if tried:
        yield ""
        yield "What was tried in them"
        yield from _table(
            [
                ("  ", *(str(check.tier) for check in tried), "tried"),
                *(
                    (f"  {probe.name}", *(_of(check, probe.name) for check in tried), probe.tried)
                    for probe in tried[0].probes
                ),
            ]
        )


def _of(check: TierCheck, name: str) -> str:
    probe = next((each for each in check.probes if each.name == name), None)
    return "" if probe is None else _outcome(probe)


def _outcome(probe: Probe) -> str:
    return HELD if probe.held else FAILED if probe.required else WORSE


def _check_as_json(check: TierCheck) -> dict[str, Any]:
    from trailbook.adapters.sandbox.isolation.advice import advice_for

    return {
        "tier": check.tier.value,
        "holds": check.holds,
        "reason": check.reason,
        "advice": advice_for(check),
        "probes": [vars(probe) for probe in check.probes],
    }


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with their columns one below the other; the last is as long as it is."""
    listed = list(rows)
    widths = [max(len(row[column]) for row in listed) for column in range(len(listed[0]) - 1)]
    for row in listed:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()
