"""The program begins with nothing that no command needs, and ends at once; whoever calls it from Python keeps their process."""

import subprocess
import sys
import threading

import pytest

from modelry.cli import main, process
from modelry.git import Repository

START = "import sys, atexit; from modelry.cli import main"


def run(script: str, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"{START}; {script}", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_what_asked_to_be_called_at_the_end_is_called_and_the_code_is_the_command_s() -> None:
    done = run("atexit.register(print, 'the end'); main()", "explain", "no-such-rule")
    assert (done.returncode, done.stdout) == (5, "the end\n")


def test_a_thread_that_still_runs_is_waited_for() -> None:
    slow = "import threading; threading.Timer(0.3, print, ['the end']).start(); main()"
    done = run(slow, "--version")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["the end"])


def test_nobody_who_reads_is_no_success() -> None:
    closed = "import os; read, write = os.pipe(); os.close(read); os.dup2(write, 1); main()"
    assert run(closed, "explain", "md5-collision").returncode != 0


def test_without_a_stdout_the_code_is_the_command_s() -> None:
    assert run("sys.stdout = None; main()", "explain", "no-such-rule").returncode == 5


def test_who_calls_it_with_arguments_keeps_their_process() -> None:
    with pytest.raises(SystemExit) as over:
        main(["--version"])
    assert over.value.code == 0
    assert threading.main_thread().is_alive()


def test_no_plugin_of_pydantic_s_is_looked_for(a_repo: Repository) -> None:
    seen = "atexit.register(lambda: print('importlib.metadata' in sys.modules, 'pydantic' in sys.modules)); main()"
    done = run(seen, "check", "--offline", "--registry", str(a_repo.top))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "False True")


def test_what_another_pydantic_has_beside_its_plugins_is_its_own() -> None:
    stand_in = process._NoPlugins(process._LOADER)
    assert (stand_in.get_plugins(), stand_in.PYDANTIC_ENTRY_POINT_GROUP) == ((), "pydantic")
    with pytest.raises(AttributeError):
        stand_in.what_nobody_has  # noqa: B018 - to ask is the test
    with pytest.raises(AttributeError):
        stand_in.__path__  # noqa: B018
