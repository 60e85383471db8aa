"""Lesson pages: Voilà's renderer and exporter with Trailbook's template, and no kernel to wait for."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import OrderedDict
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader
from traitlets.config import Config
from voila.configuration import VoilaConfiguration
from voila.exporter import VoilaExporter
from voila.notebook_renderer import NotebookRenderer
from voila.paths import collect_template_paths

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError
from trailbook.resources import resource
from trailbook_server.services.lessons.code import highlight_source
from trailbook_server.services.lessons.manager import OpenLesson
from trailbook_server.services.lessons.markdown import LessonMarkdownRenderer, make_local
from trailbook_server.services.lessons.outline import Outline
from trailbook_server.urls import files_url

TEMPLATE = "trailbook"
PAGES_KEPT = 20


def template_folder() -> Path:
    """Return the folder of the Voilà template."""
    return resource("voila_template") / TEMPLATE


class LessonRenderer(NotebookRenderer):
    """Voilà's renderer for one server: exporter and templates are made once, lessons come from memory.

    Voilà makes exporter and Jinja environment for each request, which is most of a page's time, and starts
    a kernel before it sends a cell. Here what is the same for every view is rendered once and kept, and the
    kernel attaches when the page is there.

    Parameters
    ----------
    base_url
        The learner's server.
    home_url
        Where *Home* is.
    insecure
        Whether every page must say that there is no sandbox.
    config
        The server's configuration.
    """

    def __init__(self, *, base_url: str, home_url: str, insecure: bool, config: Config) -> None:
        super().__init__(
            voila_configuration=VoilaConfiguration(config=config),
            traitlet_config=config,
            base_url=base_url,
            page_config={},
        )
        self._everywhere = {"base_url": base_url, "home_url": home_url, "insecure": insecure}
        self._pages: OrderedDict[str, str] = OrderedDict()
        # What differs from view to view takes the place of these marks, which no author can have written.
        self._data_mark, self._xsrf_mark = secrets.token_hex(16), secrets.token_hex(16)

    @cached_property
    def exporter(self) -> VoilaExporter:
        """Voilà's exporter, reading Trailbook's template before Voilà's and nbconvert's own."""
        exporter = VoilaExporter(
            template_paths=[str(template_folder()), *collect_template_paths(["voila", "nbconvert"], "base")],
            template_name="base",
            config=self.traitlet_config,
            base_url=self.base_url,
            markdown_renderer_class=LessonMarkdownRenderer,
        )
        exporter.register_filter("highlight_source", highlight_source)
        return exporter

    @cached_property
    def refusals(self) -> Environment:
        """Templates of the pages that say why there is no lesson."""
        return Environment(loader=FileSystemLoader(template_folder()), autoescape=True)

    async def warm_up(self) -> None:
        """Load what the first page needs, while nobody waits for it."""
        cells = [
            {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Title"},
            {"cell_type": "code", "id": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None},
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        delivery = {"course_title": "", "lesson": {"title": "", "minutes": 1}, "exercises": []}
        await self._render(
            OpenLesson("", LessonKey("", ""), delivery, notebook, {}, Outline(notebook, []), template_folder())
        )

    async def render_lesson(self, lesson: OpenLesson, data: dict[str, Any], *, xsrf_token: str) -> str:
        """Return a lesson's page.

        Parameters
        ----------
        data
            What the page's script gets.
        xsrf_token
            What the page sends back with each change.
        """
        name = hashlib.sha256(json.dumps([lesson.course, str(lesson.key), lesson.delivery]).encode()).hexdigest()
        if name not in self._pages:
            self._pages[name] = await self._render(lesson)
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        page = self._pages[name]
        return page.replace(self._xsrf_mark, xsrf_token).replace(self._data_mark, json_for_html(data))

    def render_refusal(self, error: CourseError, *, status: int) -> str:
        """Return the page that says why there is no lesson and what to do."""
        template = self.refusals.get_template("refusal.html.j2")
        return template.render(error=error, status=status, **self._everywhere)

    async def _render(self, lesson: OpenLesson) -> str:
        # The exporter validates: half a kernelspec, as other tools write it, must not cost the learner the page.
        notebook = nbformat.from_dict({**lesson.notebook, "metadata": {}})
        language = lesson.notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        context = {
            **self._everywhere,
            "lesson": lesson,
            "delivery": lesson.delivery,
            "language": "ipython3" if language == "python" else language,
            "local": partial(
                make_local, files_url=files_url(self.base_url, lesson.course, lesson.key), files=lesson.files
            ),
            "data_mark": self._data_mark,
            "xsrf_mark": self._xsrf_mark,
        }
        resources = {"metadata": {"name": lesson.key.name}, "base_url": self.base_url}
        pieces = self.exporter.generate_from_notebook_node(notebook, resources=resources, extra_context=context)
        return "".join([piece async for piece, _ in pieces])


def json_for_html(value: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it ends the element or starts a comment.

    >>> json_for_html("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
