"""The demo plays to its end, in order, with the codes of its story, and leaves what it promises."""

import subprocess
import sys
from pathlib import Path

import pytest

from modelry import client
from modelry.demo import scenes


@pytest.mark.xdist_group("demo")
def test_the_demo_plays_the_whole_loop(tmp_path: Path) -> None:
    home = tmp_path / "play"
    command = [sys.executable, "-c", "from modelry.cli import main; main()", "demo", str(home), "--no-serve"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    typed = [line.removeprefix("$ ") for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert typed[2:] == [step.command for step in scenes.steps(home)]
    assert "(exit code 3)" in done.stdout
    assert client.resolve("tumor-malignancy@production", str(home / "clone")).version == "1.1.0"
    assert (home / "site/index.html").is_file()
    assert (home / "site/models/tumor-malignancy/1.2.0/index.html").is_file()


def test_the_demo_leaves_a_folder_alone_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    command = [
        sys.executable,
        "-c",
        "from modelry.cli import main; main()",
        "demo",
        str(tmp_path),
        "--no-serve",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path} is not empty\n hint: name another folder, or none\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
