"""A registry begins in any folder, harms nothing that is there, and works as its printed steps say."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelry import scaffolding
from modelry.cli import group
from modelry.git import Repository
from modelry.model.scaffold import Answers
from modelry.storage import folders


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args])


def contents(top: Path) -> dict[str, bytes]:
    found = (path for path in top.rglob("*") if path.is_file() and ".git" not in path.relative_to(top).parts)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def a_repository(top: Path, origin: str | None = None) -> Repository:
    top.mkdir(parents=True, exist_ok=True)
    repository = Repository(top)
    repository.run("init", "--quiet")
    if origin is not None:
        repository.run("remote", "add", "origin", origin)
    return repository


GITHUB = Answers(
    forge="github",
    id="models",
    title="Our models",
    url="https://acme.github.io/models",
    repository="https://github.com/acme/models",
    remote="s3://acme-models/dvc",
    owners=("@acme/ml",),
    tool="modelry==0.1.0",
)
ASKED = ("--remote", "s3://acme-models/dvc", "--owner", "@acme/ml", "--tool", "modelry==0.1.0")


def test_init_writes_all_that_its_answers_give_and_remembers_them(tmp_path: Path) -> None:
    a_repository(tmp_path, "git@github.com:acme/models.git")
    result = run("init", tmp_path, *ASKED)
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("forge: github (origin is on github.com)\n\n1. Look at ")
    made = contents(tmp_path)
    remembered = made.pop(".modelry.yaml").decode()
    assert made == scaffolding.files(GITHUB)
    assert result.stdout.split() == [*made_in_order(GITHUB), ".modelry.yaml"]
    for path, data in made.items():
        assert f"  {path}: {folders.blob_id(data)}\n" in remembered
    assert "\n  tool: modelry==0.1.0\n" in remembered


def made_in_order(answers: Answers) -> list[str]:
    return list(scaffolding.files(answers))


def test_the_steps_for_github_are_commands_that_name_files_that_there_are(tmp_path: Path) -> None:
    a_repository(tmp_path, "https://github.com/acme/models")
    steps = run("init", tmp_path, *ASKED).stderr
    inputs = [word for line in steps.splitlines() for word in line.split() if word.startswith(".github/")]
    assert sorted(inputs) == sorted(
        f".github/rulesets/{name}.json" for name in ("main", "tags", "merge-queue", "pushes")
    )
    assert all((tmp_path / path).is_file() for path in inputs)
    typed = [line.strip() for line in steps.splitlines() if line.startswith("   gh ")]
    asked = [line.split()[4] for line in typed if line.startswith("gh api")]
    assert asked == [
        *["repos/acme/models/rulesets"] * 4,
        *("repos/acme/models/actions/permissions/workflow", "repos/acme/models", "repos/acme/models/pages"),
        "repos/acme/models/environments/audit",
        "repos/acme/models/environments/audit/deployment-branch-policies",
        "repos/acme/models/environments/production",
        "repos/acme/models/environments/production/deployment-branch-policies",
    ]
    assert "$(gh api orgs/acme/teams/ml --jq .id)" in steps
    for line in typed:
        subprocess.run(["sh", "-n", "-c", line], check=True)


@pytest.mark.parametrize(
    ("origin", "said", "url"),
    [
        (None, "local (there is no origin on a server", "http://127.0.0.1:8000"),
        ("/srv/git/models.git", "local (there is no origin on a server", "http://127.0.0.1:8000"),
        ("https://github.com/Acme/acme.github.io", "github (origin is on github.com)", "https://acme.github.io"),
        ("ssh://git@github.acme.example/ml/models", "github (origin is on github.acme.example)", "http://127.0.0.1:8000"),
        ("git@gitlab.com:acme/ml/models.git", "gitlab (origin is on gitlab.com)", "https://acme.gitlab.io/ml/models"),
        ("https://git.acme.example/ml/models", "local (nothing tells what git.acme.example is", "http://127.0.0.1:8000"),
    ],
)  # fmt: skip
def test_the_forge_is_told_by_origin_and_why_is_said(
    tmp_path: Path, origin: str | None, said: str, url: str
) -> None:
    a_repository(tmp_path / "models", origin)
    result = run("init", tmp_path / "models")
    assert result.stderr.startswith(f"forge: {said}")
    assert f"\nurl: {url}\n".replace('"', "") in (tmp_path / "models/registry/registry.yaml").read_text("utf-8").replace('"', "")  # fmt: skip
    assert run("check", tmp_path / "models", "--offline").exit_code == 0


def test_what_is_there_stays_as_it_is_and_is_named(tmp_path: Path) -> None:
    a_repository(tmp_path, "https://github.com/acme/models")
    ours = {
        ".gitignore": b"/mine",
        "README.md": b"ours\n",
        ".github/workflows/check.yml": b"name: our own\n",
        ".github/labels.json": scaffolding.files(GITHUB)[".github/labels.json"],
        "src/train.py": b"print()\n",
    }
    folders.write(ours, tmp_path)
    result = run("init", tmp_path, *ASKED)
    assert result.exit_code == 0
    after = contents(tmp_path)
    assert {path: after[path] for path in ours if path != ".gitignore"} == {
        path: data for path, data in ours.items() if path != ".gitignore"
    }
    lines = after[".gitignore"].decode().splitlines()
    assert lines[:2] == ["/mine", ""]
    assert "/registry/models/*/versions/*/?*" in lines
    assert "left as it is: .github/workflows/check.yml\nleft as it is: README.md\n" in result.stderr
    assert "README.md" not in after[".modelry.yaml"].decode()
    assert ".github/labels.json" in after[".modelry.yaml"].decode()
    assert "labels.json" not in result.stderr
    assert run("check", tmp_path, "--offline").exit_code == 0


def test_doctor_finds_nothing_to_mend_in_the_files_of_a_new_registry(tmp_path: Path) -> None:
    a_repository(tmp_path, "https://github.com/acme/models")
    run("init", tmp_path, *ASKED)
    result = run("doctor", "--registry", tmp_path, "--json")
    assert result.exit_code == 0, result.stderr
    found = [(each["rule"], each["severity"]) for each in json.loads(result.stdout)["findings"]]
    assert found == [("last-stage-approved-by-one", "needs a person")]


def test_ignore_rules_that_are_there_are_not_written_twice(tmp_path: Path) -> None:
    rules = scaffolding.files(GITHUB)[".gitignore"].replace(b"# ", b"# as we say: ")
    folders.write({".gitignore": b"/mine\n" + rules}, tmp_path)
    run("init", tmp_path)
    assert (tmp_path / ".gitignore").read_bytes() == b"/mine\n" + rules


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    run("init", tmp_path)
    before = contents(tmp_path)
    again = run("init", tmp_path)
    assert (again.exit_code, again.stdout, again.stderr) == (
        6,
        "",
        f"error: {tmp_path}/.modelry.yaml is there already\n hint: to bring newer files: modelry init --update\n",
    )
    assert contents(tmp_path) == before


def test_a_registry_that_was_begun_by_hand_keeps_its_policy_and_its_answers(a_repo: Repository) -> None:
    before = contents(a_repo.top)
    result = run("init", a_repo.top, "--forge", "github")
    assert result.exit_code == 0, result.stderr
    after = contents(a_repo.top)
    assert {path: after[path] for path in before} == before
    assert "\n  id: acme-models\n" in after[".modelry.yaml"].decode()
    assert "  - owner" not in after[".modelry.yaml"].decode()


def test_a_dry_run_writes_nothing_and_names_the_same(tmp_path: Path) -> None:
    told = run("init", tmp_path / "models", *ASKED, "--dry-run")
    assert not (tmp_path / "models").exists()
    assert told.stdout == run("init", tmp_path / "models", *ASKED).stdout


def test_a_folder_inside_a_repository_is_no_place_for_a_registry(tmp_path: Path) -> None:
    top = a_repository(tmp_path / "work").top
    result = run("init", top / "models")
    assert (result.exit_code, result.stderr) == (
        2,
        (
            f"error: {top}/models is inside the repository {top}\n"
            f" hint: a registry lies at the top of its repository: modelry init {top}\n"
        ),
    )
    assert contents(top) == {}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--owner", "Alice Smith", "`owners.0` is 'Alice Smith', expected text like"),
        ("--url", "acme.example", "`url` is 'acme.example', expected an address"),
        ("--remote", "s3://acme models", "`remote` is 's3://acme models', expected text like"),
    ],
)
def test_answers_that_cannot_be_are_refused_before_anything_is_written(
    tmp_path: Path, option: str, value: str, said: str
) -> None:
    result = run("init", tmp_path / "models", option, value)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: what was told: {said}")
    assert not (tmp_path / "models").exists()


def test_where_not_all_can_be_written_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "registry").write_text("in the way", "utf-8")
    (tmp_path / ".gitignore").write_text("mine\n", "utf-8")
    before = contents(tmp_path)
    result = run("init", tmp_path)
    assert result.exit_code == 1
    assert "registry" in result.stderr
    assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", "registry"]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, text in {
        "model.onnx": "weights",
        "metrics.json": '{"accuracy": 0.91}',
        "data.yaml": f"- name: rows\n  uri: s3://acme/rows\n  digest: sha256:{'0' * 64}\n",
        "signature.json": '{"inputs": [{"name": "x", "dtype": "float32", "shape": [null, 4]}],'
        ' "outputs": [{"name": "y", "dtype": "float32", "shape": [null]}]}',
        "params.yaml": "depth: 3\n",
        "card.md": "# Churn\n\nWho is about to leave.\n",
    }.items():
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_the_first_version_reaches_production_as_the_steps_say(typed: Path) -> None:
    origin = typed / "origin.git"
    Repository(typed).run("init", "--quiet", "--bare", str(origin))
    steps = run("init", "models").stderr
    shell("models", *commands(steps.replace("URL", str(origin))))
    os.chdir(typed / "models")
    facts = [f"--{name}=../{name}{ending}" for name, ending in {"metrics": ".json", "data": ".yaml", "signature": ".json", "params": ".yaml", "card": ".md"}.items()]  # fmt: skip
    about = ["--title=Churn", "--purpose=Who leaves", "--task=tabular-classification", "--owner=@alice"]
    made = run("register", "churn", "../model.onnx", "--version=1.0.0", "--summary=The first", "--license=MIT",
               "--dataset=customers@1", f"--code=https://github.com/acme/churn@{'0' * 40}", *facts, *about)  # fmt: skip
    assert made.exit_code == 0, made.stderr
    for args in (
        ("merge", "register/churn/1.0.0"),
        ("promote", "churn@1.0.0", "staging", "--reason=first"),
        ("merge", "promote/churn/staging/1.0.0"),
        ("promote", "churn@1.0.0", "production", "--reason=good"),
    ):
        done = run(*args)
        assert done.exit_code == 0, f"{args}: {done.stderr}"
    alone = run("merge", "promote/churn/production/1.0.0", "--approve")
    assert alone.exit_code == 3
    with pytest.MonkeyPatch.context() as bob:
        bob.setenv("GIT_COMMITTER_NAME", "Bob")
        bob.setenv("GIT_COMMITTER_EMAIL", "bob@example.org")
        merged = run("merge", "promote/churn/production/1.0.0", "--approve")
        assert merged.exit_code == 0, merged.stderr
    assert run("pull", "churn@production", "../pulled.onnx").exit_code == 0
    assert (typed / "pulled.onnx").read_text("utf-8") == "weights"
    assert run("check").exit_code == 0


def commands(steps: str) -> list[str]:
    return [line.strip() for line in steps.splitlines() if line.startswith("   git ")]


def shell(folder: str, *lines: str) -> None:
    assert lines
    for line in lines:
        subprocess.run(line, shell=True, check=True, cwd=folder, capture_output=True)  # noqa: S602 - as one types it
