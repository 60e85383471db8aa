"""`trailbook evaluate`: the table, JSON, and every log it might be given."""

from __future__ import annotations

import gzip
from pathlib import Path
from random import Random

import pytest

from .conftest import Run

HEAD = "learner,skills,item,correct,timestamp\n"


def log_of(path: Path, *, learners: int = 12, answers: int = 30, seed: int = 1) -> Path:
    """Write a log of learners who differ, on exercises that differ, and who learn."""
    draw, rows = Random(seed), []
    for learner in range(learners):
        level = draw.gauss(0, 1)
        for number in range(answers):
            item = draw.randrange(10)
            right = draw.random() < 1 / (1 + 2.7 ** -(level + (item - 5) / 2 + number / 20))
            rows.append(f"l{learner},s{item % 3};all,i{item},{int(right)},{learner * 1000 + number}\n")
    path.write_text(HEAD + "".join(rows))
    return path


def test_a_log_is_measured_for_each_model(run: Run, tmp_path: Path) -> None:
    ran = run("evaluate", log_of(tmp_path / "log.csv"))
    assert (ran.status, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()[:5]] == ["model", "counts", "bkt", "streak", "elo"]
    assert "60 answers of 2 held-out learners; the default is counts." in ran.out


def test_json_has_every_figure(run: Run, tmp_path: Path) -> None:
    found = run("evaluate", log_of(tmp_path / "log.csv"), "--model", "counts", "--json").json
    assert found["default"] == "counts"
    assert set(found["models"]["counts"]) >= {
        "auc", "auc_low", "auc_high", "log_loss", "calibration_error", "fit_seconds", "microseconds_median",
        "microseconds_p99", "peak_mb",
    }  # fmt: skip
    assert 0.5 < found["models"]["counts"]["auc"] < 1
    assert found["models"]["counts"]["auc_low"] <= found["models"]["counts"]["auc"]
    assert 5 < found["models"]["counts"]["peak_mb"] < 500


def test_learners_to_hold_out_can_be_named(run: Run, tmp_path: Path) -> None:
    log = log_of(tmp_path / "log.csv")
    (tmp_path / "test.txt").write_text("l1\nl2\nl3\nnobody\n")
    ran = run("evaluate", log, "--model", "elo", "--test-learners", tmp_path / "test.txt")
    assert "90 answers of 3 held-out learners" in ran.out
    assert "1, such as nobody." in ran.err


def test_a_packed_log_and_another_seed(run: Run, tmp_path: Path) -> None:
    plain = log_of(tmp_path / "log.csv")
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one = run("evaluate", packed, "--model", "counts", "--json").json["models"]["counts"]
    same = run("evaluate", plain, "--model", "counts", "--json").json["models"]["counts"]
    other = run("evaluate", plain, "--model", "counts", "--split-seed", 7, "--json").json["models"]["counts"]
    assert one["auc"] == same["auc"] != other["auc"]


