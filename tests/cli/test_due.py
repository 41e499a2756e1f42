"""`modelry list --due`: whose term ends, which waivers expire, who must act and by what."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.model.events import Event
from modelry.model.files import Files
from modelry.model.landings import Landing
from modelry.model.terms import ends
from modelry.storage import folders

TOP = Path(__file__).parents[2]


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def landed(repository: Repository, files: Files, day: str) -> str:
    """Put a commit with this clock on main."""
    folders.write(files, repository.top)
    repository.run("add", "--all")
    dates = {f"GIT_{role}_DATE": f"{day}T12:00:00Z" for role in ("AUTHOR", "COMMITTER")}
    repository.run("commit", "--quiet", "--allow-empty", "--message", "Next", extra=dates)
    return repository.commit("HEAD")


def a_waiver(name: str, expires: str, **overrides: object) -> Files:
    document = builders.a_document(
        "waiver", **{"version": None, "stage": None, "expires": expires, **overrides}
    )
    return {f"registry/models/churn/waivers/{name}.yaml": builders.text("waiver", document)}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Production lasts 90 days, staging for ever; 1.0.0 went into production on 1 March 2026."""
    top = tmp_path / "registry-of-terms"
    top.mkdir()
    monkeypatch.chdir(top)
    repository = Repository(top)
    repository.run("init", "--quiet")
    stages = [
        {"name": "staging"},
        {"name": "production", "after": ["staging"], "expires_after": "90d"},
    ]
    landed(repository, {**builders.a_registry(versions=3), **builders.a_policy(stages=stages)}, "2026-03-01")
    return repository


def due(*args: str) -> tuple[int, list[tuple[str, str, bool]]]:
    result = run("list", "--due", *args, "--json")
    answer = json.loads(result.stdout)
    Draft202012Validator(json.loads((TOP / "schemas/due/v1.json").read_text("utf-8"))).validate(answer)
    return result.exit_code, [(one["name"], one["due"], one["overdue"]) for one in answer["due"]]


ENDS = "2026-05-30T12:00:00Z"


@pytest.mark.parametrize(
    ("at", "within", "expected"),
    [
        ("2026-05-15", "14d", (0, [])),
        ("2026-05-16T12:00:00Z", "14d", (0, [("production", ENDS, False)])),
        ("2026-05-16T11:59:59Z", "14d", (0, [])),
        ("2026-04-01", "10w", (0, [("production", ENDS, False)])),
        ("2026-05-30T11:59:59Z", "1m", (0, [("production", ENDS, False)])),
        ("2026-05-30T12:00:00Z", "1m", (3, [("production", ENDS, True)])),
        ("2026-12-24", "14d", (3, [("production", ENDS, True)])),
    ],
)
@pytest.mark.usefixtures("registry")
def test_a_term_begins_when_main_moved_the_stage(
    at: str, within: str, expected: tuple[int, list[tuple[str, str, bool]]]
) -> None:
    assert due("--at", at, "--within", within) == expected


@pytest.mark.usefixtures("registry")
def test_the_table_says_who_must_act_and_what_to_type() -> None:
    result = run("list", "--due", "--at", "2026-06-01")
    head, row = result.stdout.splitlines()
    assert head.split() == ["due", "what", "who", "command"]
    assert row == (
        "2026-05-30 12:00  OVERDUE  stage production of churn@1.0.0  @alice, @acme/growth  "
        "modelry promote churn@1.0.0 production --reason …"
    )
    assert result.exit_code == 3


