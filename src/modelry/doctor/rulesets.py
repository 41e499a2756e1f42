"""Rulesets of the forge: what a registry's should be, and which of those that are there hold for main, for tags, for pushes."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from modelry.doctor.base import Piece, Setup
from modelry.scaffolding import shipped

CHECK = "registry"
"""The one check that a change must pass: the job that all others lead to."""
ACTIONS = 15368
"""The id of GitHub Actions, so that nobody else can report the check."""
HOME = ".github/rulesets/"

Name = Literal["main", "merge-queue", "tags", "pushes"]
NAMES: tuple[Name, ...] = ("main", "merge-queue", "tags", "pushes")


@cache
def wanted(name: Name) -> Mapping[str, Any]:
    """Give the ruleset that a new registry begins with."""
    made: Mapping[str, Any] = json.loads(shipped.files("github")[f"{HOME}{name}.json"])
    return made


def rulesets(setup: Setup) -> list[Piece]:
    """Give the repository's rulesets in full. Raises `UnavailableError` where one was not told."""
    return [
        setup.answer(f"rulesets/{one['id'].value}")
        for one in setup.answer("rulesets")
        if isinstance(one["id"].value, int)
    ]


def active(setup: Setup, target: str) -> list[Piece]:
    """Give the rulesets that are enforced for branches, tags or pushes."""
    return [
        ruleset
        for ruleset in rulesets(setup)
        if ruleset["target"].text == target and ruleset["enforcement"].text == "active"
    ]


def of_main(setup: Setup) -> list[Piece]:
    """Give the rulesets that are enforced for the branch that a registry is read from."""
    branch = setup.answer("repository")["default_branch"].text or "main"
    return [
        ruleset
        for ruleset in active(setup, "branch")
        if _covers(ruleset, {"~ALL", "~DEFAULT_BRANCH", f"refs/heads/{branch}"})
    ]


def of_tags(setup: Setup) -> list[Piece]:
    """Give the rulesets that are enforced for all tags, or all that look like versions."""
    return [
        ruleset
        for ruleset in active(setup, "tag")
        if _covers(ruleset, {"~ALL", "refs/tags/*", "refs/tags/**", "refs/tags/**/*"})
    ]


def named(setup: Setup, name: str) -> list[Piece]:
    """Give the repository's rulesets of a name, enforced or not."""
    return [ruleset for ruleset in rulesets(setup) if ruleset["name"].text == name]


def _covers(ruleset: Piece, names: set[str]) -> bool:
    """Say whether a ruleset is for one of these; one with exceptions is for none, since nobody reads patterns alike."""
    names_of = ruleset["conditions"]["ref_name"]
    return bool(names & {piece.text for piece in names_of["include"]}) and not list(names_of["exclude"])


def rules(found: list[Piece], kind: str) -> list[Piece]:
    """Give the rules of one type, of several rulesets: what one of them asks is asked."""
    return [rule for ruleset in found for rule in ruleset["rules"] if rule["type"].text == kind]


def holds(found: list[Piece], kind: str, key: str, wanted: object) -> bool:
    """Say whether a rule asks at least so much: as many approvals, no other merge methods, the same words."""
    values = [rule["parameters"][key].value for rule in rules(found, kind)]
    return any(is_enough(value, wanted) for value in values)


def is_enough(value: object, wanted: object) -> bool:
    """Say whether a value asks for as much as is wanted."""
    match wanted:
        case bool():
            return value is wanted
        case int():
            return isinstance(value, int) and not isinstance(value, bool) and value >= wanted
        case list():
            return isinstance(value, list) and bool(value) and all(item in wanted for item in value)
        case _:
            return value == wanted


def differing(found: list[Piece], asked: Mapping[str, Any]) -> Iterator[tuple[Piece, str, str]]:
    """Give where rulesets ask less than is wanted: the piece, what it should say, and of which rule."""
    for rule in asked["rules"]:
        kind = rule["type"]
        there = rules(found, kind)
        if not there:
            yield found[0]["rules"], "", kind
            continue
        for key, value in rule.get("parameters", {}).items():
            if not holds(found, kind, key, value):
                yield there[0]["parameters"][key], key, kind
