"""Run and Check in the learner's own kernel: what is streamed, what is kept, what a learner reads."""

from __future__ import annotations

from learners_server.course import LESSON, PLAIN
from learners_server.page import Json, Learner, only, printed

GOOD = "def square(x):\n    return x * x"


def run(learner: Learner, source: str) -> list[Json]:
    return learner.lines("run", {"exercise": "square", "cells": {"square": source}})


def check(learner: Learner, source: str) -> list[Json]:
    return learner.lines("check", {"exercise": "square", "cells": {"square": source}})


def stored(learner: Learner, cell: str) -> list[Json]:
    return list(learner.state()["outputs"].get(cell, []))


def test_attaching_starts_a_kernel_and_runs_the_examples(learner: Learner) -> None:
    lines = learner.lines("kernel")
    assert only("kernel", lines)[0] == {"id": None, "state": "starting", "fresh": False}
    assert [line["fresh"] for line in only("kernel", lines)] == [False, True, False]
    assert only("start", lines) == [{"cell": "setup"}]
    assert printed(lines, "setup") == "setup 10\n"
    assert lines[-1] == {"type": "done", "status": "ok"}
    state = learner.state()
    assert state["kernel"] == {"id": only("kernel", lines)[-1]["id"], "state": "idle"}
    assert state["outputs"]["setup"] == [{"output_type": "stream", "name": "stdout", "text": "setup 10\n"}]


def test_an_example_that_needs_an_answer_shows_no_error_before_it(learner: Learner) -> None:
    lines = learner.lines("kernel")
    assert "use" not in [line.get("cell") for line in lines]
    assert only("end", run(learner, GOOD)) != []


def test_running_an_exercise_runs_the_examples_that_build_on_it(learner: Learner) -> None:
    lines = run(learner, f"{GOOD}\nprint('mine')")
    assert [line["cell"] for line in only("start", lines)] == ["setup", "answer", "use"]
    assert printed(lines, "answer") == "mine\n"
    assert printed(lines, "use") == "uses 9\n"
    assert learner.state()["ran"] == ["square"]


def test_an_error_is_shown_and_what_builds_on_it_is_not_run(learner: Learner) -> None:
    lines = run(learner, "1 / 0")
    assert only("end", lines)[-1]["status"] == "error"
    assert [line["cell"] for line in only("start", lines)] == ["setup", "answer"]
    assert stored(learner, "answer")[0]["ename"] == "ZeroDivisionError"
    assert lines[-1] == {"type": "done", "status": "error"}


def test_one_cell_can_be_run_alone(learner: Learner) -> None:
    learner.lines("kernel", lesson=PLAIN)
    lines = learner.lines("run", {"cell": "only"}, lesson=PLAIN)
    assert printed(lines, "only") == "plain\n"


def test_running_uses_the_draft_when_the_page_sends_nothing(learner: Learner) -> None:
    revision = learner.state()["drafts"]["revision"]
    assert learner.put("drafts", {"revision": revision, "cells": {"square": "print('drafted')"}}).status_code == 200
    assert printed(learner.lines("run", {"exercise": "square"}), "answer") == "drafted\n"


def test_outputs_are_there_after_a_reload_in_the_same_kernel(learner: Learner) -> None:
    run(learner, f"{GOOD}\nkept = 41")
    before = learner.state()
    assert learner.page().status_code == 200
    again = learner.lines("kernel")
    assert [line["fresh"] for line in only("kernel", again)] == [False]
    assert only("start", again) == []
    assert learner.state() == before
    assert printed(run(learner, "print(kept + 1)"), "answer") == "42\n"


