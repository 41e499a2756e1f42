"""A folder that follows a stage: new bytes come whole or not at all, are tried, and the last good ones come back."""

import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from modelry import client
from modelry.client import placement, progress, pull
from modelry.client.asking import ANYBODY, How
from modelry.client.resolution import Resolution
from modelry.errors import RegistryError, StaleError
from modelry.exports import layouts
from modelry.model import names
from modelry.syncing import state as states
from modelry.syncing.metrics import Counted
from modelry.syncing.state import State

CURRENT = "current"
"""The link to what is served; it is exchanged at once, and never absent once it was there."""

_NAME = re.compile(rf"{names.VERSION[1:-1]}-[0-9a-f]{{12}}")
_PAUSE = 1.0
"""Seconds between two looks at whether something is well."""

Tell = Callable[[str], None]
What = Literal["unchanged", "moved", "rejected"]


@dataclass(frozen=True)
class Wish:
    """What is to be kept where."""

    reference: str
    folder: Path
    registry: str | None = None
    layout: str = "plain"
    """How the bytes are put: one of `layouts.LAYOUTS`."""
    command: str | None = None
    """Run by the shell after each exchange; another exit code than 0 is a failure."""
    health: str | None = None
    """Run by the shell until it exits with 0: then the new version is good."""
    patience: float = 60.0
    """Seconds that the new version has to become well."""
    keep: int = 2
    """How many versions stay besides the current one."""
    how: How = ANYBODY
    """Who may be asked."""


@dataclass(frozen=True)
class Round:
    """What came of one look."""

    what: What
    version: str
    """What is current now."""
    before: str | None = None
    """What was current before."""
    why: str = ""
    """Why something was rejected."""
    warning: str | None = None
    """What is to be known of who answered."""


