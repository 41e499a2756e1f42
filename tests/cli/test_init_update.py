"""Newer files come as a proposal: what was edited here is merged, never lost, and never half-written."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelry import scaffolding
from modelry.cli import group
from modelry.founding import memory
from modelry.git import Repository
from modelry.model.files import Files
from modelry.model.scaffold import Answers, Scaffold
from modelry.storage import folders

FORM = ".github/ISSUE_TEMPLATE/register-a-model.yml"
OWNERS = ".github/CODEOWNERS"
LABELS = ".github/labels.json"
TEMPLATE = ".github/PULL_REQUEST_TEMPLATE/policy.md"
REMEMBERED = ".modelry.yaml"


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args)


@pytest.fixture
def begun(tmp_path: Path, origin: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry for GitHub that was begun and pushed; there, nothing is newer."""
    top = tmp_path / "models"
    asked = (
        "--forge=github",
        "--owner=@acme/ml",
        "--tool=modelry==0.1.0",
        "--url=https://acme.example/models",
    )
    assert run("init", str(top), *asked).exit_code == 0
    repository = Repository(top)
    repository.run("init", "--quiet")
    repository.run("remote", "add", "origin", str(origin))
    commit(repository, {})
    monkeypatch.chdir(top)
    return repository


def commit(repository: Repository, files: Files, *removed: str) -> None:
    folders.write(files, repository.top)
    for path in removed:
        (repository.top / path).unlink()
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--allow-empty", "--message", "Change what came from modelry")
    repository.run("push", "--quiet", "origin", "HEAD:main")


def remembered(repository: Repository, revision: str = "main") -> Scaffold:
    return memory.load(repository.tree(revision))


def as_of_old(repository: Repository, files: Files) -> None:
    """Let main be as an older modelry began it, with other files."""
    known = remembered(repository)
    ids = {**known.files, **{path: folders.blob_id(data) for path, data in files.items()}}
    commit(repository, {**files, REMEMBERED: memory.dump(known.answers, ids)})


def proposed(repository: Repository, branch: str = "init/update") -> dict[str, bytes | None]:
    differing = repository.differing("main", branch)
    tree = repository.tree(branch)
    return {path: tree.read(path) if entry else None for path, entry in differing.items()}


def shipped(repository: Repository, path: str) -> bytes:
    return scaffolding.files(remembered(repository).answers)[path]


def test_where_nothing_is_newer_nothing_is_proposed(begun: Repository) -> None:
    commit(begun, {"README.md": b"# Our own words\n", FORM: b"name: ours\n"})
    result = run("init", "--update")
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "",
        "nothing to do: all is as this modelry writes it, or as you have it\n",
    )
    assert begun.resolves("init/update") is None


def test_what_nobody_edited_is_renewed(begun: Repository) -> None:
    as_of_old(begun, {FORM: b"name: as it was\n"})
    result = run("init", "--update")
    assert (result.exit_code, result.stdout) == (0, "init/update\n"), result.stderr
    new = shipped(begun, FORM)
    assert {path: data for path, data in proposed(begun).items() if path != REMEMBERED} == {FORM: new}
    assert remembered(begun, "init/update").files[FORM] == folders.blob_id(new)
    assert run("merge", "init/update").exit_code == 0
    assert run("init", "--update").stderr.startswith("nothing to do")


def test_what_was_edited_is_merged_with_what_is_new(begun: Repository) -> None:
    new = shipped(begun, FORM).decode()
    old = new.replace("name: Register a model\n", "name: Propose a model\n")
    as_of_old(begun, {FORM: old.encode()})
    ours = "  - type: markdown\n    attributes:\n      value: Ask Carol.\n"
    commit(begun, {FORM: (old + ours).encode()})
    assert run("init", "--update").exit_code == 0
    assert proposed(begun)[FORM] == (new + ours).encode()
    assert remembered(begun, "init/update").files[FORM] == folders.blob_id(new.encode())


@pytest.mark.parametrize("how", ["--keep", "--take"])
def test_where_both_changed_the_same_lines_nothing_is_written_until_somebody_decides(
    begun: Repository, how: str
) -> None:
    as_of_old(begun, {LABELS: b"[]\n", TEMPLATE: b"old\n"})
    commit(begun, {LABELS: b'["ours"]\n'})
    result = run("init", "--update")
    assert (result.exit_code, result.stdout, result.stderr) == (
        6,
        "",
        (
            f"error: changed here and in modelry, in the same lines: {LABELS}\n"
            " hint: say of each which one it shall be: --keep PATH for yours as it is, --take PATH for the new one\n"
        ),
    )
    assert begun.resolves("init/update") is None
    assert run("init", "--update", how, LABELS).exit_code == 0
    made = proposed(begun)
    assert made[TEMPLATE] == shipped(begun, TEMPLATE)
    assert made.get(LABELS) == (shipped(begun, LABELS) if how == "--take" else None)
    assert run("merge", "init/update").exit_code == 0
    assert run("init", "--update").stderr.startswith("nothing to do")


