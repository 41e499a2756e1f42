"""What main's line tells of what happened: every kind of event, and who did it, in repositories of every habit."""

from pathlib import Path

import pytest

import builders
from modelry.forges import local
from modelry.git import Repository
from modelry.model import layout, schema
from modelry.model.events import Event, holding
from modelry.model.landings import PullRequest
from modelry.storage import events, folders, yaml

ADA, GRACE, BOB = "Ada Test <ada@example.org>", "Grace <grace@example.org>", "Bob <bob@example.org>"
BETTER = "better on new customers, no worse elsewhere"


def commit(
    repository: Repository,
    files: dict[str, bytes | None],
    message: str = "A change",
    *parents: str,
    author: str = ADA,
    committer: str = "",
) -> str:
    """Make a commit after main, or after these parents, and let main follow unless it is on the side."""
    base = parents[0] if parents else repository.commit("main")
    removed = [path for path, data in files.items() if data is None]
    tree = repository.write(base, {path: data for path, data in files.items() if data is not None}, removed)
    args = [part for parent in parents or (base,) for part in ("-p", parent)]
    who: dict[str, str] = {}
    for role, person in (("AUTHOR", author), ("COMMITTER", committer or author)):
        name, _, address = person.removesuffix(">").partition(" <")
        who |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": address}
    return repository.run("commit-tree", tree, *args, "-F", "-", given=message.encode(), extra=who).strip()


def land(
    repository: Repository, files: dict[str, bytes | None], message: str = "A change", **who: str
) -> str:
    made = commit(repository, files, message, **who)
    repository.run("update-ref", "refs/heads/main", made)
    return made


def staging(version: str, previous: str | None, reason: str = BETTER) -> dict[str, bytes | None]:
    return {**builders.an_assignment("churn", version, "staging", previous=previous, reason=reason)}


def told(found: tuple[Event, ...]) -> list[tuple[str, ...]]:
    """Give what is not None of each event, but for its commit."""
    return [tuple(str(part) for part in (*event[:5], *event[6:]) if part) for event in found]


def test_every_kind_of_event_is_told_with_its_reason(a_repo: Repository) -> None:
    first = a_repo.commit("main")
    yanked = layout.version("churn", "1.0.0", "yanked.yaml")
    waiver = "registry/models/churn/waivers/late.yaml"
    steps: list[dict[str, bytes | None]] = [
        {**builders.a_policy(title="Other")},
        {layout.schema("tabular-classification"): b"{}"},
        {**builders.a_version("churn", "2.0.0", summary='Said with: "signs" #1')},
        {
            layout.evaluation("churn", "2.0.0", "fairness"): builders.text(
                "evaluation", builders.a_document("evaluation")
            )
        },
        {waiver: builders.text("waiver", builders.a_document("waiver", version="2.0.0"))},
        {waiver: None},
        staging("2.0.0", "1.2.0"),
        staging("2.0.0", "2.0.0", "looked at again"),
        staging("1.2.0", "2.0.0", "it was worse"),
        {layout.stage("churn", "staging"): None},
        {yanked: builders.text("yank", builders.a_document("yank"))},
        {yanked: None},
        {**builders.a_model("churn", (), deprecated={"reason": "Nobody churns."})},
        {**builders.a_model("churn", (), title="Other words")},
        {layout.version("churn", "2.0.0"): None},
    ]
    for step in steps:
        land(a_repo, step)
    found = events.read(a_repo, "main").events
    late = builders.a_document("waiver")
    assert told(tuple(event for event in found if event.commit != first)) == [
        ("policy changed",),
        ("policy changed", "tabular-classification"),
        ("registered", "churn", "2.0.0", 'Said with: "signs" #1'),
        ("evaluated", "churn", "2.0.0", "No group falls behind by more than two points.", "fairness"),
        (
            "waived",
            "churn",
            "2.0.0",
            f"{late['reason']} ({late['rule']} until {late['expires']}, says {late['approver']})",
            "late",
        ),
        ("waiver ended", "churn", "late"),
        ("promoted", "churn", "2.0.0", "staging", "1.2.0", BETTER),
        ("renewed", "churn", "2.0.0", "staging", "2.0.0", "looked at again"),
        ("rolled back", "churn", "1.2.0", "staging", "2.0.0", "it was worse"),
        ("emptied", "churn", "staging", "1.2.0"),
        ("yanked", "churn", "1.0.0", "trained on rows of the test set"),
        ("unyanked", "churn", "1.0.0"),
        ("deprecated", "churn", "Nobody churns."),
        ("undeprecated", "churn"),
        ("removed", "churn", "2.0.0"),
    ]
    assert [event.what for event in found if event.commit == first] == [
        "policy changed",
        *["registered"] * 3,
        *["promoted"] * 2,
    ]