def test_a_reload_in_the_middle_of_a_run_loses_nothing(learner: Learner) -> None:
    learner.lines("kernel")
    slow = "import time\nprint('before')\nwhile not done:\n    time.sleep(0.01)\nprint('after')"
    # A thread ends the loop from the kernel itself, so that the run outlives the dropped connection for sure.
    begin = "import threading\ndone = []\nthreading.Timer(1, done.append, [1]).start()\n"
    with learner.follow("run", {"exercise": "square", "cells": {"square": begin + slow}}) as lines:
        assert next(line for line in lines if line["type"] == "output")["output"]["text"] == "before\n"
    followed = learner.lines("kernel")
    assert only("update", followed)[0]["cell"] == "answer"
    assert only("update", followed)[0]["outputs"][0]["text"] == "before\n"
    assert "after\n" in printed(followed, "answer")
    assert stored(learner, "answer") == [{"output_type": "stream", "name": "stdout", "text": "before\nafter\n"}]


def test_a_page_that_missed_the_end_of_a_run_is_told_the_outputs(learner: Learner) -> None:
    run(learner, "print('ended before the page attached')")
    told = only("outputs", learner.lines("kernel", {"catch_up": True}))
    assert {line["cell"]: line["outputs"] for line in told}["answer"] == stored(learner, "answer")
    assert stored(learner, "answer")[0]["text"] == "ended before the page attached\n"
    assert only("outputs", learner.lines("kernel")) == []


def test_runs_of_one_lesson_wait_for_each_other(learner: Learner) -> None:
    learner.lines("kernel")
    body = {"exercise": "square", "cells": {"square": "import time\nprint('one')\ntime.sleep(0.3)\nx = 1"}}
    with learner.follow("run", body) as first:
        next(line for line in first if line["type"] == "output")
        assert printed(run(learner, "print(x)"), "answer") == "1\n"


def test_interrupt_stops_a_loop_and_the_kernel_stays(learner: Learner) -> None:
    learner.lines("kernel")
    body = {"exercise": "square", "cells": {"square": "kept = 1\nprint('loop')\nwhile True: pass"}}
    with learner.follow("run", body) as lines:
        next(line for line in lines if line["type"] == "output")
        assert learner.post("interrupt").status_code == 204
        rest = list(lines)
    assert rest[-1] == {"type": "done", "status": "aborted"}
    assert printed(run(learner, "print(kept)"), "answer") == "1\n"


def test_interrupt_without_a_kernel_changes_nothing(learner: Learner) -> None:
    assert learner.post("interrupt").status_code == 204
    assert learner.state()["kernel"]["state"] == "none"


def test_restart_forgets_names_and_runs_the_examples_again(learner: Learner) -> None:
    run(learner, "gone = 1")
    assert learner.post("restart").status_code == 204
    assert learner.state()["ran"] == []
    lines = learner.lines("kernel")
    assert [line["fresh"] for line in only("kernel", lines)] == [False, True, False]
    assert printed(lines, "setup") == "setup 10\n"
    assert only("end", run(learner, "gone"))[-1]["status"] == "error"


def test_a_kernel_that_dies_is_told_and_the_next_run_starts_afresh(learner: Learner) -> None:
    learner.lines("kernel")
    lines = run(learner, "import os\nos._exit(3)")
    assert [problem["code"] for problem in only("problem", lines)] == ["kernel_died"]
    assert learner.state()["kernel"]["state"] == "dead"
    again = run(learner, "print('back')")
    assert [line["fresh"] for line in only("kernel", again)] == [False, True, False]
    assert printed(again, "answer") == "back\n"


def test_a_kernel_that_died_while_idle_is_noticed(learner: Learner) -> None:
    learner.lines("kernel")
    run(learner, "import os, threading\nthreading.Timer(0.05, os._exit, [1]).start()\nprint('soon')")
    kernel = learner.state()["kernel"]["id"]
    while learner.state()["kernel"]["state"] != "dead":
        assert learner.state()["kernel"]["id"] == kernel
    assert printed(run(learner, "print('back')"), "answer") == "back\n"


def test_messages_that_are_none_end_the_run_and_the_next_one_works(learner: Learner) -> None:
    learner.lines("kernel")
    forged = "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'display_data', {'no': 'data'}, k.get_parent())"
    lines = run(learner, forged)
    assert [problem["code"] for problem in only("problem", lines)] == ["kernel_died"]
    assert printed(run(learner, "print('back')"), "answer") == "back\n"