def test_a_new_holder_begins_a_new_term(registry: Repository) -> None:
    landed(registry, builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0"), "2026-05-01")
    assert due("--at", "2026-06-01") == (0, [])
    assert due("--at", "2026-08-01") == (3, [("production", "2026-07-30T12:00:00Z", True)])
    assert due("--at", "2026-04-30", "--within", "5w") == (0, [("production", ENDS, False)])


def test_an_unrelated_commit_begins_none(registry: Repository) -> None:
    landed(registry, {"registry/models/churn/training/train.py": b"pass\n"}, "2026-05-20")
    assert due("--at", "2026-06-01") == (3, [("production", ENDS, True)])


def test_now_is_now_unless_told(registry: Repository) -> None:
    assert due() == (3, [("production", ENDS, True)])
    today = datetime.now(UTC)
    landed(
        registry,
        builders.an_assignment("churn", "1.1.0", "production", previous="1.0.0"),
        f"{today:%Y-%m-%d}",
    )
    assert due() == (0, [])


def test_a_clock_that_ran_ahead_makes_no_term_longer(registry: Repository) -> None:
    landed(registry, builders.an_assignment("churn", "1.1.0", "production", previous="1.0.0"), "2031-01-01")
    expected = "2026-09-30T12:00:00Z"
    moved = builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0")
    landed(registry, moved, "2026-07-02")  # what came next knows better
    assert due("--at", landed(registry, {}, "2026-10-01")) == (3, [("production", expected, True)])


def test_with_nothing_after_it_a_clock_ahead_counts_as_now() -> None:
    files = {**builders.a_policy(stages=[{"name": "staging", "expires_after": "1d"}])}
    policy = builders.registry_of(files).policy.must
    now = datetime(2026, 3, 1, tzinfo=UTC)
    landing = Landing("a" * 40, now + timedelta(days=900), "subject", ("Ada",))
    event = Event("promoted", "churn", "1.0.0", "staging", None, landing)
    assert ends(policy, [event], now) == {("churn", "staging"): now + timedelta(days=1)}
    assert ends(policy, [], now) == {}


def test_a_clock_that_lagged_spoils_the_term_of_the_one_before_only(registry: Repository) -> None:
    for number, day in (("1.1.0", "2026-04-01"), ("1.2.0", "2026-05-01")):
        landed(registry, builders.an_assignment("churn", number, "production", previous=None), day)
    landed(registry, builders.an_assignment("churn", "1.0.0", "staging", previous=None), "2001-01-01")
    landed(registry, builders.an_assignment("churn", "1.0.0", "production", previous=None), "2026-06-01")
    assert due("--at", landed(registry, {}, "2026-06-02")) == (0, [])


def test_a_withdrawn_version_is_not_to_be_renewed(registry: Repository) -> None:
    yank = builders.text("yank", builders.a_document("yank", replacement=None))
    landed(registry, {layout.version("churn", "1.0.0", "yanked.yaml"): yank}, "2026-03-02")
    (told,) = json.loads(run("list", "--due", "--at", "2026-06-01", "--json").stdout)["due"]
    assert told["command"] == "modelry rollback churn production --reason …"


def test_waivers_are_due_at_the_end_of_their_last_day(registry: Repository) -> None:
    landed(
        registry,
        {**a_waiver("near", "2026-03-10"), **a_waiver("far", "2026-04-30"), **a_waiver("past", "2026-02-28")},
        "2026-03-02",
    )
    assert due("--at", "2026-03-10T23:59:59Z") == (
        3,
        [("past", "2026-03-01T00:00:00Z", True), ("near", "2026-03-11T00:00:00Z", False)],
    )
    told = json.loads(run("list", "--due", "--at", "2026-03-10", "--json").stdout)["due"][1]
    assert {**told, "who": []} == {
        "kind": "waiver",
        "model": "churn",
        "name": "near",
        "version": None,
        "due": "2026-03-11T00:00:00Z",
        "overdue": False,
        "who": [],
        "command": "modelry waive churn --undo near --reason …",
    }


def test_due_can_be_asked_of_some_versions_only(registry: Repository) -> None:
    landed(
        registry,
        {**a_waiver("mine", "2026-05-30", stage="production"), **a_waiver("all", "2026-05-30")},
        "2026-03-02",
    )
    at = ("--at", "2026-05-25")
    assert [name for name, _, _ in due(*at)[1]] == ["production", "all", "mine"]
    assert [name for name, _, _ in due(*at, "--where", 'model == "churn" && stage != ""')[1]] == [
        "production"
    ]
    assert due(*at, "--where", 'model == "fraud"') == (0, [])
    assert [name for name, _, _ in due(*at, "--stage", "production")[1]] == ["production"]
    assert due(*at, "--stage", "staging") == (0, [])
    assert [name for name, _, _ in due(*at, "--limit", "1")[1]] == ["production"]


def test_without_a_term_nothing_is_ever_due(registry: Repository) -> None:
    landed(registry, builders.a_policy(), "2026-03-02")
    assert due("--at", "2036-01-01") == (0, [])
