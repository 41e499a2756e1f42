"""A hostile file costs at most two seconds and 300 MB, whichever parser it is made for, and ends in a verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

SECONDS, MEBIBYTES = 2.0, 300


def test_no_hostile_file_costs_more_than_two_seconds_and_300_megabytes() -> None:
    tests = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": os.fspath(tests)}
    command = [sys.executable, "-m", "fuzz.hostile"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    costly = {
        name: (code, round(seconds, 1), round(mebibytes))
        for name, (code, seconds, mebibytes) in told.items()
        if code != 0 or seconds > SECONDS or mebibytes > MEBIBYTES
    }
    assert (costly, done.stderr, len(told)) == ({}, "", len(told))
    assert len(told) > 60
