"""Which number a new version may bear: greater, next, and never used before."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, Severity, rule
from modelry.model import layout, names
from modelry.model.registry import Version

_Core = tuple[int, int, int]


@rule("version-not-greater")
def version_not_greater(context: Context) -> Iterator[Problem]:
    """A new version is lower than one that the model has.

    Whoever asks for the latest would not get it, and whoever reads the history sees time run backwards.
    A patch of an older line may follow: 1.2.1 after 1.2.0 though 2.0.0 is there, and a release though a
    pre-release of a later one is. Take the next number, as `modelry register` does.
    """
    for version in context.fresh:
        higher = _not_below(context, version)
        if higher:
            yield Problem(
                version.record.path,
                f"{version.label} is not greater than {higher}",
                hint=f"take the next: {', '.join(_next(higher))}",
            )


def _not_below(context: Context, version: Version) -> str | None:
    """Give the version on main that a new one should have been greater than; None when it is, or is its double."""
    known = [number for number in _known(context, version) if not _is_double(number, version.number)]
    line = [number for number in known if _core(number)[:2] == _core(version.number)[:2]]
    rivals = line or [number for number in known if names.is_release(number)]
    highest = max(rivals, key=names.precedence, default=None)
    if highest is None or names.precedence(highest) < names.precedence(version.number):
        return None
    return highest


def _known(context: Context, version: Version) -> list[str]:
    """Give the versions of the model on main, lowest first."""
    model = context.before.models.get(version.model)
    return list(model.versions) if model is not None else []


def _core(number: str) -> _Core:
    return names.precedence(number)[0]


def _is_double(one: str, other: str) -> bool:
    return names.precedence(one)[:3] == names.precedence(other)[:3]


def _next(number: str) -> list[str]:
    return list(dict.fromkeys(names.bump(number, part) for part in ("patch", "minor", "major")))


@rule("near-duplicate-version")
def near_duplicate_version(context: Context) -> Iterator[Problem]:
    """A new version differs from another in its build metadata only.

    By SemVer neither is greater, so tools disagree about which one is the latest, and people read both
    as the same. Take the next number instead.
    """
    for version in context.fresh:
        for number in context.after.models[version.model].versions:
            if number != version.number and _is_double(number, version.number):
                yield Problem(
                    version.record.path,
                    f"{version.label} is {number} but for its build metadata",
                    hint=f"take the next: {', '.join(_next(number))}",
                )


@rule("version-skips", Severity.PERSON)
def version_skips(context: Context) -> Iterator[Problem]:
    """A new version leaves out numbers.

    1.4.0 after 1.2.0 makes people look for 1.3.0, and it is often a slip of the finger that nobody can take
    back. Take the next number, or have somebody say that the gap is meant.
    """
    for version in context.fresh:
        others = [
            number for number in context.after.models[version.model].versions if number != version.number
        ]
        below = [number for number in others if names.precedence(number) < names.precedence(version.number)]
        cores = {_core(number) for number in others}
        if below and not _not_below(context, version) and not _follows(_core(version.number), cores):
            yield Problem(
                version.record.path,
                f"{version.label} leaves out what comes after {below[-1]}",
                hint=f"the next are {', '.join(_next(below[-1]))}",
            )


def _follows(core: _Core, others: set[_Core]) -> bool:
    major, minor, patch = core
    if core in others:  # from a pre-release to the next, or to the release
        return True
    if patch:
        return (major, minor, patch - 1) in others
    if minor:
        return any(other[:2] == (major, minor - 1) for other in others)
    return any(other[0] == major - 1 for other in others)


@rule("name-reused")
def name_reused(context: Context) -> Iterator[Problem]:
    """A model or version bears a name that main had before, and that was removed.

    Somebody pinned the old one: the same reference would now give other bytes. Take a name that was
    never used; a removed version may only come back as it was, by reverting its removal with git.
    """
    if not context.named:
        return
    again = {name for name in context.changes.new_models if layout.model(name) in context.again}
    for name in sorted(again):
        yield Problem(
            layout.model(name),
            f"main had a model {name} once, and it was removed",
            hint="choose another name",
        )
    for version in context.fresh:
        path = layout.version(version.model, version.number)
        # Of a model that comes back it is said already.
        if version.model not in again and path in context.again:
            yield Problem(
                path, f"main had {version.label} once, and it was removed", hint="take the next number"
            )
