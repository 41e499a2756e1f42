"""What a registry begins with travels with the package: each file, byte by byte, hidden or not."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from modelry.scaffolding import Forge, shipped

TOP = Path(__file__).parents[2]
SOURCES = TOP / "src/modelry/scaffolding"
FOLDERS = ("common", "github", "gitlab", "made")


def test_every_file_beside_the_code_is_in_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    begin = "modelry/scaffolding/"
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name.removeprefix(begin): archive.read(name)
            for name in archive.namelist()
            if name.startswith(tuple(f"{begin}{folder}/" for folder in FOLDERS))
        }
    tracked = subprocess.check_output(["git", "ls-files", "-z", "--", *FOLDERS], cwd=SOURCES, text=True)
    assert packed == {name: (SOURCES / name).read_bytes() for name in tracked.split("\0") if name}


@pytest.mark.parametrize("forge", ["github", "gitlab", "local"])
def test_a_file_lies_in_the_registry_where_it_lies_beside_the_code(forge: Forge) -> None:
    beside = {
        path.relative_to(SOURCES / folder).as_posix(): path.read_bytes()
        for folder in ("common", forge)
        for path in (SOURCES / folder).rglob("*")
        if path.is_file()
    }
    assert {**shipped.files("common"), **shipped.files(forge)} == beside


def test_our_own_repository_has_the_files_that_a_registry_on_github_has() -> None:
    files = shipped.files("github")
    assert {path: (TOP / path).read_bytes() for path in files} == files
