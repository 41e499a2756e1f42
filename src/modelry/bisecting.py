"""Which move of a stage broke something: its holders are tested by a command of the user's own, fewest first."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from modelry import judging
from modelry.client import progress, pull
from modelry.client.fetching import Means
from modelry.client.resolution import File, Resolution
from modelry.errors import NotFoundError, RegistryError
from modelry.git import Repository
from modelry.model import bisection, layout, names
from modelry.model.bisection import Bisection, Tested, Verdict
from modelry.model.events import Event
from modelry.model.registry import Registry, Version
from modelry.reports import history
from modelry.storage import commits, moments, remotes
from modelry.storage.access import Access

Tell = Callable[[str], None]
"""Say to whoever waits how far it is."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to know."""

    model: str
    stage: str
    command: str
    """Run by the shell: 0 is good, 125 cannot be tested, any other code below 128 is bad."""
    good: str | None = None
    """A version that is believed to be good."""
    bad: str | None = None
    """A version that is believed to be bad."""
    pull: bool = True
    """Whether the command needs the artifact."""


def bisect(start: Path, wish: Wish, tell: Tell) -> Bisection:
    """Find the move since which the command fails, by as few runs of it as that takes.

    Raises `NotFoundError` for a model or stage that never was, `RegistryError` where it cannot be found.
    """
    repository = Repository(start)
    commit = repository.commit(repository.base)
    past = moments.past(start, commit, wish.model, wish.stage)
    if past.unknown_before is not None:
        tell(f"note: {history.unknown(past.unknown_before)}")
    moves = [one for one in past.events if one.what in {"promoted", "rolled back"} and one.version]
    if not moves:
        raise NotFoundError(
            f"nothing ever held {wish.stage} of {wish.model}",
            hint=f"see what did: modelry history {wish.model}",
        )
    bench = _Bench(repository, commits.registry(repository, commit), wish, tell, moves)
    found = bisection.search([str(one.version) for one in moves], bench.judge, wish.good, wish.bad)
    return Bisection(
        commit,
        wish.model,
        wish.stage,
        wish.command,
        tuple(moves[found.good + 1 : found.bad + 1]),
        bench.version(moves[found.good]),
        bench.version(moves[found.bad]),
        tuple(Tested(one, said, bench.codes.get(one)) for one, said in found.verdicts.items()),
        bench.registry,
    )


@dataclass(frozen=True)
class _Bench:
    """Where versions are tested."""

    repository: Repository
    registry: Registry
    """As main has it now: its remotes are where bytes of old lie today."""
    wish: Wish
    tell: Tell
    moves: Sequence[Event]
    codes: dict[str, int] = field(default_factory=dict)
    """How the command ended, by version."""

    def judge(self, place: int, left: int) -> Verdict:
        """Test the version that took the stage by a move; one that cannot be fetched is skipped."""
        move = self.moves[place]
        if left:
            steps = left.bit_length()  # as often as so many can be halved
            self.tell(f"{_counted(left, 'holder')} left, about {_counted(steps, 'step')}")
        try:
            with self._set_up(move) as environment:
                code = _run(self.wish.command, environment)
        except RegistryError as error:
            self.tell(f"{move.model}@{move.version}: skipped: {error}")
            return "skipped"
        self.codes[str(move.version)] = code
        verdict = bisection.verdict(code)
        self.tell(f"{move.model}@{move.version}: {verdict}{f' (exit {code})' if verdict == 'bad' else ''}")
        return verdict

    def version(self, move: Event) -> Version:
        """Give the version that took the stage, as it was then; main may have lost it since."""
        then = commits.registry(self.repository, move.commit)
        return then.find(names.reference(f"{move.model}@{move.version}"))

    @contextmanager
    def _set_up(self, move: Event) -> Iterator[Mapping[str, str]]:
        """Give what the command is told, the artifact being there meanwhile."""
        version = self.version(move)
        told = {
            "MODELRY_REFERENCE": version.label,
            "MODELRY_MODEL": version.model,
            "MODELRY_STAGE": self.wish.stage,
            "MODELRY_VERSION": version.number,
            "MODELRY_SHA256": version.record.must.artifact.sha256,
            "MODELRY_COMMIT": move.commit,
        }
        if not self.wish.pull:
            yield told
            return
        with tempfile.TemporaryDirectory(prefix="modelry-bisect-") as scratch:
            found = self._resolution(version)
            where = Path(scratch, found.path)
            with progress.bar(found.label, found.size) as tick:
                pull.pull(found, where, tick=tick, means=Means(self._access))
            yield told | {"MODELRY_PATH": os.fspath(where)}

    @property
    def _access(self) -> Access:
        return judging.access_of(self.repository, self.registry.tree)

    def _resolution(self, version: Version) -> Resolution:
        """Say which bytes a version is, and where they may lie now: where consumers read before where is written."""
        policy, artifact = self.registry.policy.must, version.record.must.artifact
        if len(version.pointers) != 1:
            raise RegistryError(f"{version.label} has {len(version.pointers)} pointers, expected one")
        md5 = version.pointers[0].must.out.md5
        base = self.repository.top / layout.ROOT
        urls = [url for remote in policy.remotes.values() for url in (remote.public, remote.url) if url]
        places = dict.fromkeys(remotes.location(url, base) for url in urls)
        files = artifact.files
        return Resolution(
            reference=version.label,
            registry=policy.id,
            model=version.model,
            version=version.number,
            stage=None,
            sha256=artifact.sha256,
            size=artifact.size,
            path=artifact.path,
            format=artifact.format,
            md5=md5,
            files=None if files is None else tuple(File(one.path, one.size, one.sha256) for one in files),
            addresses=tuple(remotes.address(place, md5) for place in places),
            commit=None,
            sequence=None,
            source="folder",
            yanked=None,
            replacement=None,
        )


def _run(command: str, told: Mapping[str, str]) -> int:
    """Run the user's command, and give its exit code; what it prints is talk, for the answer is ours."""
    kept = {name: value for name, value in os.environ.items() if name != "MODELRY_PATH"}
    return subprocess.run(["/bin/sh", "-c", command], stdout=2, env={**kept, **told}, check=False).returncode


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
