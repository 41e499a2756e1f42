"""Work that several processes share: the answer is that of one, whatever becomes of the others."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from modelry import checks, judging
from modelry.checks import sharing
from modelry.checks.base import Context, UnavailableError
from modelry.model import layout
from modelry.reports.formats import FORMATS
from modelry.storage import folders


@pytest.mark.parametrize("processes", [1, 2, 3, 9])
@pytest.mark.parametrize("parts", [0, 1, 2, 7])
def test_answers_come_in_order(parts: int, processes: int) -> None:
    assert sharing.each(lambda part: [part, "é\udc80"], parts, processes) == [
        [part, "é\udc80"] for part in range(parts)
    ]


def failing_elsewhere(fail: Callable[[], object]) -> sharing.Work[list[int]]:
    """Give work that only the process that it began in can do; the others leave it a moment to take some."""
    mine = os.getpid()

    def work(part: int) -> list[int]:
        if os.getpid() != mine:
            fail()
        threading.Event().wait(0.02)
        return [part]

    return work


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("end", [die, fail, lambda: os._exit(3)], ids=["killed", "fails", "ends"])
def test_what_another_process_leaves_undone_is_done_here(end: Callable[[], object]) -> None:
    assert sharing.each(failing_elsewhere(end), 8, 3) == [[part] for part in range(8)]


def test_what_a_part_raises_is_raised_here() -> None:
    def work(part: int) -> list[int]:
        if part == 5:
            raise LookupError("five")
        return [part]

    for processes in (1, 2, 3):
        with pytest.raises(LookupError, match=r"^five$"):
            sharing.each(work, 8, processes)


def test_where_no_process_may_be_started_this_one_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    opened = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", refuse)
    assert sharing.each(lambda part: part, 8, 3) == list(range(8))
    assert len(list(Path("/proc/self/fd").iterdir())) == opened


def test_no_process_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    really = os.fork

    def fork() -> int:
        if pid := really():
            started.append(pid)
        return pid

    monkeypatch.setattr(os, "fork", fork)
    sharing.each(lambda part: part, 8, 3)
    assert len(started) == 2
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_a_helper_tells_what_it_did_before_it_failed() -> None:
    def work(part: int) -> int:
        return 10 // (2 - part)

    todo, give = os.pipe()
    answers, tell = os.pipe()
    os.write(give, b"".join(part.to_bytes(4, "big") for part in range(3)))
    os.close(give)
    sharing._help(work, todo, tell)
    with os.fdopen(todo, "rb") as rest, os.fdopen(answers) as told:
        assert told.read() == "[[0, 5], [1, 10]]"
        assert rest.read() == b""


def test_a_process_that_runs_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert sharing.cores() == len(os.sched_getaffinity(0))
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert sharing.cores() == 1
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr("sys.platform", "darwin")
    assert sharing.cores() == 1


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A registry with faults in documents, pointers, stages and names, of more parts than one."""
    files = dict(builders.a_registry(5, 2))
    files |= builders.a_version("model-00001", "1.0.0", license="Nobodys-1.0")
    files |= builders.an_assignment("model-00002", "9.9.9", "staging")
    files |= builders.an_assignment("model-00003", "1.0.0", "canary")
    files[layout.model("model-00004")] = b"schema: model/v1\ntitle: [\n"
    files[layout.POLICY] += b"colour: blue\n"
    files["registry/LOST.txt"] = b""
    del files[layout.version("churn", "1.0.0", "card.md")]
    folders.write(files, tmp_path)
    return tmp_path


def test_a_report_is_the_same_for_any_number_of_processes(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_PART", 6)
    told = set()
    for processes in (1, 2, 3):
        context = judging.folder(faulty, offline=True)
        report = checks.run(checks.ALL, context, processes)
        assert {finding.rule for finding in report.findings} == {
            "incomplete-version",
            "invalid-document",
            "unexpected-file",
            "unknown-license",
            "unknown-version",
        }
        told.add(tuple(format_(report, context.after.source.text) for format_ in FORMATS.values()))
    assert len(told) == 1


def test_a_rule_is_judged_by_model_only_if_its_findings_are_those_of_all_models_together(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = judging.folder(faulty, offline=True)
    monkeypatch.setattr(checks, "_PART", 1)
    apart = checks.run(checks.ALL, context)
    monkeypatch.setattr(checks, "MODELWISE", frozenset())
    assert apart == checks.run(checks.ALL, context)


def test_what_is_read_of_a_part_is_forgotten_with_it(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PART", 1)
    context = judging.folder(faulty, offline=True)
    checks.run(sorted(checks.MODELWISE, key=lambda rule: rule.id), context, 1)
    assert not [name for model in context.models for name in vars(model) if name in {"info", "versions"}]


def test_a_rule_that_cannot_look_is_told_once_in_the_order_of_the_rules(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shy(context: Context) -> None:
        raise UnavailableError(f"saw {[model.name for model in context.models]}")

    rules = [checks.Rule(name, checks.Severity.ERROR, shy) for name in ("second", "first")]  # type: ignore[arg-type]
    monkeypatch.setattr(checks, "_PART", 1)
    monkeypatch.setattr(checks, "MODELWISE", frozenset(rules[:1]))
    for processes in (1, 3):
        report = checks.run(rules, judging.folder(faulty, offline=True), processes)
        assert report.skipped == (
            ("second", "saw ['churn']"),
            ("first", "saw ['churn', 'model-00001', 'model-00002', 'model-00003', 'model-00004']"),
        )
