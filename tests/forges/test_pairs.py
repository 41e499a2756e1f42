"""Two changes that start from one main: whichever lands first, the second never makes a main that breaks a rule.

Twelve kinds of change, each with each other and each with itself: 78 pairs, in both orders. All of it happens in
one bare repository, by the very functions that `modelry merge` is made of.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations_with_replacement
from typing import NamedTuple

import pytest

import builders
from modelry import checks, judging, proposals
from modelry.errors import ConflictError
from modelry.forges import local
from modelry.git import Repository, merging
from modelry.model import changes, layout, names
from modelry.model.registry import Registry
from modelry.proposals import Proposal
from modelry.storage import commits

MERGES = "merges"
CONFLICTS = "conflicts"


class Change(NamedTuple):
    """What a proposal does to main's tree."""

    files: dict[str, bytes]
    removed: tuple[str, ...] = ()


def of(proposal: Proposal) -> Change:
    return Change(local.files(proposal))


def register(_: Registry, *, again: bool) -> Change:
    return Change(builders.a_model("retention") if again else builders.a_version("churn", "1.3.0"))


def register_other_bytes(_: Registry, *, again: bool) -> Change:
    """The same version as `register`, of another training: other weights, and so another record and pointer."""
    data = b"other weights of churn 1.3.0" + b"!" * again
    artifact = {
        "path": "model.onnx",
        "format": "onnx",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    files = builders.a_version("churn", "1.3.0", artifact=artifact)
    pointer = f"outs:\n- md5: {hashlib.md5(data).hexdigest()}\n  size: {len(data)}\n  hash: md5\n  path: model.onnx\n"
    return Change({**files, layout.version("churn", "1.3.0", "model.onnx.dvc"): pointer.encode()})


def promote(registry: Registry, *, again: bool) -> Change:
    version = registry.find(names.reference("churn@1.2.0" if again else "churn@1.1.0"))
    return of(proposals.promote(registry, version, "production", "it is better"))


def roll_back(registry: Registry, *, again: bool) -> Change:
    version = registry.find(names.reference("churn@1.0.0" if again else "churn@1.1.0"))
    return of(proposals.rollback(registry.model("churn"), "staging", version, "it was better"))


def yank(registry: Registry, *, again: bool) -> Change:
    version = registry.find(names.reference("churn@1.1.0"))
    return of(proposals.yank(registry, version, "it leaks, still" if again else "it leaks", "high", "1.2.0"))


def deprecate(_: Registry, *, again: bool) -> Change:
    reason = "nobody asks any more" if again else "superseded by the household model"
    document = builders.a_document("model", profile=None, deprecated={"reason": reason})
    return Change({layout.model("churn"): builders.text("model", document)})


def evaluate(registry: Registry, *, again: bool) -> Change:
    version = registry.find(names.reference("churn@1.1.0"))
    measured = builders.a_document("evaluation", metrics={"auc": 0.7 if again else 0.9})
    return of(proposals.evaluate(version, "fairness", measured))


def waive(_: Registry, *, again: bool) -> Change:
    waiver = builders.a_document(
        "waiver",
        version="1.1.0",
        gate="auc",
        expires="2999-12-31",
        reason="until the " + ("fall" if again else "summer"),
    )
    return Change({"registry/models/churn/waivers/latency.yaml": builders.text("waiver", waiver)})


def edit_a_card(_: Registry, *, again: bool) -> Change:
    return Change({layout.version("churn", "1.1.0", "card.md"): b"# it is good\n" + b"Very.\n" * again})


def delete(registry: Registry, *, again: bool) -> Change:
    version = registry.find(names.reference("churn@1.0.0" if again else "churn@1.1.0"))
    return Change({}, version.paths)


def case_variant(_: Registry, *, again: bool) -> Change:
    name = "CHURN" if again else "Churn"
    return Change({f"registry/models/{name}/model.yaml": builders.a_model()[layout.model("churn")]})


def policy(_: Registry, *, again: bool) -> Change:
    gates = [{"metric": "auc", "at_least": 0.97 if again else 0.95}]
    stages = [{"name": "staging"}, {"name": "production", "after": ["staging"], "gates": gates}]
    return Change(builders.a_policy(stages=stages))


KINDS: dict[str, Callable[..., Change]] = {
    "register": register,
    "register the same version with other bytes": register_other_bytes,
    "promote": promote,
    "roll back": roll_back,
    "yank": yank,
    "deprecate": deprecate,
    "evaluate": evaluate,
    "waive": waive,
    "edit a card": edit_a_card,
    "delete a version": delete,
    "add a case variant of a model": case_variant,
    "raise a gate": policy,
}
PAIRS = list(combinations_with_replacement(KINDS, 2))

REFUSED_ALONE = {
    "edit a card": "version-altered",
    "delete a version": "version-altered",
    "add a case variant of a model": "unexpected-file",
}

GONE = "incomplete-version, invalid-document, version-altered"

# What becomes of the second once the first is merged. What is not here goes as it does alone.
SECOND = {
    # Both write one file, and git cannot have both.
    ("register", "register the same version with other bytes"): CONFLICTS,
    ("register the same version with other bytes", "register"): CONFLICTS,
    ("register the same version with other bytes", "register the same version with other bytes"): CONFLICTS,
    ("promote", "promote"): CONFLICTS,
    ("roll back", "roll back"): CONFLICTS,
    ("yank", "yank"): CONFLICTS,
    ("deprecate", "deprecate"): CONFLICTS,
    ("evaluate", "evaluate"): CONFLICTS,
    ("waive", "waive"): CONFLICTS,
    ("raise a gate", "raise a gate"): CONFLICTS,
    # Git merges them without a word, and together they are wrong.
    ("promote", "yank"): "yanked-in-stage",
    ("yank", "promote"): "yanked-in-stage",
    ("roll back", "yank"): "yanked-in-stage",
    ("yank", "roll back"): "yanked-in-stage",
    ("raise a gate", "promote"): "metric-misses-gate",
    # Refused alone, and for more once something hangs on what they remove.
    ("promote", "delete a version"): "unknown-version, version-altered",
    ("roll back", "delete a version"): "unknown-version, version-altered",
    ("yank", "delete a version"): GONE,
    ("evaluate", "delete a version"): GONE,
}

# The pairs that people will meet, each by what must become of its second.
NOTABLE = {
    "one version is registered twice with different bytes: git refuses the second": (
        "register",
        "register the same version with other bytes",
        CONFLICTS,
    ),
    "two versions take one stage: git refuses the second": ("promote", "promote", CONFLICTS),
    "two rollbacks of one stage: git refuses the second": ("roll back", "roll back", CONFLICTS),
    "a version is promoted after its yank": ("yank", "promote", "yanked-in-stage"),
    "a version is yanked after its promotion": ("promote", "yank", "yanked-in-stage"),
    "a stage goes back to what was yanked meanwhile": ("yank", "roll back", "yanked-in-stage"),
    "a promotion meets the gate that was raised meanwhile": ("raise a gate", "promote", "metric-misses-gate"),
    "a gate that is raised judges no promotion that is merged": ("promote", "raise a gate", MERGES),
    "a rollback asks no gate, not even a raised one": ("raise a gate", "roll back", MERGES),
    "a promotion and a rollback of other stages do not meet": ("promote", "roll back", MERGES),
    "two proposals of one evaluation's name: git refuses the second": ("evaluate", "evaluate", CONFLICTS),
    "a version with evidence that came meanwhile is not removed": ("evaluate", "delete a version", GONE),
}


class World:
    """One bare repository with one main; every change, and every main after one change, is made once."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.begin = self._begin()
        self.registry = commits.registry(repository, self.begin)
        self._heads: dict[tuple[str, bool], str] = {}
        self._landed: dict[tuple[str, bool], tuple[str, str | None]] = {}

    def _begin(self) -> str:
        files = {**builders.a_policy(), **builders.a_model("churn", ["1.0.0", "1.1.0", "1.2.0"])}
        moments = [
            (("1.0.0", "staging", None),),
            (("1.0.0", "production", None), ("1.1.0", "staging", "1.0.0")),
            (("1.2.0", "staging", "1.1.0"),),
        ]
        commits: list[str] = []
        for moment in moments:
            for version, stage, previous in moment:
                files |= builders.an_assignment("churn", version, stage, previous=previous)
            tree = self.repository.write(None, files)
            commits.append(self.repository.record(tree, commits[-1:], "a moment"))
        return commits[-1]

    def head(self, kind: str, *, again: bool = False) -> str:
        """Give the commit of a proposal of this kind; `again` gives another one of the kind."""
        if (kind, again) not in self._heads:
            files, removed = KINDS[kind](self.registry, again=again)
            tree = self.repository.write(self.begin, files, removed)
            self._heads[kind, again] = self.repository.record(tree, [self.begin], kind)
        return self._heads[kind, again]

    def land(self, main: str, head: str) -> tuple[str, str | None]:
        """Say what becomes of a proposal, and give the new main if it moved."""
        try:
            tree = merging.merge(self.repository, main, head)
        except ConflictError:
            return CONFLICTS, None
        report = checks.run(checks.ALL, judging.change(self.repository, main, tree, offline=True))
        if report.errors:
            return ", ".join(sorted({finding.rule for finding in report.errors})), None
        return MERGES, self.repository.record(tree, [main, head], "merge")

    def first(self, kind: str, *, again: bool = False) -> tuple[str, str | None]:
        """Say what becomes of a proposal that lands on the main it started from."""
        if (kind, again) not in self._landed:
            self._landed[kind, again] = self.land(self.begin, self.head(kind, again=again))
        return self._landed[kind, again]

    def faults(self, main: str) -> list[str]:
        """Give what breaks a rule on main as it stands, by its own policy."""
        registry = commits.registry(self.repository, main)
        now = datetime.now(UTC)
        context = checks.Context(
            changes.between(registry, registry), registry.policy.must, now.date(), now, everything=True
        )
        return [f"{found.path}: {found.rule}" for found in checks.run(checks.ALL, context).errors]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    bare = tmp_path_factory.mktemp("pairs") / "origin.git"
    Repository(bare.parent).run("init", "--quiet", "--bare", "--template=", str(bare))
    return World(Repository(bare))


def test_there_are_78_pairs_of_twelve_kinds() -> None:
    assert (len(KINDS), len(PAIRS)) == (12, 78)


def test_the_main_that_all_start_from_breaks_no_rule(world: World) -> None:
    assert world.faults(world.begin) == []


@pytest.mark.parametrize("again", [False, True], ids=["one", "another"])
@pytest.mark.parametrize("kind", KINDS)
def test_alone_a_change_merges_or_is_refused_for_what_it_is(world: World, kind: str, again: bool) -> None:
    outcome, main = world.first(kind, again=again)
    of_what_holds_a_stage = "unknown-version, " if kind == "delete a version" and again else ""
    assert outcome == of_what_holds_a_stage + REFUSED_ALONE.get(kind, MERGES)
    if main is not None:
        assert world.faults(main) == []


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda kind: kind.replace(" ", "-"))
def test_of_two_changes_the_second_merges_soundly_or_not_at_all(world: World, one: str, other: str) -> None:
    again = one == other
    ends: list[str] = []
    for first, second in (((one, False), (other, again)), ((other, again), (one, False))):
        _, main = world.first(first[0], again=first[1])
        if main is None:  # refused alone: main stays what it was, and the second goes as it does alone
            continue
        outcome, after = world.land(main, world.head(second[0], again=second[1]))
        expected = SECOND.get((first[0], second[0]), REFUSED_ALONE.get(second[0], MERGES))
        assert (first, second, outcome) == (first, second, expected)
        if after is not None:
            assert world.faults(after) == []
            ends.append(world.repository.run("rev-parse", f"{after}^{{tree}}").strip())
    assert ends in ([], ends[:1], ends[:1] * 2)  # where both orders merge, they end in the same main


@pytest.mark.parametrize(("first", "second", "expected"), NOTABLE.values(), ids=list(NOTABLE))
def test_what_people_will_meet(world: World, first: str, second: str, expected: str) -> None:
    _, main = world.first(first)
    assert main is not None
    outcome, _ = world.land(main, world.head(second, again=first == second))
    assert outcome == expected


def test_of_two_promotions_from_one_main_the_second_is_stale_even_where_git_would_merge_it(
    world: World,
) -> None:
    _, main = world.first("promote")
    assert main is not None
    late = world.repository.tree(world.head("promote", again=True)).read(layout.stage("churn", "production"))
    head = world.repository.record(
        world.repository.write(main, {layout.stage("churn", "production"): late}), [main], "forced onto main"
    )
    assert world.land(main, head)[0] == "stale-promotion"
