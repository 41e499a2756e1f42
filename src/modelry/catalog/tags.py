"""Main's history in GTO's grammar: which tag tells which event, and what lies in the commit that it is put on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from json import dumps
from typing import NamedTuple

from modelry.model import layout
from modelry.model.events import Event

_NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9/_-]*[a-zA-Z0-9])?"
GRAMMAR = re.compile(
    rf"(?:[\w./-]+=)?{_NAME}(?:#{_NAME}!?|@v\d+\.\d+\.\d+[\w.+-]*!?|@deprecated|@created)(?:#\d+)?"
)
"""What GTO takes for a tag of its own."""


class Tag(NamedTuple):
    """One annotated tag, as GTO reads it."""

    name: str
    event: Event
    """What it tells."""
    registered: Event
    """How the version came that it speaks of. GTO knows a version by the commit that all its tags share."""
    time: int
    """Seconds since 1970; of one model later for later events, whatever the clocks of the commits said."""

    @property
    def version(self) -> str:
        """The version that it speaks of, by the name of its first tag."""
        return f"{self.registered.model}@v{self.registered.version}"

    @property
    def message(self) -> str:
        """What the tag says: why, and which commit of main it tells of."""
        return f"{self.event.reason or self.event.subject}\n\nModelry-Commit: {self.event.commit}\n"


def derived(events: Iterable[Event]) -> Iterator[Tag]:
    """Give the tag of each event that GTO has a word for, in their order; what happens later changes none of them."""
    registered: dict[tuple[str, str | None], Event] = {}
    counters: Counter[str] = Counter()
    names: set[str] = set()
    times: dict[str, int] = {}
    for event in events:
        version = event.previous if event.what == "emptied" else event.version
        if event.what == "registered":
            registered.setdefault((event.model, version), event)
        name = _name(event)
        if not name or (event.model, version) not in registered:
            continue
        # GTO numbers all that can happen again, in one line by model.
        if event.stage is not None or name in names:
            counters[event.model] += 1
            name = f"{name}#{counters[event.model]}"
        names.add(name)
        last = times.get(event.model, 0)
        times[event.model] = max(int(event.when.timestamp()), last + (event.what != "registered"))
        if not name.endswith(".lock"):  # git refuses such a ref, and SemVer allows such a version
            yield Tag(name, event, registered[event.model, version], times[event.model])


def _name(event: Event) -> str:
    match event.what:
        case "registered":
            return f"{event.model}@v{event.version}"
        case "yanked":
            return f"{event.model}@v{event.version}!"
        case "promoted" | "rolled back":
            return f"{event.model}#{event.stage}"
        case "emptied":
            return f"{event.model}#{event.stage}!"
        case _:
            return ""  # GTO has no word for it


def artifact(event: Event, pointer: str) -> str:
    """Give a `dvc.yaml` by which DVC finds a version by its model's name."""
    path = dumps(pointer.removesuffix(".dvc"), ensure_ascii=False)
    return f'artifacts:\n  "{event.model}":\n    path: {path}\n    type: model\n'


def ignored(event: Event) -> str:
    """Give the lines of `.dvcignore` by which DVC looks at no other version: among 10,000 it would look for minutes."""
    models = f"/{layout.ROOT}/models"
    versions = f"{models}/{event.model}/versions"
    return f"{models}/*\n!{models}/{event.model}\n{versions}/*\n!{versions}/{event.version}\n"


class Fault(NamedTuple):
    """A tag that does not say what the files say."""

    tag: str
    fault: str
    """missing, lightweight, misplaced or foreign."""
    message: str
    hint: str
