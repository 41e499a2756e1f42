"""Servers that tests start on loopback: in a process group of their own, killed at the end, nothing of them kept."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

Command = Callable[[Path, int], Sequence[str]]
"""Gives the command that serves on a port, with all that it needs in a folder of its own."""


@contextmanager
def serving(
    command: Command, folder: Path, environment: Mapping[str, str] = os.environ
) -> Iterator[tuple[int, Callable[[], None]]]:
    """Run a server until it takes connections; give its port, and what stops it earlier."""
    said = ""
    with ExitStack() as started:
        # Between the look for a free port and its use, somebody else may take it.
        for number in range(5):
            own = folder / str(number)
            own.mkdir(parents=True)
            port = _free()
            process = start(command(own, port), own, environment)
            started.callback(stop, process)
            if _is_up(port, process):
                yield port, partial(stop, process)
                return
            said = (own / "server.log").read_text("utf-8", "replace")
        raise RuntimeError(said[-2000:])


def start(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] = os.environ
) -> "subprocess.Popen[bytes]":
    """Start a server in a folder, where it says what it has to say in `server.log`; `stop` ends it."""
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server, and whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free() -> int:
    """Give a free port that the kernel does not give to connections."""
    numbers = list(range(11_000, 32_768))
    random.Random().shuffle(numbers)
    for port in numbers:
        with contextlib.suppress(OSError), socket.socket() as held:
            held.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("there is no free port")


def _is_up(port: int, process: "subprocess.Popen[bytes]") -> bool:
    for _ in range(400):
        if process.poll() is not None:
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.025)
    return False
