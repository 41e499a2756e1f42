"""What commands say to programs is what the published schemas say."""

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.reports import documents
from modelry.storage import folders


@pytest.fixture
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry with evidence, a yank and a yank that was lifted."""
    path = layout.version("churn", "1.0.0", "")
    for name, kind in (
        ("evaluations/fair", "evaluation"),
        ("yanked", "yank"),
        ("unyanked-1", "unyank"),
    ):
        folders.write({f"{path}{name}.yaml": builders.text(kind, builders.a_document(kind))}, a_repo.top)
    monkeypatch.chdir(a_repo.top)
    return a_repo


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("list", "list"),
        ("list", "list --stage production"),
        ("list", "list --stage production --at HEAD"),
        ("show", "show churn@production"),
        ("show", "show churn@1.1.0 --at HEAD"),
        ("resolution", "resolve churn@1.0.0 --allow-yanked"),
        ("resolution", "resolve churn@staging"),
        ("versions", "list --where true"),
        ("due", "list --due"),
        ("history", "history"),
        ("diff", "diff churn@1.0.0 churn@1.1.0"),
        ("changes", "diff --at HEAD --at HEAD"),
        ("tags", "tags --dry-run"),
        ("audit", "audit verify"),
    ],
)
def test_an_answer_is_what_its_schema_says(kind: str, command: str) -> None:
    done = CliRunner().invoke(group, [*command.split(), "--json"], catch_exceptions=False)
    answer = json.loads(done.stdout)
    schema = documents.of(kind)
    Draft202012Validator(schema).validate(answer)
    assert answer["schema"] == f"{kind}/v1"
    assert set(schema["properties"]) >= set(answer)