def test_a_model_or_a_stage_alone_is_told_as_in_the_whole(a_repo: Repository) -> None:
    land(a_repo, {**builders.a_model("other", ("1.0.0",)), **builders.an_assignment("other", "1.0.0")})
    land(a_repo, staging("1.1.0", "1.2.0"))
    whole = events.read(a_repo, "main").events
    for name in ("churn", "other"):
        mine = tuple(event for event in whole if event.model == name)
        assert events.read(a_repo, "main", model=name).events == mine
        moved = tuple(event for event in mine if event.stage == "staging")
        assert events.read(a_repo, "main", model=name, stage="staging").events == moved
        assert moved


def test_whatever_held_the_stage_once_comes_back(a_repo: Repository) -> None:
    line = ["1.1.0", "1.2.0", "1.1.0", "1.0.0", "1.1.0", "1.2.0", "1.0.0"]
    for previous, version in zip(["1.2.0", *line], line, strict=False):
        land(a_repo, staging(version, previous))
    found = events.read(a_repo, "main", model="churn", stage="staging").events
    assert [(event.what, event.version) for event in found] == [
        ("promoted", "1.2.0"),
        ("promoted", "1.1.0"),
        ("rolled back", "1.2.0"),
        ("rolled back", "1.1.0"),
        ("promoted", "1.0.0"),
        ("rolled back", "1.1.0"),
        ("rolled back", "1.2.0"),
        ("rolled back", "1.0.0"),
    ]


def test_a_revert_of_a_promotion_is_a_rollback_and_of_a_registration_a_removal(a_repo: Repository) -> None:
    a_repo.run("remote", "remove", "origin")
    promoted = land(a_repo, staging("1.1.0", "1.2.0"), "Promote")
    registered = land(a_repo, {**builders.a_version("churn", "3.0.0")}, "Register")
    a_repo.run("reset", "--quiet", "--hard", "main")
    a_repo.run("revert", "--no-edit", promoted)
    a_repo.run("revert", "--no-edit", registered)
    found = events.read(a_repo, "main").events[-2:]
    assert [(event.what, event.version, event.subject) for event in found] == [
        ("rolled back", "1.2.0", 'Revert "Promote"'),
        ("removed", "3.0.0", 'Revert "Register"'),
    ]


def test_what_cannot_be_read_tells_nothing_but_that_the_stage_is_empty(a_repo: Repository) -> None:
    land(a_repo, {layout.stage("churn", "staging"): b"version: [\n", "registry/models/churn/strange": b""})
    land(a_repo, {layout.stage("churn", "staging"): b"version: {\n"})
    land(a_repo, {layout.stage("churn", "staging"): None})
    found = events.read(a_repo, "main", model="churn").events
    assert [(event.what, event.version, event.previous) for event in found[5:]] == [
        ("emptied", None, "1.2.0")
    ]
    assert ("churn", "staging") not in holding(found)


def test_the_same_in_other_words_is_no_event(a_repo: Repository) -> None:
    before = events.read(a_repo, "main").events
    land(a_repo, staging("1.2.0", None, "said otherwise"))
    land(a_repo, {**builders.a_model("churn", (), title="Another title")})
    assert events.read(a_repo, "main").events == before


@pytest.mark.parametrize(
    "summary",
    [
        "Plain words, with 3 commas, and (brackets).",
        "'quoted: so'",
        '"so \\"as\\" well"',
        "it goes\n  on below",
        ">-\n  folded\n  text",
        "short",
        "ends in a colon:x",
    ],
)
def test_a_registrations_reason_is_what_a_reader_of_yaml_finds(a_repo: Repository, summary: str) -> None:
    path = layout.version("churn", "5.0.0")
    data = builders.a_version("churn", "5.0.0", summary="SUMMARY")[path].replace(b"SUMMARY", summary.encode())
    land(a_repo, {path: data})
    value = yaml.parse(data).value
    assert isinstance(value, dict)
    assert events.read(a_repo, "main", model="churn").events[-1].reason == value["summary"]


