"""A bar is drawn for people who wait, and for nobody else."""

import io
import sys

import pytest

from modelry.client import progress


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.bar("churn@1.0.0", 10) as tick:
        tick(4)
        tick(6)
    return stream.getvalue()


def test_work_of_more_than_a_moment_draws_a_bar_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch, Terminal(), 0)
    assert "churn@1.0.0" in text
    assert "100%" in text


def test_work_of_a_moment_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, Terminal(), 60) == ""


def test_a_log_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, io.StringIO(), 0) == ""
