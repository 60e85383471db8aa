"""Prints what each tier costs beside its goal; exit status 1 where one is missed in the tier in use.

PYTHONPATH=bench python -m isolation
"""

from __future__ import annotations

import sys

from isolation.measure import IMPORTS, measure
from trailbook.adapters.sandbox.isolation import choose_tier, examine_all

MOST_IDLE_MIB, MOST_CPU_MS = 150, 25

used = choose_tier().tier
missed = False
print(f"imports: {', '.join(IMPORTS)}")
print(f"{'tier':<12}{'idle MiB':>10}{'fork ms':>10}{'close ms':>10}{'CPU ms':>10}   for a learner and a tester")
for check in examine_all():
    if not check.holds:
        print(f"{check.tier:<12}does not hold: {check.reason}")
        continue
    cost = measure(check.tier)
    print(f"{cost.tier:<12}{cost.idle_mib:>10.1f}{cost.fork_ms:>10.1f}{cost.close_ms:>10.1f}{cost.cpu_ms:>10.1f}")
    missed = missed or (check.tier is used and (cost.idle_mib > MOST_IDLE_MIB or cost.cpu_ms > MOST_CPU_MS))
print(f"{'goal':<12}{f'<= {MOST_IDLE_MIB}':>10}{'':>20}{f'<= {MOST_CPU_MS}':>10}   in the tier in use, {used}")
sys.exit(missed)
