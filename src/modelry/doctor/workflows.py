"""Workflows and composite actions as they are written: triggers, jobs, steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelry.doctor.base import Piece, Setup

HOME = ".github/workflows/"
GITLAB, GITLAB_HOME = ".gitlab-ci.yml", ".gitlab/ci"

_WRITES = frozenset(
    {"attestations", "contents", "deployments", "id-token", "packages", "pages", "artifact-metadata"}
)
"""What a job may write when what it makes is believed outside of the pull request."""


@dataclass(frozen=True)
class Job:
    """One job of a workflow."""

    id: str
    top: Piece

    @property
    def check(self) -> str:
        """Give the name by which a ruleset can require it."""
        return self.top["name"].text or self.id

    @property
    def steps(self) -> Iterator[Piece]:
        """Give its steps."""
        return iter(self.top["steps"])

    @property
    def environment(self) -> Piece:
        """Give the name of the environment that it runs in; a piece without text where there is none."""
        found = self.top["environment"]
        return found["name"] if found.fields else found


@dataclass(frozen=True)
class Workflow:
    """One workflow."""

    top: Piece

    @property
    def path(self) -> str:
        """Say where it lies."""
        return self.top.sheet.path

    @property
    def triggers(self) -> Mapping[str, Piece]:
        """Give the events that start it."""
        on = self.top["on"]
        named = {piece.text: piece for piece in (on, *on) if piece.text}
        return {**named, **on.fields}

    @property
    def jobs(self) -> Iterator[Job]:
        """Give its jobs."""
        return (Job(name, top) for name, top in self.top["jobs"].fields.items())

    @property
    def publishes(self) -> bool:
        """Say whether what it makes is believed outside: it releases, or may write where others read."""
        granted = [self.top["permissions"], *(job.top["permissions"] for job in self.jobs)]
        writes = any(
            piece.text == "write-all" or any(piece[name].text == "write" for name in _WRITES)
            for piece in granted
        )
        return writes or bool({"release", "registry_package"} & self.triggers.keys())


def workflows(setup: Setup) -> Iterator[Workflow]:
    """Give the workflows that can be read, by path."""
    for path, sheet in sorted(setup.sheets.items()):
        if path.startswith(HOME) and not sheet.faults:
            yield Workflow(sheet.top)


def of_requests(setup: Setup) -> list[Workflow]:
    """Give the workflows that a pull request starts, or that one of these calls."""
    known = {workflow.path: workflow for workflow in workflows(setup)}
    found = {path: one for path, one in known.items() if "pull_request" in one.triggers}
    waiting = list(found.values())
    while waiting:
        for job in waiting.pop().jobs:
            called = job.top["uses"].text.removeprefix("$/").removeprefix("./")
            if called in known and called not in found:
                found[called] = known[called]
                waiting.append(known[called])
    return list(found.values())


def pipelines(setup: Setup) -> Iterator[Piece]:
    """Give what GitLab's pipelines are made of, by path."""
    for path, sheet in sorted(setup.sheets.items()):
        if path == GITLAB or path.startswith(f"{GITLAB_HOME}/"):
            yield sheet.top


def actions(setup: Setup) -> Iterator[Piece]:
    """Give the composite actions that can be read, by path."""
    for path, sheet in sorted(setup.sheets.items()):
        if path.endswith(("/action.yml", "/action.yaml")) and not sheet.faults:
            yield sheet.top


def steps(setup: Setup) -> Iterator[Piece]:
    """Give the steps of all jobs and of all composite actions."""
    for workflow in workflows(setup):
        for job in workflow.jobs:
            yield from job.steps
    for action in actions(setup):
        yield from action["runs"]["steps"]


def local_steps(setup: Setup, steps_of: Iterator[Piece]) -> Iterator[Piece]:
    """Give steps, and after each that calls an action of this repository, those of the action."""
    for step in steps_of:
        yield step
        if step["uses"].text.startswith(("./", "$/")):
            home = step["uses"].text[2:].rstrip("/")
            for name in ("action.yml", "action.yaml"):
                if f"{home}/{name}" in setup.sheets:
                    yield from setup.sheets[f"{home}/{name}"].top["runs"]["steps"]
