"""What DVC was told of a remote is found by the remote's address, and nothing else of it is taken."""

from pathlib import Path

import pytest

from modelry.errors import RegistryError
from modelry.storage import access

MAIN = b"""\
[core]
    remote = models
['remote "models"']
    url = s3://acme/dvc/
    region = eu-west-1
    profile = main
['remote "inner"']
    url = s3://acme/dvc/inner
['remote "nowhere"']
    region = eu-west-1
"""
LOCAL = b"""\
['remote "models"']
    profile = mine
"""


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        ("s3://acme/dvc", "mine"),
        ("s3://acme/dvc/files/md5/ab/cd", "mine"),
        ("s3://acme/dvc/inner/files/md5/ab/cd", None),
        ("s3://acme/dvc-other/files/md5/ab/cd", None),
        ("s3://other/dvc", None),
    ],
)
def test_settings_are_those_of_the_remote_that_an_address_is_in(address: str, profile: str | None) -> None:
    found = access.Access(lambda: MAIN, lambda: LOCAL).settings(address)
    assert found.get("profile") == profile


def test_ones_own_settings_win_and_the_others_stay() -> None:
    found = access.Access(lambda: MAIN, lambda: LOCAL).settings("s3://acme/dvc/x")
    assert found == {"url": "s3://acme/dvc/", "region": "eu-west-1", "profile": "mine"}


def test_a_clone_is_read_only_when_it_is_asked_for(tmp_path: Path) -> None:
    how = access.of_clone(tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / access.CONFIG).write_bytes(MAIN)
    assert how.settings("s3://acme/dvc")["profile"] == "main"


def test_a_configuration_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / access.CONFIG).mkdir(parents=True)
    with pytest.raises(RegistryError) as error:
        access.of_clone(tmp_path).settings("s3://acme/dvc")
    assert str(error.value) == f"cannot read {tmp_path}/.dvc/config: Is a directory"


@pytest.mark.parametrize("text", [b"url = x\n", b"[core]\n[core]\n"])
def test_a_configuration_that_is_none_is_an_error(text: bytes) -> None:
    with pytest.raises(RegistryError, match=r"^DVC's configuration cannot be read: ") as error:
        access.Access(lambda: text).settings("s3://acme/dvc")
    assert error.value.hint == "see: dvc config --list"