def test_input_is_refused_in_words(learner: Learner) -> None:
    lines = run(learner, "name = input('Who? ')")
    (error,) = [line["output"] for line in only("output", lines) if line["output"]["output_type"] == "error"]
    assert error["evalue"] == "input() cannot ask on a lesson page. Write the value into the code instead."


def test_displays_updates_and_clearing_are_streamed_and_kept(learner: Learner) -> None:
    lines = run(
        learner,
        "from IPython.display import display, clear_output, HTML\n"
        "handle = display('0 %', display_id='bar')\n"
        "handle.update('100 %')\n"
        "display(HTML('<b>bold</b>'))\n",
    )
    assert [line["outputs"][0]["data"]["text/plain"] for line in only("update", lines)] == ["'100 %'"]
    bar, bold = stored(learner, "answer")
    assert bar["data"]["text/plain"] == "'100 %'"
    assert bold["data"]["text/html"] == "<b>bold</b>"
    cleared = run(learner, "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')")
    assert {"cell": "answer", "outputs": []} in only("update", cleared)
    assert stored(learner, "answer") == [{"output_type": "stream", "name": "stdout", "text": "b\n"}]


def test_widgets_keep_their_kind_of_data_and_are_reachable(learner: Learner) -> None:
    run(learner, "import ipywidgets\nipywidgets.IntSlider(5)")
    (slider,) = stored(learner, "answer")
    assert "application/vnd.jupyter.widget-view+json" in slider["data"]
    kernel = learner.state()["kernel"]["id"]
    assert learner.client.get(f"api/kernels/{kernel}").json()["id"] == kernel


def test_an_output_widget_holds_what_is_printed_into_it(learner: Learner) -> None:
    run(learner, "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    print('inside')\nprint('outside')")
    assert stored(learner, "answer") == [{"output_type": "stream", "name": "stdout", "text": "outside\n"}]
    assert printed(run(learner, "print(out.outputs[0]['text'])"), "answer") == "inside\n\n"


def test_endless_output_is_cut_off(learner: Learner) -> None:
    lines = run(learner, "for i in range(40):\n    print('x' * 100_000)")
    assert "cut off" in printed(lines, "answer")
    assert sum(len(output["text"]) for output in stored(learner, "answer")) < 2_100_000
    assert lines[-1] == {"type": "done", "status": "ok"}


def test_check_tells_each_test_and_never_counts(learner: Learner) -> None:
    before = learner.state()["exercises"]
    lines = check(learner, GOOD)
    assert only("test", lines) == [{"exercise": "square", "grade_id": "square-test", "passed": True, "message": ""}]
    assert lines[-1] == {"type": "done", "status": "ok"}
    assert learner.state()["exercises"] == before


def test_check_says_what_does_not_hold(learner: Learner) -> None:
    def message(source: str) -> str:
        (result,) = only("test", check(learner, source))
        assert result["passed"] is False
        return str(result["message"])

    assert message("def square(x):\n    return 9 if x == 3 else x") == "The square of -2 is 4."
    assert message("def square(x):\n    return x") == "This does not hold yet: square(3) == 9"
    assert message("def square(x):\n    return undefined") == "NameError: name 'undefined' is not defined"
    assert message("1 / 0") == "Your answer stopped before the test: ZeroDivisionError: division by zero"


def test_what_a_test_prints_is_not_shown(learner: Learner) -> None:
    check(learner, f"{GOOD}\ndef __eq__(): pass")
    assert stored(learner, "tests") == []


def test_a_text_answer_has_nothing_to_run_or_check(learner: Learner) -> None:
    for what in ("run", "check"):
        refused = learner.post(what, {"exercise": "why", "cells": {}})
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_run")


def test_unknown_names_are_refused(learner: Learner) -> None:
    assert learner.post("run", {"exercise": "nope"}).json()["code"] == "unknown_exercise"
    assert learner.post("check", {"exercise": "nope"}).json()["code"] == "unknown_exercise"
    assert learner.post("run", {"cell": "nope"}).json()["code"] == "unknown_cell"
    assert learner.post("run", {}).status_code == 400
    assert learner.state(LESSON)["kernel"]["state"] == "none"
