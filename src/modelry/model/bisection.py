"""Which of those who held a stage was the first bad one: a binary search in main's order, and what it found."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.model.events import Event
from modelry.model.registry import Registry, Version

Verdict = Literal["good", "bad", "skipped"]
"""What a test says of a version; skipped is what could not be tested."""

Judge = Callable[[int, int], Verdict]
"""Tests a holder by its place in the order; is told how many may still have to be tested, none for an end."""

_SKIP = 125
_STOP = 128


def verdict(code: int) -> Verdict:
    """Read a test's exit code as `git bisect run` does; raises `RegistryError` where it asks to stop."""
    if code == 0:
        return "good"
    if code == _SKIP:
        return "skipped"
    if 0 < code < _STOP:
        return "bad"
    told = f"signal {-code}" if code < 0 else f"exit code {code}"
    raise RegistryError(
        f"the command ended by {told}, which means to stop",
        hint="0 is good, 125 cannot be tested, any other code below 128 is bad",
    )


class Found(NamedTuple):
    """How far a search came: what broke it lies after one place, and not after the other."""

    good: int
    """The place of the last holder that is known to be good."""
    bad: int
    """The place of the first after it that is known to be bad; those between were skipped."""
    verdicts: Mapping[str, Verdict]
    """By version, of each that was tested or trusted."""


def search(holders: Sequence[str], judge: Judge, good: str | None = None, bad: str | None = None) -> Found:
    """Find where `holders`, oldest first, turn from good to bad; each version is judged once at most.

    `good` and `bad` are believed; without them the oldest and the newest are judged first. Raises
    `NotFoundError` for one that never was a holder, `UsageError` for two in the wrong order, and
    `RegistryError` where an end is not what it must be.
    """
    known: dict[str, Verdict] = {}
    low, high = _ends(holders, good, bad)
    known |= {holders[place]: "good" for place in [low] if good is not None}
    known |= {holders[place]: "bad" for place in [high] if bad is not None}

    def judged(place: int, left: int = 0) -> Verdict:
        if holders[place] not in known:
            known[holders[place]] = judge(place, left)
        return known[holders[place]]

    _require(judged(high), "bad", holders[high], "newest")
    _require(judged(low), "good", holders[low], "oldest")
    while untested := [place for place in range(low + 1, high) if known.get(holders[place]) != "skipped"]:
        middle = (low + high) // 2
        place = min(untested, key=lambda place: abs(place - middle))
        match judged(place, len(untested)):
            case "good":
                low = place
            case "bad":
                high = place
    return Found(low, high, known)


def _ends(holders: Sequence[str], good: str | None, bad: str | None) -> tuple[int, int]:
    for wanted in (good, bad):
        if wanted not in {None, *holders}:
            raise NotFoundError(
                f"{wanted} never held the stage", hint=f"it was held by {', '.join(dict.fromkeys(holders))}"
            )
    high = _last(holders, bad) if bad is not None else len(holders) - 1
    if good is None:
        return 0, high
    if good not in holders[:high] or good == bad:
        raise UsageError(
            f"{good} did not hold the stage before {holders[high]}",
            hint="--good names a version from before the fault, --bad one from after it",
        )
    return _last(holders[:high], good), high


def _last(holders: Sequence[str], wanted: str) -> int:
    return max(place for place, holder in enumerate(holders) if holder == wanted)


def _require(found: Verdict, wanted: Verdict, holder: str, which: str) -> None:
    if found == wanted:
        return
    if found == "skipped":
        raise RegistryError(
            f"{holder}, the {which} holder, cannot be tested",
            hint=f"name one that is known to be {wanted}: --{wanted} VERSION",
        )
    if wanted == "bad":
        raise RegistryError(
            f"{holder}, the newest holder, is good: there is nothing to look for",
            hint="see that the command fails where it should, or name a bad one: --bad VERSION",
        )
    raise RegistryError(
        f"{holder}, the oldest holder, is bad as well: no holder is known to be good",
        hint="see that the command passes where it should, or name a good one: --good VERSION",
    )


class Tested(NamedTuple):
    """What was found out about a version."""

    version: str
    verdict: Verdict
    code: int | None = None
    """The command's exit code; None where it was not run, since the version was trusted or could not be had."""


class Bisection(NamedTuple):
    """What was found, with all that a report tells of it."""

    commit: str
    """The commit up to which main was read."""
    model: str
    stage: str
    command: str
    suspects: tuple[Event, ...]
    """The moves of which one made it bad, oldest first: one, unless some could not be tested."""
    good: Version
    """The last holder that is known to be good."""
    bad: Version
    """The first after it that is known to be bad."""
    tested: tuple[Tested, ...]
    registry: Registry
    """The registry as main has it now."""

    @property
    def culprit(self) -> Event | None:
        """The move that broke it; None where it is one of several."""
        return self.suspects[0] if len(self.suspects) == 1 else None

    @property
    def holder(self) -> str | None:
        """The version that holds the stage now."""
        holder = self.registry.model(self.model).holder(self.stage)
        return holder.number if holder is not None else None

    @property
    def is_over(self) -> bool:
        """Whether the stage is held by a version that is known to be good."""
        return any(one.version == self.holder and one.verdict == "good" for one in self.tested)

    @property
    def way_back(self) -> str | None:
        """The version to go back to; None where that is not needed, or not possible."""
        now = self.registry.model(self.model).versions.get(self.good.number)
        if self.holder is None or self.is_over or now is None or now.yanked is not None:
            return None
        return now.number
