"""Proposals made, merged and reverted in any order: main answers as a plain dict does, and never breaks a rule.

Each proposal starts from main as it is then and may land much later, when others have landed; as in a forge.
The long one: `pytest -m slow tests/forges/test_machine.py`.
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
from modelry.git import Repository, merging
from modelry.model import changes, names
from modelry.model.registry import Registry
from modelry.proposals import Proposal
from modelry.storage import commits, yaml

MODELS, STAGES = ("churn", "retention"), ("staging", "production")

Numbers = st.integers(0, 1_000)


class Place:
    """What the dict knows of a stage."""

    def __init__(self) -> None:
        self.held: list[str] = []
        """Who held it, newest last; who is given another term, once more."""
        self.good: list[str] = []
        """Those of them from whom nobody went back, newest last."""
        self.said: list[tuple[str, str | None]] = []
        """What its document said: version and previous."""

    @property
    def holder(self) -> str | None:
        return self.held[-1] if self.held else None

    def move(self, version: str, previous: str | None) -> None:
        self.held.append(version)
        self.said.append((version, previous))
        if version in self.good:
            del self.good[self.good.index(version) + 1 :]
        else:
            self.good.append(version)


class Told:
    """What the dict knows of a model."""

    def __init__(self) -> None:
        self.versions: dict[str, bool] = {}
        """Its versions, and whether each is yanked."""
        self.lifted: dict[str, int] = {}
        """How many yanks of a version were lifted."""
        self.stages = {stage: Place() for stage in STAGES}
        self.evidence: set[tuple[str, str]] = set()
        self.waived: set[str] = set()
        """The versions that may skip staging."""
        self.deprecated: str | None = None

    def live(self, version: str) -> bool:
        return self.versions.get(version) is False


class Act(NamedTuple):
    """What a change would do to the dict, and whether it may be merged, as far as the dict knows."""

    apply: Callable[[], None]
    holds: Callable[[], bool] = lambda: True


NEVER = Act(lambda: None, lambda: False)


class Pending(NamedTuple):
    """A proposal that waits."""

    head: str
    main: str
    act: Act
    back: Callable[[], Act] | None
    """Asked when it lands: what its revert would be. None for a revert: those are not reverted."""


class World(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="modelry-machine-")
        bare = Path(self.folder.name, "origin.git")
        Repository(bare.parent).run("init", "--quiet", "--bare", "--template=", str(bare))
        self.repository = Repository(bare)
        self.told = {name: Told() for name in MODELS}
        self.main = self._begin()
        self.waiting: list[Pending] = []
        self.landed: list[tuple[str, Act]] = []
        """The commits of main, each with what its revert would be."""
        self.words = 0

    def _begin(self) -> str:
        """Give a main on which churn has three versions, and staging has passed through all of them."""
        told = self.told["churn"]
        told.versions.update(dict.fromkeys(["1.0.0", "1.1.0", "1.2.0"], False))
        gates = [{"metric": "auc", "no_worse_than": "production", "tolerance": 0.005}]
        stages = [
            {"name": "staging", "expires_after": "4w", "gates": [{"metric": "auc", "at_least": 0.8}]},
            {"name": "production", "after": ["staging"], "gates": gates},
        ]
        files = {**builders.a_policy(stages=stages), **builders.a_model("churn", told.versions)}
        commits: list[str] = []
        for version in told.versions:
            previous = told.stages["staging"].holder
            files |= builders.an_assignment("churn", version, previous=previous)
            told.stages["staging"].move(version, previous)
            commits.append(self.repository.record(self.repository.write(None, files), commits[-1:], "begin"))
        return commits[-1]

    def teardown(self) -> None:
        self.folder.cleanup()

    def registry(self) -> Registry:
        return commits.registry(self.repository, self.main)

    def wait(self, proposal: Proposal, act: Act, back: Callable[[], Act] = lambda: NEVER) -> None:
        tree = self.repository.write(self.main, local.files(proposal), proposal.removed)
        head = self.repository.record(tree, [self.main], "proposed")
        self.waiting.append(Pending(head, self.main, act, back))

    def version(self, number: int) -> tuple[str, str] | None:
        """Give one of all versions."""
        known = [(name, version) for name in MODELS for version in self.told[name].versions]
        return known[number % len(known)] if known else None

    def reason(self) -> str:
        self.words += 1
        return f"for the {self.words}. time"

    def holds_none(self, name: str, version: str) -> bool:
        return version not in (place.holder for place in self.told[name].stages.values())

    @rule(name=st.sampled_from(MODELS), part=st.sampled_from(["major", "minor", "patch"]))
    def register(self, name: str, part: str) -> None:
        versions = self.told[name].versions
        number = names.bump(max(versions, key=names.precedence), part) if versions else "1.0.0"
        files = builders.a_version(name, number) if versions else builders.a_model(name, [number])
        proposal = Proposal(f"register/{name}/{number}", "Register", "", files=files)
        self.wait(proposal, Act(lambda: versions.update({number: False})))

    def move(self, name: str, stage: str, version: str, proposal: Proposal, *, forward: bool) -> None:
        """Let a proposal wait that gives a stage to a version."""
        told, place = self.told[name], self.told[name].stages[stage]
        before = place.holder

        def holds() -> bool:
            soaked = version in told.stages["staging"].held or version in told.waived or version in place.held
            may = not forward or stage == "staging" or soaked
            return told.live(version) and place.holder == before and may

        def back() -> Act:
            if not place.said:
                return NEVER  # a stage is never emptied again
            number, previous = place.said[-1]
            return Act(
                lambda: place.move(number, previous),
                lambda: told.live(number) and place.holder == previous,
            )

        self.wait(proposal, Act(lambda: place.move(version, before), holds), back)

    @rule(number=Numbers, stage=st.sampled_from(STAGES))
    def promote(self, number: int, stage: str) -> None:
        found = self.version(number)
        if found is None or not self.told[found[0]].live(found[1]):
            return
        name, version = found
        told, place, registry = self.told[name], self.told[name].stages[stage], self.registry()
        candidate = registry.model(name).versions[version]
        if stage == "production" and place.holder == version:
            with pytest.raises(ConflictError):
                proposals.promote(registry, candidate, stage, "it is better")
            return
        if stage == "production" and version not in {*told.stages["staging"].held, *told.waived, *place.held}:
            return
        proposal = proposals.promote(registry, candidate, stage, self.reason())
        self.move(name, stage, version, proposal, forward=True)

    @rule(name=st.sampled_from(MODELS), stage=st.sampled_from(STAGES), which=st.none() | Numbers)
    def roll_back(self, name: str, stage: str, which: int | None) -> None:
        told, place = self.told[name], self.told[name].stages[stage]
        if place.holder is None:
            return
        model = self.registry().model(name)
        known = [found.version for found in judging.holders(self.repository, self.main, name, stage)]
        assert known == place.held[::-1]
        candidates = place.good[::-1] if which is None else sorted({*place.held})
        good = [version for version in candidates if version != place.holder and told.live(version)]
        if not good:
            with pytest.raises(NotFoundError):
                proposals.last_good(model, stage, known if which is None else [], None)
            return
        to = None if which is None else good[which % len(good)]
        target = proposals.last_good(model, stage, known, to)
        assert target.number == (to or good[0])
        proposal = proposals.rollback(model, stage, target, self.reason())
        self.move(name, stage, target.number, proposal, forward=False)

    @rule(number=Numbers)
    def yank(self, number: int) -> None:
        found = self.version(number)
        if found is None or not self.told[found[0]].live(found[1]) or not self.holds_none(*found):
            return
        (name, version), registry = found, self.registry()
        proposal = proposals.yank(registry, registry.model(name).versions[version], "it leaks", "high", None)
        act = Act(
            lambda: self.told[name].versions.update({version: True}), lambda: self.holds_none(name, version)
        )
        self.wait(proposal, act)

    @rule(number=Numbers)
    def unyank(self, number: int) -> None:
        found = self.version(number)
        if found is None:
            return
        (name, version), told = found, self.told[found[0]]
        candidate, lifted = self.registry().model(name).versions[version], told.lifted.get(version, 0)
        if told.live(version):
            with pytest.raises(ConflictError):
                proposals.unyank(candidate, "it does not")
            return

        def lift() -> None:
            told.versions[version] = False
            told.lifted[version] = lifted + 1

        holds = lambda: told.versions[version] and told.lifted.get(version, 0) == lifted  # noqa: E731
        self.wait(proposals.unyank(candidate, "it does not"), Act(lift, holds))

    @rule(number=Numbers, evidence=st.sampled_from(["fairness", "latency"]))
    def evaluate(self, number: int, evidence: str) -> None:
        found = self.version(number)
        if found is None or (found[1], evidence) in self.told[found[0]].evidence:
            return
        name, version = found
        measured = builders.a_document("evaluation")
        proposal = proposals.evaluate(self.registry().model(name).versions[version], evidence, measured)
        self.wait(proposal, Act(lambda: self.told[name].evidence.add((version, evidence))))

    @rule(number=Numbers)
    def waive(self, number: int) -> None:
        found = self.version(number)
        if found is None:
            return
        (name, version), waived = found, self.told[found[0]].waived
        registry, path = self.registry(), f"skip-{version.replace('.', '-')}"
        on, off = Act(lambda: waived.add(version)), Act(lambda: waived.discard(version))
        if version in waived:
            self.wait(proposals.unwaive(registry, name, path, "enough"), off, lambda: on)
            return
        waiver = builders.a_document(
            "waiver", rule="stage-skipped", version=version, gate=None, expires="2999-12-31"
        )
        self.wait(proposals.waive(registry, name, waiver, path), on, lambda: off)

    @rule(name=st.sampled_from(MODELS))
    def deprecate(self, name: str) -> None:
        told, registry = self.told[name], self.registry()
        if not told.versions:
            return
        reason = self.reason() if told.deprecated is None else None
        proposal = (
            proposals.deprecate(registry, name, reason, None, yaml.edit)
            if reason is not None
            else proposals.undeprecate(registry, name, "it is of use", yaml.remove)
        )

        def say(what: str | None) -> None:
            told.deprecated = what

        def back() -> Act:
            before = told.deprecated
            return Act(lambda: say(before))

        self.wait(proposal, Act(lambda: say(reason)), back)

    @precondition(lambda self: self.landed)
    @rule(number=Numbers)
    def revert(self, number: int) -> None:
        """Take a merge of main's back, as `git revert` does: what the dict allows may land, all else may never."""
        commit, act = self.landed[number % len(self.landed)]
        head = self.repository.record(f"{commit}^1^{{tree}}", [commit], "revert")
        self.waiting.append(Pending(head, "", act, None))
        self.merge(-1)

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
        assert refused is not None or proposed.act.holds(), "merged, though it had become wrong"
        if refused is None:
            if proposed.back is not None:
                self.landed.append((self.main, proposed.back()))
            proposed.act.apply()
            self.answers()

    def land(self, proposed: Pending) -> str | None:
        """Merge a proposal into main, or say why it is refused."""
        try:
            tree = merging.merge(self.repository, self.main, proposed.head)
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
            assert {number: len(version.unyanked) for number, version in found.versions.items()} == {
                number: told.lifted.get(number, 0) for number in told.versions
            }
            assert {waiver.must.version for waiver in found.waivers.values()} == told.waived
            said = found.info.must.deprecated
            assert (said.reason if said is not None else None) == told.deprecated
            assert {
                (number, evidence)
                for number, version in found.versions.items()
                for evidence in version.evaluations
            } == told.evidence
            live = [number for number, yanked in told.versions.items() if not yanked]
            newest = max(live, key=names.precedence, default=None)
            assert asked(registry, f"{name}@latest") == newest
            for stage in STAGES:
                assert asked(registry, f"{name}@{stage}") == told.stages[stage].holder
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
