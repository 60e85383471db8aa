"""Pages in `feedback/`, where nbgrader puts its own: plain HTML without a script and without anything of another host.

Whatever a learner wrote is shown as text, so a page can be opened by anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from trailbook.adapters.safe_files import SafeFolder
from trailbook.services.feedback import FeedbackExercise, FeedbackPage, FeedbackTest

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: .75rem; border: 1px solid #8888; border-radius: .25rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.points { font-weight: 600; }
section { border-top: 1px solid #8888; margin-top: 2rem; }
""".strip()


class FeedbackFolder:
    """The folder `feedback/` of a course folder; see `trailbook.services.feedback.FeedbackPages`."""

    def __init__(self, path: Path | str) -> None:
        self._files = SafeFolder(Path(path).absolute())

    def write(self, page: FeedbackPage) -> None:
        """Write a page as `feedback/STUDENT/MODULE/LESSON.html`."""
        content = as_html(page).encode(errors="replace")
        self._files.write(f"feedback/{page.student}/{page.module}/{page.lesson}.html", content, durable=False)


def as_html(page: FeedbackPage) -> str:
    """Return the page."""
    title = escape(page.title)
    body = "\n".join(_body(page))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{STYLE}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def _body(page: FeedbackPage) -> Iterator[str]:
    if page.problem:
        yield f"<p>{escape(page.problem)}</p>"
    else:
        yield f'<p class="points">{page.score:g} of {page.max_score:g} points</p>'
    if page.penalty:
        yield f"<p>{page.penalty:g} points were taken for handing in late.</p>"
    if page.repaired:
        yield "<h2>What was put right in what you handed in</h2>"
        yield _list(page.repaired)
    for exercise in page.exercises:
        yield from _exercise(exercise)


def _exercise(exercise: FeedbackExercise) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(exercise.title)}</h2>"
    if any(answer.strip() for answer in exercise.answers):
        yield "<h3>Your answer</h3>"
        yield from (_text(answer) for answer in exercise.answers if answer.strip())
    if exercise.is_by_person:
        yield f'<p class="points">{_points(exercise.score, exercise.max_score)}</p>'
    for test in exercise.tests:
        yield from _test(test)
    if exercise.withheld:
        yield f"<p>Hidden tests that are not shown: {exercise.withheld}.</p>"
    if exercise.comments:
        yield "<h3>Comments</h3>"
        yield from (_text(comment) for comment in exercise.comments)
    yield "</section>"


def _test(test: FeedbackTest) -> Iterator[str]:
    yield f'<h3>Test: <span class="points">{_points(test.score, test.max_score)}</span></h3>'
    if test.message:
        yield f"<p>{escape(test.message)}</p>"
    if test.source.strip():
        yield _text(test.source)


def _points(score: float | None, most: float) -> str:
    return f"not yet graded, {most:g} points to be had" if score is None else f"{score:g} of {most:g} points"


def _text(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _list(sentences: tuple[str, ...]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "\n</ul>"
