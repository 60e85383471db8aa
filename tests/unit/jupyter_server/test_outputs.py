"""Outputs as a notebook would keep them."""

from __future__ import annotations

from typing import Any

import pytest

from trailbook_server.services.kernels.outputs import LessonOutputs

Json = dict[str, Any]


def message(kind: str, **content: Any) -> Json:
    return {"header": {"msg_type": kind}, "msg_type": kind, "content": content}


def stream(text: str, name: str = "stdout") -> Json:
    return message("stream", name=name, text=text)


def display(text: str, display_id: str = "", *, kind: str = "display_data") -> Json:
    return message(kind, data={"text/plain": text}, metadata={}, transient={"display_id": display_id})


def shown(text: str) -> Json:
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def printed(text: str, name: str = "stdout") -> Json:
    return {"output_type": "stream", "name": name, "text": text}


@pytest.fixture
def outputs() -> LessonOutputs:
    return LessonOutputs({}, max_bytes=1000)


def take(outputs: LessonOutputs, *messages: Json, cell: str = "c") -> list[Json]:
    return [line for each in messages for line in outputs.apply(cell, each)]


def test_prints_are_told_one_by_one_and_kept_joined(outputs: LessonOutputs) -> None:
    lines = take(outputs, stream("a"), stream("b"), stream("!", "stderr"))
    assert lines == [
        {"type": "output", "cell": "c", "output": printed("a")},
        {"type": "output", "cell": "c", "output": printed("b")},
        {"type": "output", "cell": "c", "output": printed("!", "stderr")},
    ]
    assert outputs.as_json() == {"c": [printed("ab"), printed("!", "stderr")]}


def test_a_display_is_updated_in_every_cell(outputs: LessonOutputs) -> None:
    take(outputs, display("0 %", "bar"), cell="one")
    take(outputs, display("0 %", "bar"), cell="two")
    lines = take(outputs, display("50 %", "bar", kind="update_display_data"), cell="two")
    assert lines == [
        {"type": "update", "cell": "one", "outputs": [shown("50 %")]},
        {"type": "update", "cell": "two", "outputs": [shown("50 %")]},
    ]
    assert outputs.as_json() == {"one": [shown("50 %")], "two": [shown("50 %")]}


def test_an_update_of_a_display_that_is_gone_tells_nothing(outputs: LessonOutputs) -> None:
    assert take(outputs, display("x", "gone", kind="update_display_data")) == []


def test_clear_output_is_told_at_once(outputs: LessonOutputs) -> None:
    lines = take(outputs, stream("a"), message("clear_output", wait=False))
    assert lines[-1] == {"type": "update", "cell": "c", "outputs": []}
    assert outputs.as_json() == {}


def test_clear_output_that_waits_is_told_with_the_next_output(outputs: LessonOutputs) -> None:
    assert take(outputs, stream("a"), message("clear_output", wait=True))[1:] == []
    assert outputs.as_json() == {"c": [printed("a")]}
    assert take(outputs, stream("b")) == [{"type": "update", "cell": "c", "outputs": [printed("b")]}]


def test_widgets_keep_their_own_kind_of_data(outputs: LessonOutputs) -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "IntSlider()"}
    take(outputs, message("display_data", data=view, metadata={}))
    assert outputs.as_json()["c"][0]["data"] == view


def test_output_over_the_limit_is_cut_off_once(outputs: LessonOutputs) -> None:
    lines = take(outputs, stream("a" * 600), stream("b" * 600), stream("c" * 600))
    note = printed("\nOutput is cut off here: it is longer than 1 kB.\n", "stderr")
    assert lines[1:] == [{"type": "output", "cell": "c", "output": note}]
    assert outputs.as_json() == {"c": [printed("a" * 600), note]}


def test_a_cleared_cell_has_room_again(outputs: LessonOutputs) -> None:
    take(outputs, stream("a" * 2000), message("clear_output", wait=False), stream("b"))
    assert outputs.as_json() == {"c": [printed("b")]}


def test_an_update_over_the_limit_is_dropped(outputs: LessonOutputs) -> None:
    take(outputs, display("0", "bar"))
    assert take(outputs, display("x" * 2000, "bar", kind="update_display_data")) == []
    assert outputs.as_json() == {"c": [shown("0")]}


def test_input_is_refused_in_words(outputs: LessonOutputs) -> None:
    (line,) = take(outputs, message("error", ename="StdinNotImplementedError", evalue="raw_input …", traceback=["…"]))
    text = "input() cannot ask on a lesson page. Write the value into the code instead."
    assert line["output"] == {
        "output_type": "error",
        "ename": "NoInput",
        "evalue": text,
        "traceback": [f"NoInput: {text}"],
    }


def test_stored_outputs_are_there_again() -> None:
    outputs = LessonOutputs({"c": [printed("before")], "broken": "no list"}, max_bytes=1000)
    assert outputs.as_json() == {"c": [printed("before")]}
