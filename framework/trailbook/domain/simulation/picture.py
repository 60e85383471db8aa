"""The path as a drawing: lessons from left to right, an arrow where one opens another, minutes for three learners."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape

from trailbook.domain.course import LessonKey
from trailbook.domain.simulation.authors import LEVELS, LessonReport, PathReport

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, HEAD = 210, 84, 60, 22, 24, 64
LONGEST = 26  # characters of a title that fit

STYLE = """
svg { font-family: system-ui, sans-serif; background: #fff; color: #1b1f24 }
.lesson { fill: #f3f6fa; stroke: #5b6b7d } .slow { fill: #fdeedd; stroke: #a85b00; stroke-width: 2 }
.bad { fill: #fbe4e4; stroke: #b02a2a; stroke-width: 2 } .idle { stroke-dasharray: 5 4 }
text { fill: #1b1f24; font-size: 13px } .title { font-weight: 600 } .small { font-size: 11px }
path { fill: none; stroke: #5b6b7d; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  svg { background: #14181d } text { fill: #e8edf2 } .lesson { fill: #232a32; stroke: #93a4b5 }
  .slow { fill: #40301a; stroke: #e0a050 } .bad { fill: #452222; stroke: #ee8a8a } path { stroke: #93a4b5 }
}
"""


def draw_path(report: PathReport, title: str) -> str:
    """Return the path as an SVG document."""
    places = _places(report)
    columns = max(column for column, _ in places.values()) + 1
    rows = max(row for _, row in places.values()) + 1
    width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP_X
    height = MARGIN + HEAD + rows * HEIGHT + (rows - 1) * GAP_Y + MARGIN
    minutes = ", ".join(f"{kind} {report.minutes[kind]:.0f} min" for kind in LEVELS)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title, {chr(34): "&quot;"})}: path with {len(report.lessons)} lessons">',
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0 0 L8 4 L0 8"/></marker></defs>',
        f'<text class="title" x="{MARGIN}" y="{MARGIN + 8}">{escape(title)}</text>',
        f'<text class="small" x="{MARGIN}" y="{MARGIN + 28}">Expected in all: {minutes}.</text>',
    ]
    for lesson in report.lessons:
        parts += [_arrow(places[key], places[lesson.lesson]) for key in lesson.requires]
    parts += [_box(lesson, report, places[lesson.lesson]) for lesson in report.lessons]
    return "\n".join([*parts, "</svg>", ""])


def _places(report: PathReport) -> dict[LessonKey, tuple[int, int]]:
    """Return column and row of each lesson: its depth, and its turn there."""
    used: defaultdict[int, int] = defaultdict(int)
    places = {}
    for lesson in report.lessons:
        places[lesson.lesson] = (lesson.depth, used[lesson.depth])
        used[lesson.depth] += 1
    return places


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    column, row = place
    return MARGIN + column * (WIDTH + GAP_X), MARGIN + HEAD + row * (HEIGHT + GAP_Y)


def _arrow(one: tuple[int, int], other: tuple[int, int]) -> str:
    (left, top), (right, low) = _corner(one), _corner(other)
    x, y, to_x, to_y = left + WIDTH, top + HEIGHT // 2, right, low + HEIGHT // 2
    bend = (x + to_x) // 2
    return f'<path d="M{x} {y} C{bend} {y} {bend} {to_y} {to_x} {to_y}" marker-end="url(#tip)"/>'


def _box(lesson: LessonReport, report: PathReport, place: tuple[int, int]) -> str:
    x, y = _corner(place)
    key = lesson.lesson
    kind = "bad" if key in report.dead_ends else "slow" if key in report.bottlenecks else ""
    idle = " idle" if key in report.not_needed else ""
    notes = [found[key] for found in (report.dead_ends, report.bottlenecks, report.not_needed) if key in found]
    name = lesson.title if len(lesson.title) <= LONGEST else lesson.title[: LONGEST - 1] + "…"
    minutes = " · ".join(f"{lesson.minutes[kind]:.0f}" for kind in LEVELS)
    return (
        f"<g><title>{escape(' '.join([lesson.title + '.', *notes]))}</title>"
        f'<rect class="lesson {kind}{idle}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="10"/>'
        f'<text class="title" x="{x + 12}" y="{y + 24}">{escape(name)}</text>'
        f'<text class="small" x="{x + 12}" y="{y + 46}">{minutes} min</text>'
        f'<text class="small" x="{x + 12}" y="{y + 66}">{_note(lesson, report)}</text></g>'
    )


def _note(lesson: LessonReport, report: PathReport) -> str:
    if lesson.lesson in report.dead_ends:
        return "dead end"
    if lesson.lesson in report.bottlenecks:
        return f"bottleneck: {lesson.opens} wait for it"
    if lesson.lesson in report.not_needed:
        return "no lesson needs it"
    return f"{lesson.exercises:.0f} exercises"
