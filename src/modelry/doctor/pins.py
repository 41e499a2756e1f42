"""What workflows call that others wrote: pinned to bytes that were looked at, new enough, renewed with delay."""

import re
from collections.abc import Iterator

from modelry.checks.base import Problem, rule
from modelry.doctor import workflows
from modelry.doctor.base import Piece, Setup

_PINNED = re.compile(r"[^@\s]+@[0-9a-f]{40}|docker://\S+@sha256:[0-9a-f]{64}|[.$]/\S*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_VERSION = re.compile(r"#\s*v?(\d+(?:\.\d+)*)\b")
_GUARDED = 7
"""The first major version of actions/checkout that refuses a fork's tree where secrets are."""
_DAYS = 7
"""For how long a release is left to others to try."""
_AGE = re.compile(r"(\d+)\s*(day|week|month|year)s?")
_IN_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")
RENOVATE = ("renovate.json", ".renovaterc.json", ".github/renovate.json", ".gitlab/renovate.json")


@rule("action-not-pinned")
def action_not_pinned(setup: Setup) -> Iterator[Problem]:
    """A workflow calls an action that is not pinned to a commit, with its version in a comment.

    A tag can be moved: in March 2025 the tags of one action were, and 23,000 repositories ran what the thief wrote, with
    their secrets. A commit's id cannot. The comment tells people, and dependabot, which version the commit is.
    Write `uses: OWNER/ACTION@<40 hex digits> # v1.2.3`; for a container, its digest; for what a pipeline of GitLab includes,
    the commit as `ref`. (D02)
    """
    for uses in _called(setup):
        if not _PINNED.fullmatch(uses.text):
            yield uses.problem(
                f"{uses.text} is not pinned to a commit",
                "write the commit's 40 digits behind the @, and its version in a comment",
            )
        elif "@" in uses.text and "://" not in uses.text and not _version(uses):
            yield uses.problem(
                f"{uses.text} does not say which version it is", "add the version in a comment: # v1.2.3"
            )
    for included in _included(setup):
        yield included.problem(
            f"{included.text} is not pinned to a commit", "give the commit's 40 digits: ref, or behind the @"
        )


@rule("checkout-too-old")
def checkout_too_old(setup: Setup) -> Iterator[Problem]:
    """A workflow checks out by an old actions/checkout, or has switched its guard off.

    Since version 7 actions/checkout refuses to fetch a fork's tree into a job that has secrets. A pin keeps an
    old version for good. Pin version 7 or newer, and take `allow-unsafe-pr-checkout` out. (D03)
    """
    for step in workflows.steps(setup):
        uses = step["uses"]
        if uses.text.partition("@")[0].lower() != "actions/checkout":
            continue
        version = _version(uses)
        if version and version[0] < _GUARDED:
            told = ".".join(map(str, version))
            yield uses.problem(
                f"actions/checkout {told} does not refuse a fork's tree", f"pin version {_GUARDED} or newer"
            )
        unsafe = step["with"]["allow-unsafe-pr-checkout"]
        if unsafe.value not in {None, False} and unsafe.text.lower() != "false":
            yield unsafe.problem("the guard against a fork's tree is switched off", "take this line out")


@rule("update-without-cooldown")
def update_without_cooldown(setup: Setup) -> Iterator[Problem]:
    """Updates of dependencies are proposed on the day of their release, or not at all.

    Pins that nobody renews grow old; and most stolen releases are found within days, by those who took them first.
    Let dependabot or renovate propose updates once they are seven days old: `cooldown: {default-days: 7}`, or
    renovate's `minimumReleaseAge: "7 days"`. (D12)
    """
    known = [path for path in (*DEPENDABOT, *RENOVATE) if path in setup.sheets]
    if not known and setup.is_github:
        yield Problem(DEPENDABOT[0], "nobody proposes updates of actions and packages", hint=_COOLDOWN)
    for path in known:
        top = setup.sheets[path].top
        if path in DEPENDABOT:
            yield from _dependabot(top)
        elif _days(top["minimumReleaseAge"].text) < _DAYS:
            yield top["minimumReleaseAge"].problem(
                "updates are proposed before they are seven days old",
                'write "minimumReleaseAge": "7 days"',
            )


_COOLDOWN = "write `cooldown: {default-days: 7}` for each ecosystem: modelry doctor --fix"


def _dependabot(top: Piece) -> Iterator[Problem]:
    for update in top["updates"]:
        days = update["cooldown"]["default-days"]
        if not isinstance(days.value, int) or days.value < _DAYS:
            name = update["package-ecosystem"].text
            yield days.problem(f"updates of {name} are proposed before they are seven days old", _COOLDOWN)


def _called(setup: Setup) -> Iterator[Piece]:
    for workflow in workflows.workflows(setup):
        for job in workflow.jobs:
            if job.top["uses"].text:
                yield job.top["uses"]
    for step in workflows.steps(setup):
        if step["uses"].text:
            yield step["uses"]


def _included(setup: Setup) -> Iterator[Piece]:
    """Give what a pipeline of GitLab takes from elsewhere without saying from which commit."""
    for pipeline in workflows.pipelines(setup):
        several = pipeline["include"]
        for one in several if isinstance(several.value, list) else (several,):
            project, component = one["project"], one["component"]
            if project.text and not _COMMIT.fullmatch(one["ref"].text):
                yield project
            if component.text and not _COMMIT.fullmatch(component.text.rpartition("@")[2]):
                yield component
            if one["remote"].text and not one["integrity"].text:
                yield one["remote"]


def _version(uses: Piece) -> tuple[int, ...]:
    """Give the version that the comment behind a pin says; empty without one."""
    found = _VERSION.search(uses.line.partition(uses.text)[2])
    return tuple(int(part[:9]) for part in found[1].split(".")) if found else ()


def _days(age: str) -> int:
    found = _AGE.fullmatch(age.strip())
    return int(found[1][:9]) * _IN_DAYS[found[2]] if found else 0
