"""`modelry resolve` and `modelry verify`: exit codes, stdout, stderr."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.model import layout
from modelry.storage import folders

SHA256 = "2261302cfe4efaad3e223b258d55c604a47f6424f60e7233c1172d3a755ce915"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A registry, and its store beside it."""
    files = builders.a_registry(versions=2)
    folders.write(files, tmp_path / "clone")
    folders.write(builders.store(files), tmp_path / "clone/store")
    return tmp_path / "clone"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)


def yank(clone: Path, version: str) -> None:
    document = builders.a_document("yank", replacement="1.1.0", advisory=None)
    folders.write({layout.version("churn", version, "yanked.yaml"): builders.text("yank", document)}, clone)


def test_it_prints_one_line_of_facts(clone: Path) -> None:
    done = run("resolve", "churn@production", "--registry", clone)
    address = f"{clone}/store/files/md5/e4/a22166216f54097fa6663b63cb3b01"
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        f"churn@1.0.0  sha256:{SHA256}  216  {address}\n",
        "",
    )


def test_it_prints_all_it_knows_as_json(clone: Path) -> None:
    done = run("resolve", "churn@production", "--registry", clone, "--json")
    told = json.loads(done.stdout)
    assert (told["schema"], told["version"], told["sha256"]) == ("resolution/v1", "1.0.0", SHA256)


def test_the_registry_may_come_from_the_environment(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELRY_REGISTRY", str(clone))
    assert run("resolve", "churn@1.1.0").stdout.startswith("churn@1.1.0  sha256:")


def test_the_registry_is_found_upward(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone / "registry/models")
    assert run("resolve", "churn").stdout.startswith("churn@1.1.0  sha256:")


def test_a_registry_without_remotes_has_no_address_to_print(clone: Path) -> None:
    policy = clone / layout.POLICY
    policy.write_text(policy.read_text().replace("  store:\n    url: ../store\n", "  {}\n"))
    assert run("resolve", "churn", "--registry", clone).stdout.endswith("  216  -\n")


@pytest.mark.parametrize(
    ("reference", "code", "stderr"),
    [
        (
            "Churn!",
            2,
            "error: 'Churn!' is not a reference\n hint: write MODEL, MODEL@1.2.0, MODEL@STAGE or MODEL@latest, for example churn@production\n",
        ),
        ("chrun", 5, "error: there is no model chrun\n hint: did you mean churn?\n"),
        ("churn@2.0.0", 5, "error: churn has no version 2.0.0\n hint: did you mean 1.0.0?\n"),
        ("churn@eu", 5, "error: nothing holds eu of churn\n hint: see what there is: modelry show churn\n"),
    ],
)
def test_what_cannot_be_answered_ends_with_its_code(
    clone: Path, reference: str, code: int, stderr: str
) -> None:
    done = run("resolve", reference, "--registry", clone)
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", stderr)


def test_a_registry_that_contradicts_itself_ends_with_4(clone: Path) -> None:
    stage = clone / layout.stage("churn", "production")
    stage.write_text(stage.read_text().replace(SHA256, "f" * 64))
    done = run("resolve", "churn@production", "--registry", clone)
    assert (done.exit_code, done.stdout) == (4, "")


def test_a_withdrawn_version_ends_with_8_unless_it_is_wanted(clone: Path) -> None:
    yank(clone, "1.0.0")
    done = run("resolve", "churn@production", "--registry", clone)
    assert (done.exit_code, done.stdout) == (8, "")
    assert done.stderr == (
        "error: churn@1.0.0 was withdrawn: trained on rows of the test set\n"
        " hint: take churn@1.1.0 instead, or add --allow-yanked to take it anyway\n"
    )
    assert run("resolve", "churn@production", "--registry", clone, "--allow-yanked").exit_code == 0


def test_no_registry_ends_with_5(tmp_path: Path) -> None:
    assert run("resolve", "churn", "--registry", tmp_path).exit_code == 5


def test_verify_says_which_version_it_is(clone: Path, tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(builders.artifact("churn", "1.0.0"))
    done = run("verify", path, "churn@production", "--registry", clone)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{path}  churn@1.0.0  sha256:{SHA256}\n", "")
    told = json.loads(run("verify", path, "churn@production", "--registry", clone, "--json").stdout)
    assert (told["schema"], told["path"], told["resolution"]["version"]) == ("verify/v1", str(path), "1.0.0")


def test_verify_ends_with_4_for_other_bytes(clone: Path, tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b"x")
    done = run("verify", path, "churn@production", "--registry", clone)
    assert (done.exit_code, done.stdout) == (4, "")
    assert done.stderr == (
        f"error: {path} has 1 bytes, expected 216; it is not churn@1.0.0\n"
        " hint: fetch it: modelry pull churn@1.0.0\n"
    )


def test_verify_of_nothing_is_called_wrongly(clone: Path) -> None:
    assert run("verify", clone / "nothing", "churn", "--registry", clone).exit_code == 2


@pytest.mark.parametrize("command", ["resolve", "pull", "verify"])
def test_every_help_page_has_examples(command: str) -> None:
    done = run(command, "--help")
    assert (done.exit_code, f"Examples:\n    modelry {command}" in done.stdout) == (0, True)
