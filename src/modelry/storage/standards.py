"""What versions were measured by: the policies and waivers of main's line, each as the commit left it that brought it."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from modelry.git import Repository, reading
from modelry.model import layout
from modelry.model.documents import Waiver
from modelry.model.events import Event
from modelry.model.policy import Policy
from modelry.storage import documents

M = TypeVar("M", Policy, Waiver)


def policies(repository: Repository, events: Iterable[Event]) -> Mapping[str, Policy | None]:
    """Give the policy that each of these commits left which changed it; None where it cannot be read."""
    commits = [event.commit for event in events if event.what == "policy changed" and not event.name]
    found = _read(repository, (f"{commit}:{layout.POLICY}" for commit in commits), Policy)
    return {commit: found.get(f"{commit}:{layout.POLICY}") for commit in commits}


def waivers(repository: Repository, events: Iterable[Event]) -> Mapping[tuple[str, str, str], Waiver]:
    """Give each waiver as a commit left it that brought or altered it, by commit, model and name."""
    told = [event for event in events if event.what == "waived"]
    places = {
        (event.commit, event.model, event.name): f"{event.commit}:{layout.waiver(event.model, event.name)}"
        for event in told
    }
    found = _read(repository, places.values(), Waiver)
    return {key: value for key, place in places.items() if (value := found.get(place)) is not None}


def _read(repository: Repository, names: Iterable[str], type_: type[M]) -> Mapping[str, M | None]:
    """Read documents by `commit:path`; those of equal bytes once."""
    files = reading.files(repository, names)
    known = {data: documents.parse(data, type_)[0] for data in dict.fromkeys(files.values())}
    return {name: known[data] for name, data in files.items()}
