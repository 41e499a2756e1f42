"""Proposals made and merged in any order: main answers as a plain dict does, and never breaks a rule.

Each proposal starts from main as it is then and may land much later, when others have landed; as in a forge.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

import builders
from modelry import checks, judging, proposals
from modelry.errors import ConflictError, NotFoundError
from modelry.forges import local
from modelry.git import Repository
from modelry.model import changes, names
from modelry.model.registry import Registry

MODELS, STAGES = ("churn", "retention"), ("staging", "production")

Numbers = st.integers(0, 1_000)


class Told(NamedTuple):
    """What the dict knows of a model."""

    versions: dict[str, bool]
    """Its versions, and whether each is yanked."""
    held: dict[str, list[str]]
    """Who held each stage, newest last."""
    evidence: set[tuple[str, str]]


class Pending(NamedTuple):
    """A proposal that waits: what it would do to the dict, and what it takes for granted."""

    head: str
    main: str
    apply: Callable[[], None]
    holds: Callable[[], bool]
    """Whether it may still be merged, as far as the dict knows."""


class World(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="modelry-machine-")
        bare = Path(self.folder.name, "origin.git")
        Repository(bare.parent).run("init", "--quiet", "--bare", "--template=", str(bare))
        self.repository = Repository(bare)
        self.told = {name: Told({}, {stage: [] for stage in STAGES}, set()) for name in MODELS}
        self.main = self._begin()
        self.waiting: list[Pending] = []

    def _begin(self) -> str:
        """Give a main on which churn has three versions, and staging has passed through all of them."""
        told = self.told["churn"]
        told.versions.update(dict.fromkeys(["1.0.0", "1.1.0", "1.2.0"], False))
        files = {**builders.a_policy(), **builders.a_model("churn", told.versions)}
        commits: list[str] = []
        for version in told.versions:
            files |= builders.an_assignment("churn", version, previous=self.holder("churn", "staging"))
            told.held["staging"].append(version)
            commits.append(self.repository.record(self.repository.write(None, files), commits[-1:], "begin"))
        return commits[-1]

    def teardown(self) -> None:
        self.folder.cleanup()

    def registry(self) -> Registry:
        return judging.registry(self.repository, self.main)

    def wait(
        self, files: dict[str, bytes], apply: Callable[[], None], holds: Callable[[], bool] = lambda: True
    ) -> None:
        head = self.repository.record(self.repository.write(self.main, files), [self.main], "proposed")
        self.waiting.append(Pending(head, self.main, apply, holds))

    def version(self, number: int) -> tuple[str, str] | None:
        """Give one of all versions."""
        known = [(name, version) for name in MODELS for version in self.told[name].versions]
        return known[number % len(known)] if known else None

    def live(self, name: str, version: str) -> bool:
        return self.told[name].versions.get(version) is False

    def holder(self, name: str, stage: str) -> str | None:
        held = self.told[name].held[stage]
        return held[-1] if held else None

    @rule(name=st.sampled_from(MODELS), part=st.sampled_from(["major", "minor", "patch"]))
    def register(self, name: str, part: str) -> None:
        versions = self.told[name].versions
        number = names.bump(max(versions, key=names.precedence), part) if versions else "1.0.0"
        files = builders.a_version(name, number) if versions else builders.a_model(name, [number])
        self.wait(files, lambda: versions.update({number: False}))

    @rule(number=Numbers, stage=st.sampled_from(STAGES))
    def promote(self, number: int, stage: str) -> None:
        found = self.version(number)
        if found is None or not self.live(*found) or self.holder(found[0], stage) == found[1]:
            return
        name, version = found
        if stage == "production" and version not in self.told[name].held["staging"]:
            return
        registry, before = self.registry(), self.holder(name, stage)
        proposal = proposals.promote(registry, registry.model(name).versions[version], stage, "it is better")
        self.wait(
            local.files(proposal),
            lambda: self.told[name].held[stage].append(version),
            lambda: self.live(name, version) and self.holder(name, stage) == before,
        )

    @rule(name=st.sampled_from(MODELS), stage=st.sampled_from(STAGES))
    def roll_back(self, name: str, stage: str) -> None:
        held, before = self.told[name].held[stage], self.holder(name, stage)
        good = [version for version in reversed(held) if version != before and self.live(name, version)]
        if before is None:
            return
        model = self.registry().model(name)
        known = [found.version for found in judging.holders(self.repository, self.main, name, stage)]
        assert known == held[::-1]
        if not good:
            with pytest.raises(NotFoundError):
                proposals.last_good(model, stage, known, None)
            return
        target = proposals.last_good(model, stage, known, None)
        assert target.number == good[0]
        self.wait(
            local.files(proposals.rollback(model, stage, target, "it was better")),
            lambda: held.append(good[0]),
            lambda: self.live(name, good[0]) and self.holder(name, stage) == before,
        )

    @rule(number=Numbers)
    def yank(self, number: int) -> None:
        found = self.version(number)
        if found is None or not self.live(*found):
            return
        name, version = found
        if version in (self.holder(name, stage) for stage in STAGES):
            return
        registry = self.registry()
        proposal = proposals.yank(registry, registry.model(name).versions[version], "it leaks", "high", None)
        self.wait(
            local.files(proposal),
            lambda: self.told[name].versions.update({version: True}),
            lambda: version not in (self.holder(name, stage) for stage in STAGES),
        )

    @rule(number=Numbers, evidence=st.sampled_from(["fairness", "latency"]))
    def evaluate(self, number: int, evidence: str) -> None:
        found = self.version(number)
        if found is None or (found[1], evidence) in self.told[found[0]].evidence:
            return
        name, version = found
        measured = builders.a_document("evaluation")
        proposal = proposals.evaluate(self.registry().model(name).versions[version], evidence, measured)
        self.wait(local.files(proposal), lambda: self.told[name].evidence.add((version, evidence)))

    @precondition(lambda self: self.waiting)
    @rule()
    def merge_the_oldest(self) -> None:
        self.merge(0)

    @precondition(lambda self: self.waiting)
    @rule()
    def merge_the_newest(self) -> None:
        self.merge(-1)

    @precondition(lambda self: len(self.waiting) > 1)
    @rule(number=Numbers)
    def merge_any(self, number: int) -> None:
        self.merge(number % len(self.waiting))

    def merge(self, number: int) -> None:
        """Land a proposal that waits: what holds by the dict may merge, what does not may never."""
        proposed = self.waiting.pop(number)
        refused = self.land(proposed)
        assert refused is None or proposed.main != self.main, f"alone on main, and refused: {refused}"
        assert refused is not None or proposed.holds(), "merged, though it had become wrong"
        if refused is None:
            proposed.apply()
            self.answers()

    def land(self, proposed: Pending) -> str | None:
        """Merge a proposal into main, or say why it is refused."""
        try:
            tree = self.repository.merge(self.main, proposed.head)
        except ConflictError as error:
            return str(error)
        if tree == self.repository.run("rev-parse", f"{self.main}^{{tree}}").strip():
            return "no news: the same was proposed twice"
        report = checks.run(checks.ALL, judging.change(self.repository, self.main, tree, offline=True))
        if report.errors:
            return str(report.errors)
        self.main = self.repository.record(tree, [self.main, proposed.head], "merged")
        return None

    def answers(self) -> None:
        """Hold main against the dict, and against all rules."""
        registry = self.registry()
        for name in MODELS:
            told = self.told[name]
            if not told.versions:
                assert name not in registry.models
                continue
            found = registry.model(name)
            assert {
                number: version.yanked is not None for number, version in found.versions.items()
            } == told.versions
            assert {
                (number, evidence)
                for number, version in found.versions.items()
                for evidence in version.evaluations
            } == told.evidence
            live = [number for number, yanked in told.versions.items() if not yanked]
            newest = max(live, key=names.precedence, default=None)
            assert asked(registry, f"{name}@latest") == newest
            for stage in STAGES:
                assert asked(registry, f"{name}@{stage}") == self.holder(name, stage)
        now = datetime.now(UTC)
        still = changes.between(registry, registry)
        assert (still.edits, still.steps, still.moves, still.registered, still.classes) == (
            (),
            (),
            (),
            (),
            (),
        )
        context = checks.Context(still, registry.policy.must, now.date(), now, everything=True)
        assert checks.run(checks.ALL, context).errors == ()


def asked(registry: Registry, reference: str) -> str | None:
    """Give the version that a reference means, as `modelry resolve` finds it."""
    try:
        return registry.find(names.reference(reference)).number
    except NotFoundError:
        return None


def tries(examples: int, steps: int) -> settings:
    """Give how many histories are made, and how long they are at most."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_main_answers_as_a_dict_does_whatever_is_merged_in_whichever_order() -> None:
    run_state_machine_as_test(World, settings=tries(20, 20))


@pytest.mark.slow
def test_main_answers_as_a_dict_does_over_long_histories() -> None:
    run_state_machine_as_test(World, settings=tries(200, 50))
