"""What a registry begins with is whole, valid where others publish what is valid, and the same for the same answers."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from modelry import checks, judging, scaffolding
from modelry.cli import COMMANDS
from modelry.model.changes import Class
from modelry.model.policy import Policy
from modelry.model.scaffold import Answers, Forge
from modelry.storage import documents, folders, yaml

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
GITHUB = TOP / "src/modelry/scaffolding/github"

COMMON = {
    ".dvc/.gitignore",
    ".dvc/config",
    ".gitattributes",
    ".gitignore",
    "README.md",
    "registry/registry.yaml",
}
BEGINNING: Mapping[Forge, set[str]] = {
    "local": set(),
    "github": {
        ".github/CODEOWNERS",
        ".github/ISSUE_TEMPLATE/config.yml",
        ".github/ISSUE_TEMPLATE/register-a-model.yml",
        ".github/PULL_REQUEST_TEMPLATE/policy.md",
        ".github/PULL_REQUEST_TEMPLATE/promotion.md",
        ".github/PULL_REQUEST_TEMPLATE/registration.md",
        ".github/PULL_REQUEST_TEMPLATE/withdrawal.md",
        ".github/dependabot.yml",
        ".github/labels.json",
        ".github/pull_request_template.md",
        ".github/requirements-modelry.txt",
        ".github/requirements.txt",
        ".github/rulesets/main.json",
        ".github/rulesets/merge-queue.json",
        ".github/rulesets/pushes.json",
        ".github/rulesets/signatures.json",
        ".github/rulesets/tags.json",
    },
    "gitlab": {
        ".gitlab/CODEOWNERS",
        ".gitlab/merge_request_templates/Default.md",
        ".gitlab/requirements-modelry.txt",
        ".gitlab/requirements.txt",
    },
}
"""What is written besides what CI runs."""
CI = (".github/workflows/", ".github/actions/", ".gitlab/ci/", ".gitlab-ci.yml")


def answers(**told: Any) -> Answers:
    return Answers.model_validate(
        {
            "forge": "github",
            "id": "acme-models",
            "title": "Acme: models, and no others",
            "url": "https://acme.github.io/models",
            "repository": "https://github.com/acme/models",
            "remote": "s3://acme-models/dvc",
            "owners": ("@acme/ml-platform",),
            "tool": "modelry==0.1.0",
            **told,
        }
    )


@pytest.mark.parametrize("forge", BEGINNING)
def test_a_forge_gets_these_files_and_no_others(forge: Forge) -> None:
    made = scaffolding.files(answers(forge=forge))
    assert {path for path in made if not path.startswith(CI)} == COMMON | BEGINNING[forge]
    assert any(path.startswith(CI) for path in made) or forge != "github"
    assert made == scaffolding.files(answers(forge=forge))


@pytest.mark.parametrize("forge", BEGINNING)
@pytest.mark.parametrize("remote", ["s3://acme-models/dvc", ".artifacts"])
def test_a_new_registry_breaks_no_rule(tmp_path: Path, forge: Forge, remote: str) -> None:
    folders.write(scaffolding.files(answers(forge=forge, remote=remote)), tmp_path)
    report = checks.run(checks.ALL, judging.folder(tmp_path, offline=True))
    assert report.findings == ()


@pytest.mark.parametrize("title", ["yes", "Ärzte: 1.10", 'a "quoted" \\ one', "# none", "Our models"])
def test_the_policy_says_what_was_answered(tmp_path: Path, title: str) -> None:
    told = answers(title=title, id="no", remote="ssh://host.example:22/srv/store")
    folders.write(scaffolding.files(told), tmp_path)
    policy = documents.registry(folders.tree(tmp_path)).policy.must
    assert (policy.title, policy.id, policy.url, policy.repository, policy.remotes["store"].url) == (
        title,
        "no",
        told.url,
        told.repository,
        told.remote,
    )
    assert [stage.name for stage in policy.stages] == ["staging", "production"]
    assert policy.stages[1].approvals is not None
    assert not policy.stages[1].approvals.author_may_approve


@pytest.mark.parametrize("forge", BEGINNING)
@pytest.mark.parametrize("repository", ["https://git.acme.example/ml/models", "http://127.0.0.1"])
def test_the_policy_names_the_forge_once_there_is_an_address(forge: Forge, repository: str) -> None:
    data = scaffolding.files(answers(forge=forge, repository=repository))["registry/registry.yaml"]
    policy, faults = documents.parse(data, Policy)
    assert faults == ()
    assert policy is not None
    assert policy.forge == (forge if repository.startswith("https:") and forge != "local" else None)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/register-a-model.yml"),
        ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_files_that_github_reads_are_as_their_schemas_say(schema: str, file: str) -> None:
    command: list[str | Path] = [BIN / "check-jsonschema", "--builtin-schema", schema, GITHUB / file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_there_is_a_label_for_every_class_of_change_and_for_what_workflows_ask() -> None:
    labels = {label["name"] for label in json.loads((GITHUB / ".github/labels.json").read_bytes())}
    audit = {f"audit-{kind}" for kind in ("check", "due", "record", "settings")}
    assert labels == {*get_args(Class), "register", *audit}


def test_every_update_waits_a_week() -> None:
    updates = read(".github/dependabot.yml")["updates"]
    assert [update["cooldown"]["default-days"] for update in updates] == [7, 7]


def test_an_answer_of_the_form_is_known_by_its_label() -> None:
    fields = [field for field in read(".github/ISSUE_TEMPLATE/register-a-model.yml")["body"] if "id" in field]
    labels = [field["attributes"]["label"] for field in fields]
    assert len(set(labels)) == len(labels)
    needed = {field["id"] for field in fields if field.get("validations", {}).get("required")}
    assert needed == {
        *("model", "version", "summary", "url", "sha256", "size", "license"),
        *("dataset", "metrics", "data", "code", "signature", "card"),
    }


def test_main_takes_nothing_but_reviewed_pull_requests_that_the_check_passed() -> None:
    rules = {rule["type"]: rule.get("parameters") for rule in ruleset("main")["rules"]}
    assert rules == {
        "deletion": None,
        "non_fast_forward": None,
        "required_linear_history": None,
        "pull_request": {
            "required_approving_review_count": 1,
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": True,
            "require_last_push_approval": True,
            "required_review_thread_resolution": True,
            "allowed_merge_methods": ["squash"],
        },
        "required_status_checks": {
            "strict_required_status_checks_policy": True,
            "do_not_enforce_on_create": False,
            "required_status_checks": [{"context": "registry", "integration_id": 15368}],
        },
    }


@pytest.mark.parametrize("name", ["main", "merge-queue", "tags", "pushes", "signatures"])
def test_nobody_may_go_around_a_ruleset(name: str) -> None:
    made = ruleset(name)
    assert (made["enforcement"], made["bypass_actors"]) == ("active", [])


def test_what_ci_installs_is_what_our_own_ci_installs() -> None:
    made = scaffolding.files(answers())
    assert made[".github/requirements.txt"] == (TOP / ".github/requirements.txt").read_bytes(), (
        "stale: .ci/renew-requirements"
    )
    assert made[".github/requirements-modelry.txt"].endswith(b"\nmodelry==0.1.0\n")


LINE = re.compile(r"(/[\w./-]+)((?: (?:@[\w-]+(?:/[\w-]+)?|[\w.-]+@[\w.-]+))+)")


def owned(**models: list[str]) -> dict[str, str]:
    text = scaffolding.files(answers(), models)[".github/CODEOWNERS"].decode()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    return {each[1]: each[2].strip() for each in found if each}


def test_code_owners_are_named_for_all_that_decides() -> None:
    found = owned()
    assert set(found.values()) == {"@acme/ml-platform"}
    assert {
        *("/.github/", "/.github/CODEOWNERS", "/.dvc/", "/.modelry.yaml"),
        *("/registry/registry.yaml", "/registry/schemas/", "/registry/models/"),
    } <= found.keys()


def test_a_models_owners_are_asked_beside_the_registrys_where_the_forge_knows_them() -> None:
    found = owned(churn=["@alice", "Bob Smith", "carol@acme.example"], fraud=["Dave"])
    assert found["/registry/models/churn/"] == "@alice carol@acme.example @acme/ml-platform"
    assert "/registry/models/fraud/" not in found
    order = list(found)
    assert order.index("/registry/models/") < order.index("/registry/models/churn/")


def test_the_readme_speaks_of_what_there_is(tmp_path: Path) -> None:
    folders.write(scaffolding.files(answers()), tmp_path)
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "pip install 'modelry[registry]==0.1.0'\n" in text
    alone = answers(forge="local", url="http://127.0.0.1:8000", repository="http://127.0.0.1", owners=())
    local = scaffolding.files(alone)["README.md"].decode()
    assert "127.0.0.1" not in local
    assert "$" not in text + local
    assert set(re.findall(r"modelry ([a-z]+)", text + local)) - {"registry"} <= COMMANDS.keys()


def read(path: str) -> Any:
    return yaml.parse((GITHUB / path).read_bytes()).value


def ruleset(name: str) -> Any:
    return json.loads((GITHUB / f".github/rulesets/{name}.json").read_bytes())