@dataclass
class Follower:
    """One folder, and the one process that looks after it."""

    wish: Wish
    tell: Tell
    state: State = field(default_factory=State)

    def once(self) -> Round:
        """Look once, and do what there is to do; raises `RegistryError` where nobody could look, and all stays as it is.

        Killed at any time, the next look goes on where it stopped: the link means the old or the new, and a new one
        that was not yet found to be well is tried again.
        """
        with states.only(self.wish.folder):
            self.state = states.read(self.wish.folder)
            here = self._current()
            tried = here in self.state.good if here else True
            found = client.resolve(self.wish.reference, self.wish.registry, how=self.wish.how)
            self._not_older(found)
            # What nobody says just now is enough to begin with, and no reason to change anything.
            follow = not (found.stale and here and tried)
            done = self._follow(found, _name(found), here, tried=tried) if follow else _unchanged(here)
            return replace(done, warning=found.warning)

    def forever(self, every: float, ended: Callable[[float], bool], metrics: Path | None = None) -> None:
        """Look again and again, until `ended`, which waits so many seconds, says that it is enough; errors are told."""
        counted = Counted()
        while True:
            try:
                done = self.say(self.once())
                counted.seen(moved=done.what == "moved", rejected=done.what == "rejected")
                counted.errors += done.warning is not None
            except RegistryError as error:
                counted.errors += 1
                self.tell(f"error: {error}{f'; {error.hint}' if error.hint else ''}")
            if metrics is not None:
                with placement.replacing(metrics) as fresh:
                    fresh.write_text(counted.text(self.wish.reference, self._current() or ""), "utf-8")
            # Many hosts that were started together do not ask together.
            if ended(every * random.uniform(0.9, 1.1)):  # noqa: S311 - it spreads load, it hides nothing
                return

    def say(self, done: Round) -> Round:
        """Tell what came of a look, where it is news."""
        if done.warning is not None:
            self.tell(f"warning: {done.warning}")
        if done.what == "moved":
            self.tell(f"{done.before} -> {done.version}" if done.before else done.version)
        elif done.what == "rejected":
            self.tell(f"{done.before} is not well: {done.why}; back at {done.version}")
        return done

    def _follow(self, found: Resolution, name: str, here: str | None, *, tried: bool) -> Round:
        if name == here and tried:
            return _unchanged(here)
        if name in self.state.bad:
            return Round("unchanged", here or "", why=f"{name} was tried, and was not well")
        self._keep(replace(self.state, bad=()))
        self._fetch(found, name)
        before = here if name != here else next(reversed(self.state.good), None)
        self._exchange(name)
        if why := self._unwell(found):
            return self._back(found, name, before, why)
        good = (*(each for each in self.state.good if each != name), name)
        self._keep(replace(self.state, good=good[-1 - self.wish.keep :]))
        self._prune()
        return Round("moved", name, before)

    def _not_older(self, found: Resolution) -> None:
        known = self.state
        if known.registry not in {None, found.registry}:
            raise RegistryError(
                f"{self.wish.folder} follows the registry {known.registry}, not {found.registry}",
                hint="give each registry a folder of its own",
            )
        if found.sequence is not None and found.sequence < known.sequence:
            raise StaleError(
                f"{found.registry} answers as of commit {found.sequence} on main; {known.sequence} was seen already",
                hint="somebody published an old catalog, or stands between it and you",
            )
        self.state = replace(
            known, registry=found.registry, sequence=max(known.sequence, found.sequence or 0)
        )

    def _fetch(self, found: Resolution, name: str) -> None:
        target = self.wish.folder / name
        made = layouts.LAYOUTS[self.wish.layout](found, len(self.state.good) + 1)
        for path, text in made.files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, "utf-8")
        with progress.bar(found.label, found.size) as tick:
            means = client.means(found, self.wish.registry, offline=self.wish.how.offline)
            pull.pull(found, target / made.artifact, force=True, tick=tick, means=means)

    def _exchange(self, name: str) -> None:
        """Let the link mean another folder, in one step."""
        fresh = self.wish.folder / f".{CURRENT}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(name)
        fresh.replace(self.wish.folder / CURRENT)
        placement.sync(self.wish.folder)

    def _unwell(self, found: Resolution) -> str:
        """Say what is wrong with what is current; nothing where all is well."""
        if self.wish.command is not None and (code := self._run(self.wish.command, found)):
            return f"the command ended with {code}"
        if self.wish.health is None:
            return ""
        until = time.monotonic() + self.wish.patience
        while code := self._run(self.wish.health, found, max(self.wish.patience, _PAUSE)):
            if time.monotonic() >= until:
                return f"its health check ended with {code} for {self.wish.patience:g} s"
            time.sleep(_PAUSE)
        return ""

    def _back(self, found: Resolution, name: str, before: str | None, why: str) -> Round:
        """Go back to the last good version, and remember that this one is not."""
        self._keep(replace(self.state, bad=(name,)))
        if before is None:
            raise RegistryError(f"{found.label} is not well: {why}", hint="there is no version to go back to")
        self._exchange(before)
        if self.wish.command is not None and (code := self._run(self.wish.command, found)):
            raise RegistryError(
                f"{found.label} is not well: {why}; back at {before}, where the command ended with {code} too"
            )
        return Round("rejected", before, name, why)

    def _run(self, command: str, found: Resolution, patience: float | None = None) -> int:
        """Run a command of the user's, and give its exit code; 124, as of `timeout`, where it took too long."""
        told = {
            "MODELRY_MODEL": found.model,
            "MODELRY_VERSION": found.version,
            "MODELRY_SHA256": found.sha256,
            "MODELRY_PATH": os.fspath((self.wish.folder / CURRENT).absolute()),
        }
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", command],
                cwd=self.wish.folder,
                stdout=2,
                env={**os.environ, **told},
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 124
        return done.returncode

    def _current(self) -> str | None:
        try:
            return str((self.wish.folder / CURRENT).readlink())
        except FileNotFoundError:
            return None

    def _prune(self) -> None:
        """Remove the versions that are neither current nor kept; what is called otherwise is not ours."""
        for path in self.wish.folder.iterdir():
            is_ours = _NAME.fullmatch(path.name) is not None and path.is_dir() and not path.is_symlink()
            if is_ours and path.name not in self.state.good:
                shutil.rmtree(path, ignore_errors=True)

    def _keep(self, state: State) -> None:
        self.state = state
        states.keep(state, self.wish.folder)


def _unchanged(here: str | None) -> Round:
    return Round("unchanged", here or "")


def _name(found: Resolution) -> str:
    """Give the folder of a version: its digest is in the name, so another one is never taken for it."""
    return f"{found.version}-{found.sha256[:12]}"