def test_odd_logs_are_measured_and_what_is_odd_is_said(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "odd.csv"
    log.write_text(
        HEAD + "a,,one,1,100\na,,one,1,100\na,x,two,0,50\n" + "".join(f"b,x,i{n},{n % 2},\n" for n in range(10))
    )
    (tmp_path / "test.txt").write_text("b\n")
    ran = run("evaluate", log, "--model", "counts", "--test-learners", tmp_path / "test.txt")
    assert ran.status == 0
    assert ran.err.splitlines() == [
        "Left out 1 of 13 rows: each repeats the row above it.",
        "In 1 rows time goes backwards; the file's order counts.",
        "2 rows name no skill; each item stands for one of its own.",
    ]


def test_one_class_only_has_no_area(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "ones.csv"
    log.write_text(HEAD + "".join(f"{learner},x,i,1,\n" for learner in "abcde" for _ in range(3)))
    ran = run("evaluate", log)
    assert ran.status == 0
    assert "there is no AUC" in ran.out
    assert run("evaluate", log, "--model", "counts", "--json").json["models"]["counts"]["auc"] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column learner"),
        ("learner,item,correct\n", "has no column skills"),
        (HEAD, "has 0 learners; at least two"),
        (HEAD + "a,x,i,1,\n", "has 1 learner; at least two"),
        (HEAD + "a,x,i,yes,\n", "log.csv:2: correct is 'yes'; it must be 0, 1 or a share"),
        (HEAD + "a,x,i,2,\n", "correct is '2'"),
        (HEAD + "a,x,i,nan,\n", "correct is 'nan'"),
        (HEAD + "a,x,i,1,soon\n", "timestamp is 'soon'"),
        (HEAD + "a,x,i,1,inf\n", "timestamp is 'inf'"),
        (HEAD + ",x,i,1,\n", "names no learner"),
        (HEAD + "a,x\n", "has 2 cells"),
    ],
)
def test_a_log_that_cannot_be_read_says_where(run: Run, tmp_path: Path, text: str, says: str) -> None:
    log = tmp_path / "log.csv"
    log.write_text(text)
    ran = run("evaluate", log)
    assert ran.status == 2
    assert says in ran.refusal


def test_other_refusals(run: Run, tmp_path: Path) -> None:
    log = log_of(tmp_path / "log.csv")
    (tmp_path / "nobody.txt").write_text("nobody\n")
    (tmp_path / "log.csv.gz").write_bytes(b"not packed")
    (tmp_path / "latin.csv").write_bytes(HEAD.encode() + b"\xe9,x,i,1,\n")
    assert "There is no file" in run("evaluate", tmp_path / "missing.csv").refusal
    assert "The models are counts, bkt, streak, elo." in run("evaluate", log, "--model", "magic").refusal
    assert "None of the learners" in run("evaluate", log, "--test-learners", tmp_path / "nobody.txt").refusal
    assert "cannot be read as CSV" in run("evaluate", tmp_path / "log.csv.gz").refusal
    assert "cannot be read as CSV" in run("evaluate", tmp_path / "latin.csv").refusal
    assert "cannot be read as text" in run("evaluate", log, "--test-learners", tmp_path / "latin.csv").refusal


def test_a_packed_log_that_is_damaged_says_where(run: Run, tmp_path: Path) -> None:
    packed = gzip.compress(log_of(tmp_path / "log.csv").read_bytes())
    cut, bent = tmp_path / "cut.csv.gz", tmp_path / "bent.csv.gz"
    cut.write_bytes(packed[:-40])
    bent.write_bytes(packed[:40] + b"\x00\xff\x13" * 5 + packed[55:])
    assert "cut.csv.gz" in run("evaluate", cut).refusal
    assert "bent.csv.gz" in run("evaluate", bent).refusal


def test_ten_rows_are_measured(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "ten.csv"
    log.write_text(HEAD + "".join(f"l{n},x,i,{n % 2},{n}\n" for n in range(10)))
    ran = run("evaluate", log, "--model", "counts")
    assert (ran.status, ran.err) == (0, "")
    assert "2 answers of 2 held-out learners" in ran.out


def test_struggle_is_measured(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"spins,x,i,0,{n}\n" for n in range(10)] + [f"gets,x,i,1,{n}\n" for n in range(3)]
    log.write_text(HEAD + "".join(rows))
    ran = run("evaluate", log, "--struggle")
    assert ran.status == 0
    assert ran.out.splitlines()[0].startswith("2 times a learner began a skill")
    assert ran.out.splitlines()[-1] == "precision 1.0000 (0.5000 if everybody were named), recall 1.0000"
    found = run("evaluate", log, "--struggle", "--json").json["struggle"]
    assert (found["cases"], found["struggled"], found["noticed"], found["rightly"]) == (2, 1, 1, 1)


def test_struggle_on_an_empty_log_says_nothing_of_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(HEAD)
    ran = run("evaluate", tmp_path / "log.csv", "--struggle")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "precision — (— if everybody were named), recall —")
