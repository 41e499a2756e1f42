"""A bar on the terminal for work that takes longer than a second."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PATIENCE = 1.0
"""Seconds before there is anything to see."""


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many bytes were done; it draws only where a person looks at stderr."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    began = time.monotonic()
    waiting = 0
    with click.progressbar(length=total, label=label, file=sys.stderr, hidden=True) as shown:

        def tick(count: int) -> None:
            nonlocal waiting
            waiting += count
            if time.monotonic() - began >= PATIENCE:
                shown.hidden = False
                shown.update(waiting)
                waiting = 0

        yield tick