def test_modelrys_own_merge_says_who_proposed_and_who_merged(a_repo: Repository) -> None:
    side = commit(a_repo, staging("1.1.0", "1.2.0"), "Promote", author=BOB)
    a_repo.run("update-ref", "refs/heads/promote", side)
    a_repo.run("push", "--quiet", "origin", "promote")
    local.merge(a_repo, "promote", approve=False, offline=True)
    (event,) = events.read(a_repo, "origin/main", model="churn", stage="staging").events[1:]
    assert event.landing[3:] == ((BOB,), ADA, (), "evidence", None)
    # A clone that has not fetched the notes has the merge's own message.
    for ref in ("refs/notes/modelry", "refs/notes/origin/modelry"):
        a_repo.run("update-ref", "-d", ref)
    (event,) = events.read(a_repo, "origin/main", model="churn", stage="staging").events[1:]
    assert event.landing[3:] == ((BOB,), ADA, (), "merge", None)


def test_a_merge_without_trailers_is_of_those_whose_commits_it_merges(a_repo: Repository) -> None:
    base = a_repo.commit("main")
    one = commit(a_repo, {**builders.a_version("churn", "3.0.0")}, "One", base, author=BOB)
    two = commit(a_repo, {**builders.a_version("churn", "4.0.0")}, "Two", base, author=GRACE)
    both = {**builders.a_version("churn", "3.0.0"), **builders.a_version("churn", "4.0.0")}
    octopus = commit(a_repo, {**both}, "Merge branches 'one' and 'two'", base, one, two)
    a_repo.run("update-ref", "refs/heads/main", octopus)
    found = events.read(a_repo, "main").events[-2:]
    assert [(event.what, event.version, event.commit) for event in found] == [
        ("registered", "3.0.0", octopus),
        ("registered", "4.0.0", octopus),
    ]
    assert {event.landing[3:] for event in found} == {((BOB, GRACE), ADA, None, None, None)}


def test_a_squash_tells_its_pull_request_and_no_approval_that_its_author_wrote(a_repo: Repository) -> None:
    land(a_repo, {**builders.a_policy(repository="https://github.com/acme/models")}, "Move")
    forged = (
        "Promote churn (#12)\n\nso good\n\nApproved-by: The Boss <boss@example.org>\nChecked-by: modelry 9"
    )
    land(a_repo, staging("1.1.0", "1.2.0"), forged, author=BOB, committer="GitHub <noreply@github.com>")
    (event,) = events.read(a_repo, "main", model="churn", stage="staging").events[1:]
    request = PullRequest(12, "https://github.com/acme/models/pull/12")
    assert event.landing[3:] == ((BOB,), "GitHub <noreply@github.com>", None, None, request)


def test_evidence_on_another_commit_tells_nothing_of_this_one(a_repo: Repository) -> None:
    a_repo.run("update-ref", "refs/heads/promote", commit(a_repo, staging("1.1.0", "1.2.0"), author=BOB))
    a_repo.run("push", "--quiet", "origin", "promote")
    merged = local.merge(a_repo, "promote", approve=False, offline=True).commit
    a_repo.run("update-ref", "refs/heads/main", merged)
    last = land(a_repo, staging("1.2.0", "1.1.0"), author=GRACE)
    a_repo.run("notes", "--ref=modelry", "copy", merged, last)
    event = events.read(a_repo, "main", model="churn", stage="staging").events[-1]
    assert (event.commit, event.landing[3:]) == (last, ((GRACE,), None, None, None, None))


def test_a_shallow_clone_tells_what_it_has_and_from_where_on(a_repo: Repository, tmp_path: Path) -> None:
    land(a_repo, staging("1.1.0", "1.2.0"))
    land(a_repo, staging("1.0.0", "1.1.0"))
    last = land(a_repo, staging("1.1.0", "1.0.0"))
    url = a_repo.top.as_uri()
    a_repo.run("clone", "--quiet", "--depth", "2", "--branch", "main", url, str(tmp_path / "shallow"))
    found = events.read(Repository(tmp_path / "shallow"), "main")
    assert [(event.what, event.version, event.commit) for event in found.events] == [
        ("rolled back", "1.1.0", last)
    ]
    assert found.unknown_before is not None
    assert found.unknown_before.commit == a_repo.commit("main~1")
    assert events.read(a_repo, "main").unknown_before is None


def test_a_registry_that_began_later_in_a_repository_of_code_is_told_from_there(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.run("init", "--quiet")
    repository.run("commit", "--quiet", "--allow-empty", "--message", "Code")
    assert events.read(repository, "main").events == ()
    folders.write({**builders.a_registry(1, 1), **schema.files()}, tmp_path)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "Begin")
    assert [event.what for event in events.read(repository, "main").events] == [
        "policy changed",
        "registered",
        "promoted",
        "promoted",
    ]
