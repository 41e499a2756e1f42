"""DVC runs on the base's configuration and the user's own credentials, and its complaints are told."""

import configparser
from pathlib import Path

import pytest

from modelry.storage import access, dvc

BASE = b"[core]\n    analytics = true\n['remote \"store\"']\n    url = s3://acme/models\n"


def test_credentials_are_the_users_and_the_address_is_ours(tmp_path: Path) -> None:
    local = tmp_path / "config.local"
    local.write_text("['remote \"store\"']\n    profile = ada\n    url = s3://elsewhere\n", "utf-8")
    dvc.scaffold(tmp_path / "work", BASE, local, "store", "/srv/store")
    assert (tmp_path / "work" / access.CONFIG).read_bytes() == BASE
    made = configparser.RawConfigParser()
    made.read(tmp_path / "work" / access.LOCAL)
    assert {name: dict(made[name]) for name in made.sections()} == {
        "'remote \"store\"'": {"profile": "ada", "url": "/srv/store"},
        "core": {"no_scm": "true", "analytics": "false", "check_update": "false", "autostage": "false"},
        "cache": {"dir": str(tmp_path / "work/.dvc/cache"), "type": "reflink,hardlink,copy"},
    }


def test_without_an_address_of_ours_the_base_keeps_its_own(tmp_path: Path) -> None:
    dvc.scaffold(tmp_path / "work", BASE, tmp_path / "none", "store", None)
    made = configparser.RawConfigParser()
    made.read(tmp_path / "work" / access.LOCAL)
    assert made.sections() == ["core", "cache"]


def test_the_remotes_of_a_configuration_are_read() -> None:
    assert dict(access.remotes(BASE + b"['remote \"spare\"']\n")) == {
        "store": {"url": "s3://acme/models"},
        "spare": {},
    }


def test_a_complaint_is_told(tmp_path: Path) -> None:
    dvc.scaffold(tmp_path / "work", BASE, tmp_path / "none", "store", None)
    with pytest.raises(dvc.DvcError) as error:
        dvc.run(tmp_path / "work", ("add", "nothing"))
    assert str(error.value).startswith("dvc: output 'nothing' does not exist")
    assert error.value.hint == "is the remote there, and are you allowed?"


def test_a_python_without_dvc_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]\n", "utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(dvc.DvcError) as error:
        dvc.run(tmp_path, ("version",))
    assert (str(error.value), error.value.hint) == ("DVC is not installed", "pip install 'modelry[registry]'")
