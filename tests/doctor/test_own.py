"""The doctor finds nothing wrong with what `modelry init` writes, nor with our own repository."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from doctor import shown
from modelry import examining
from modelry.cli import group
from modelry.doctor import environments, rulesets
from modelry.errors import Exit
from modelry.scaffolding import shipped
from modelry.storage import folders

TOP = shown.HOME.parents[1]


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def found(result: Result) -> list[tuple[str, str]]:
    return [(one["rule"], one["message"]) for one in json.loads(result.stdout)["findings"]]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A registry as init begins it on GitHub."""
    top = tmp_path / "models"
    where = ("--repository", "https://github.com/acme/models", "--remote", "s3://acme-models/dvc")
    assert run("init", str(top), "--forge", "github", *where, "--owner", "@acme/ml").exit_code == 0
    return top


def test_what_init_writes_is_sound_but_for_one_question_to_a_person(fresh: Path) -> None:
    result = run("doctor", "--registry", str(fresh), "--json")

    assert (result.exit_code, found(result)) == (
        Exit.DONE,
        [("last-stage-approved-by-one", "production is given with fewer than two approvals")],
    )


def test_the_rulesets_that_init_writes_are_sound_on_the_forge(fresh: Path) -> None:
    dump: dict[str, Any] = json.loads((shown.SOUND / shown.SETTINGS).read_text("utf-8"))
    names: list[rulesets.Name] = ["main", "merge-queue", "tags", "pushes"]
    made = [{"id": number, **rulesets.wanted(name)} for number, name in enumerate(names, start=1)]
    dump["answers"]["rulesets"] = made
    dump["answers"] |= {f"rulesets/{one['id']}": one for one in made}
    there = dump["answers"]["environments"]["environments"]
    # Each environment that the workflows name is there, for main alone, as they say.
    named = environments.used(examining.setup(folders.whole(fresh)))
    there += [{**there[0], "name": name} for name in named if name not in {one["name"] for one in there}]
    (fresh / "dump.json").write_text(json.dumps(dump))

    result = run("doctor", "--registry", str(fresh), "--settings", str(fresh / "dump.json"), "--json")

    assert [rule for rule, _ in found(result)] == ["last-stage-approved-by-one"]
    assert json.loads(result.stdout)["skipped"] == []


def test_our_own_repository_is_sound_but_for_being_a_team_of_one() -> None:
    result = run("doctor", "--registry", str(TOP), "--json")

    assert (result.exit_code, found(result)) == (
        Exit.DONE,
        [("last-stage-approved-by-one", "production is given with fewer than two approvals")],
    )


def test_our_own_updates_are_proposed_as_a_registry_s_are() -> None:
    path = ".github/dependabot.yml"
    assert (TOP / path).read_bytes() == shipped.files("github")[path]
