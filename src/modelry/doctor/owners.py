"""CODEOWNERS: whose approval a change of which path needs, read as the forges read it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from modelry.checks.base import Problem, rule
from modelry.doctor import workflows
from modelry.doctor.base import Setup
from modelry.model import layout
from modelry.model.places import Position

PLACES = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_LARGEST = 3_000_000
"""Bytes; GitHub does not look at a larger one."""
_OWNER = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_./-]*|[^@\s]+@[^@\s]+\.[^@\s]+|@@\w+")


class Line(NamedTuple):
    """One line that names owners, or takes them away."""

    number: int
    pattern: str
    owners: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Say whether the pattern is for a path, or for a folder that it is in."""
        return _pattern(self.pattern).fullmatch(path) is not None


def place(setup: Setup) -> str | None:
    """Give the file that the forge reads: the first that is there."""
    return next((path for path in PLACES if path in setup.texts), None)


def lines(text: str) -> list[Line]:
    """Give the lines that say something."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split("#", 1)[0].split() if not line.startswith("\\#") else line.split()
        if words and not words[0].startswith(("[", "^[")):  # GitLab's sections
            found.append(Line(number, words[0], tuple(words[1:])))
    return found


def owners(found: list[Line], path: str) -> tuple[str, ...]:
    """Give the owners of a path: those of the last line that is for it."""
    return next((line.owners for line in reversed(found) if line.covers(path)), ())


@rule("unowned-path")
def unowned_path(setup: Setup) -> Iterator[Problem]:
    """A path that decides what may merge has no owner in CODEOWNERS.

    Whoever changes the policy, a workflow, the DVC remote or CODEOWNERS itself changes what all later changes are held
    against, so the owners must approve. A line that cannot be read is skipped by the forge, and a file above 3 MB not
    read at all. Name owners for each: `modelry doctor --fix` writes the lines whose owners it knows. (D16)
    """
    path = place(setup)
    if path is None:
        if setup.is_github or workflows.GITLAB in setup.sheets:
            yield Problem(PLACES[0], "nobody owns anything: there is no CODEOWNERS", hint=_WRITE)
        return
    text = setup.texts[path]
    if len(text.encode()) > _LARGEST:
        yield Problem(path, "the file has more than 3 MB, and is not read", hint="name folders, not files")
        return
    found = lines(text)
    for line in found:
        wrong = [owner for owner in line.owners if not _OWNER.fullmatch(owner)]
        if wrong or line.pattern.startswith("!"):
            what = wrong[0] if wrong else line.pattern
            yield Problem(path, f"{what} is not read here", Position(line.number, 1), "write @NAME or @TEAM")
    for wanted in unowned(setup):
        yield Problem(path, f"{wanted} has no owner", hint=f"add a line: {wanted} @OWNER")
    if setup.is_github:
        for error in setup.answer("codeowners/errors")["errors"]:
            yield error.problem(
                f"the forge cannot use line {error['line'].value}: {error['kind'].text}",
                "owners must exist and may write",
            )


_WRITE = "name who reviews: modelry init --update --owner @ORG/TEAM"


def unowned(setup: Setup) -> Iterator[str]:
    """Give the paths that need an owner and have none, as patterns."""
    path = place(setup) or PLACES[0]
    found = lines(setup.texts.get(path, ""))
    for pattern, probe in _needed(setup, path):
        if not owners(found, probe):
            yield pattern


def keepers(setup: Setup) -> tuple[str, ...]:
    """Give who owns CODEOWNERS itself, or else the workflows: they answer for what decides; none where nobody does."""
    path = place(setup) or PLACES[0]
    found = lines(setup.texts.get(path, ""))
    probes = (probe for _, probe in _needed(setup, path))
    return next((names for probe in probes if (names := owners(found, probe))), ())


def _needed(setup: Setup, own: str) -> Iterator[tuple[str, str]]:
    """Give what needs an owner: a pattern, and a path for which it must hold."""
    yield f"/{own}", own
    for folder, file in (
        (".github", "workflows/check.yml"),
        (".gitlab", "ci/check.yml"),
        (".dvc", "config"),
        ("schemas", "version/v1.json"),
    ):
        if folder in setup.folders:
            yield f"/{folder}/", f"{folder}/{file}"
    if workflows.GITLAB in setup.sheets:
        yield f"/{workflows.GITLAB}", workflows.GITLAB
    yield f"/{layout.POLICY}", layout.POLICY
    for model in setup.models:
        yield f"/{layout.MODELS}/{model}/", layout.version(model, "1.0.0")


def _pattern(pattern: str) -> re.Pattern[str]:
    """Give what a line's pattern means: that of .gitignore, without its exceptions."""
    bare = pattern.strip("/").replace("\\", "")
    anchored = "/" in pattern.rstrip("/")
    made = "" if anchored else "(?:.*/)?"
    for part in re.split(r"(\*\*/|/\*\*|\*\*|\*|\?)", bare):
        made += {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(
            part, re.escape(part)
        )
    # `docs/*` is for the files in docs, and not for those in its folders.
    below = "" if anchored and bare.endswith("/*") else "/.+" if pattern.endswith("/") else "(?:/.*)?"
    return re.compile(made + below, re.DOTALL)
