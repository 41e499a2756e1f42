"""The action's own step, from its pins with their hashes, into an empty Python: nothing stands in for anything."""

import os
import subprocess
import venv
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
ACTION = TOP / ".github/actions/modelry"


@pytest.mark.slow
def test_the_action_installs_modelry_from_the_pins_beside_it(tmp_path: Path) -> None:
    venv.create(tmp_path / "python", with_pip=True)
    (step,) = [
        one
        for one in yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))["runs"]["steps"]
        if "run" in one
    ]
    told = {
        **os.environ,
        **step["env"],
        "GITHUB_ACTION_PATH": str(ACTION),
        "PATH": f"{tmp_path / 'python/bin'}:/usr/bin:/bin",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "modelry 0.1.0"), done.stderr
    modelry = tmp_path / "python/bin/modelry"
    judged = subprocess.run(
        [modelry, "check", "--offline"], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert (judged.returncode, judged.stdout.splitlines()[-1]) == (0, "passes")
