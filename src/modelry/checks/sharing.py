"""Work that is done in parts, by as many processes as there are cores; the answer is that of one process."""

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")

Work = Callable[[int], T]
"""Does the part of that number, and gives what JSON can hold."""

_SIGNED = 4
"""Bytes of a part's number in the pipe that the processes take their work from."""

_PIPE = 60_000
"""How many bytes surely fit into a pipe that nobody reads yet."""


def cores() -> int:
    """Give how many processes are worth starting: one, where a process cannot safely be copied."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def each(work: Work[T], parts: int, processes: int) -> list[T]:
    """Do all parts and give their answers in order.

    A process that fails, or is killed, fails nothing: this one does again what it left undone, and so raises
    what the part raises. Nothing is imported, pickled or sent but the answers.
    """
    work = partial(_uncollected, work)
    if processes < 2 or parts < 2 or parts * _SIGNED > _PIPE:  # noqa: PLR2004 - nobody to share with
        return [work(part) for part in range(parts)]
    todo, give = os.pipe()
    os.write(give, b"".join(part.to_bytes(_SIGNED, "big") for part in range(parts)))
    os.close(give)
    # The collector would write to, and so copy, every page that the processes share.
    gc.freeze()
    helpers: list[tuple[int, int]] = []
    try:
        with suppress(OSError):  # no more processes are allowed: those that there are do it
            helpers.extend(_start(work, todo) for _ in range(min(processes, parts) - 1))
        done = dict(_take(work, todo))
        for _, answers in helpers:
            # What was killed may have told nothing, or half.
            with os.fdopen(answers, closefd=False) as told, suppress(ValueError):
                done |= {int(part): answer for part, answer in json.load(told)}
    finally:
        gc.unfreeze()
        os.close(todo)
        for pid, answers in helpers:
            os.close(answers)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return [done[part] if part in done else work(part) for part in range(parts)]


def _uncollected(work: Work[T], part: int) -> T:
    """Do a part without the cyclic collector, which would look again and again at all that is read."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return work(part)
    finally:
        if was_enabled:
            gc.enable()


def _take(work: Work[T], todo: int) -> Iterator[tuple[int, T]]:
    while number := os.read(todo, _SIGNED):
        part = int.from_bytes(number, "big")
        yield part, work(part)


def _start(work: Work[T], todo: int) -> tuple[int, int]:
    answers, tell = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(answers)
        os.close(tell)
        raise
    if pid == 0:  # pragma: no cover - the copy of this process ends here, and what was measured in it with it
        try:
            _help(work, todo, tell)
        finally:
            os._exit(0)
    os.close(tell)
    return pid, answers


def _help(work: Work[T], todo: int, tell: int) -> None:
    """Do parts until none is left, and tell the answers; those before a failure count."""
    done: list[tuple[int, T]] = []
    with suppress(Exception):  # whoever started us meets it again, and can say so
        done.extend(_take(work, todo))
    with suppress(OSError), os.fdopen(tell, "w") as told:
        json.dump(done, told)