def test_what_was_edited_before_its_first_commit_has_no_base_and_is_a_conflict(begun: Repository) -> None:
    known = remembered(begun)
    ids = {**known.files, LABELS: folders.blob_id(b"never committed\n")}
    commit(begun, {LABELS: b"ours\n", REMEMBERED: memory.dump(known.answers, ids)})
    assert run("init", "--update").exit_code == 6


def test_what_was_deleted_stays_deleted(begun: Repository) -> None:
    as_of_old(begun, {FORM: b"name: as it was\n", TEMPLATE: b"old\n"})
    commit(begun, {}, FORM)
    assert run("init", "--update").exit_code == 0
    assert proposed(begun).keys() == {TEMPLATE, REMEMBERED}


def test_a_file_that_is_new_in_modelry_arrives(begun: Repository) -> None:
    known = remembered(begun)
    ids = {path: id_ for path, id_ in known.files.items() if path not in {FORM, LABELS}}
    commit(begun, {REMEMBERED: memory.dump(known.answers, ids), LABELS: b"our own\n"}, FORM)
    result = run("init", "--update")
    assert proposed(begun)[FORM] == shipped(begun, FORM)
    assert LABELS not in proposed(begun)
    assert f"left as it is: {LABELS}\n" in result.stderr


def test_a_file_that_modelry_has_no_more_goes_unless_it_was_edited(begun: Repository) -> None:
    as_of_old(begun, {".github/one.yml": b"one\n", ".github/two.yml": b"two\n"})
    commit(begun, {".github/two.yml": b"ours\n"})
    assert run("init", "--update").exit_code == 0
    made = proposed(begun)
    assert made.pop(REMEMBERED) is not None
    assert made == {".github/one.yml": None}
    assert remembered(begun, "init/update").files.keys() == remembered(begun).files.keys() - {
        ".github/one.yml",
        ".github/two.yml",
    }


def test_a_new_answer_is_remembered_and_the_others_are_kept(begun: Repository) -> None:
    before = remembered(begun).answers
    assert run("init", "--update", "--owner", "@acme/risk").exit_code == 0
    assert remembered(begun, "init/update").answers == Answers.model_validate(
        {**before.model_dump(), "owners": ("@acme/risk",)}
    )
    assert b"/.github/ @acme/risk\n" in (proposed(begun)[OWNERS] or b"")


def test_the_owners_of_models_come_from_their_documents(begun: Repository) -> None:
    text = (
        'schema: model/v1\ntitle: Churn\nsummary: Who leaves.\nowners:\n  - "@alice"\ntask: other\ntags: []\n'
    )
    commit(begun, {"registry/models/churn/model.yaml": text.encode()})
    assert run("init", "--update").exit_code == 0
    assert b"\n/registry/models/churn/ @alice @acme/ml\n" in (proposed(begun)[OWNERS] or b"")


def test_the_policy_is_never_touched(begun: Repository) -> None:
    path = "registry/registry.yaml"
    before = begun.tree("main").read(path)
    as_of_old(begun, {path: before.replace(b"tolerance: 0.01", b"tolerance: 0.02"), FORM: b"name: old\n"})
    assert run("init", "--update").exit_code == 0
    assert path not in proposed(begun)


def test_a_dry_run_shows_the_proposal_and_makes_none(begun: Repository) -> None:
    as_of_old(begun, {TEMPLATE: b"old\n"})
    result = run("init", "--update", "--dry-run")
    assert result.exit_code == 0
    assert f"--- {TEMPLATE}\n{shipped(begun, TEMPLATE).decode()}" in result.stdout
    assert begun.resolves("init/update") is None


def test_a_registry_that_remembers_nothing_is_told_how_to(a_repo: Repository) -> None:
    result = CliRunner().invoke(group, ["init", str(a_repo.top), "--update"])
    assert (result.exit_code, result.stderr) == (
        5,
        (
            "error: main has no .modelry.yaml: nobody knows what came from modelry\n"
            " hint: write what is missing, and it: modelry init . ; then commit that\n"
        ),
    )


def test_a_path_that_never_came_from_modelry_is_refused(begun: Repository) -> None:
    result = run("init", "--update", "--keep", "train.py")
    assert (result.exit_code, begun.resolves("init/update")) == (2, None)
    assert "train.py never came from modelry" in result.stderr
