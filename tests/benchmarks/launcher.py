"""Starts processes and tells what each took. It imports little: a child's peak counts its parent's memory at the fork."""

import json
import os
import shutil
import subprocess
import sys
import time


def measure(command: dict[str, list[str]]) -> tuple[float, int]:
    """Run a command and give its seconds and its peak, with its own children's, in KiB."""
    for path in command["remove"]:
        shutil.rmtree(path, ignore_errors=True)
        if os.path.lexists(path):
            os.unlink(path)  # noqa: PTH108 - pathlib is among what is not imported
    began = time.perf_counter()
    process = subprocess.Popen(
        command["argv"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=sys.stderr
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"exit code {process.returncode}: {' '.join(command['argv'][:3])}")
    return seconds, usage.ru_maxrss


def main() -> None:
    """Read commands and a number of rounds from stdin; run each command once a round, so that all share the weather."""
    asked = json.load(sys.stdin)
    os.chdir(asked["folder"])
    rounds = [[measure(command) for command in asked["commands"]] for _ in range(asked["rounds"] + 1)]
    # The first round filled caches and wrote bytecode.
    json.dump(list(zip(*rounds[1:], strict=True)), sys.stdout)


if __name__ == "__main__":
    main()
