"""One build: which parts are made anew, by how many processes, and what stands over all of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from modelry.catalog import articles, frames
from modelry.catalog.frames import Kind
from modelry.catalog.plan import Part, Plan
from modelry.checks import sharing
from modelry.storage.site import checking, engine, state, theme
from modelry.storage.site.checking import Link
from modelry.storage.site.state import PartState
from modelry.storage.site.theme import Theme
from modelry.storage.site.writing import PAGE, Writer

_THEME, _REST = "theme", "rest"
"""The names of two parts that every site has."""
_SECTIONED = ("", "about/")
"""The tabs whose pages mostly have sections."""
_TOGETHER = 8
"""How many parts a process takes at a time."""

Tick = Callable[[int], None]


class Done(NamedTuple):
    """What a build did."""

    made: int
    """How many parts were made."""
    kept: int
    """How many were taken over from the old site."""
    files: int


class Making:
    """A build of one plan into a fresh folder beside the old site."""

    def __init__(self, plan: Plan, old: Path, fresh: Path, when: datetime, processes: int) -> None:
        self._plan = plan
        self._old = old
        self._fresh = fresh
        self._when = when
        self._processes = processes
        self._tabs = engine.tabs(plan.theme["mkdocs.yml"])
        self._before = state.read(old)
        self._after: dict[str, PartState] = {}
        self._links: list[Link] = []

    def run(self, tick: Tick) -> Done:
        """Fill the fresh folder, and look it through."""
        by_hand = {path.removesuffix(PAGE) for path in self._plan.written}
        around = self._theme(_guess(self._tabs - by_hand))
        kept = self._parts(around, tick)
        self._rest(around)
        self._check(around)
        return Done(len(self._plan.parts) - kept, kept, sum(len(part.files) for part in self._after.values()))

    def remember(self) -> None:
        """Keep what the next build wants to know, once the fresh folder is in its place."""
        sealed = {
            name: part if part.seal else replace(part, seal=state.seal(self._old, part.files))
            for name, part in self._after.items()
        }
        state.write(self._old, sealed)

    def _theme(self, kinds: frozenset[Kind]) -> Theme:
        """Give the frames of at least these kinds, and let the theme's files lie in the fresh folder."""
        writer = Writer(self._fresh, self._tabs, {})
        key, before = theme.key(self._plan.theme, self._plan.written), self._before.get(_THEME)
        if before and before.key == key:
            known = theme.remembered(key, before.facts)
            if writer.link(self._old, before):
                self._after[_THEME] = before
                return known
        made = theme.made(self._plan.theme, self._plan.written, kinds, self._fresh.parent, self._when)
        done = writer.put(made.files)
        self._links += [
            link
            for path, data in made.files.items()
            if path.endswith(".html") and path != "404.html"
            for link in checking.links(path, data.decode())
        ]
        self._after[_THEME] = PartState(key, done.files, facts=theme.told(made))
        return made

    def _parts(self, around: Theme, tick: Tick) -> int:
        """Take over the parts that did not change, make the others, and give how many were taken over."""
        writer = Writer(self._fresh, self._tabs, around.frames)
        todo = []
        for part in self._plan.parts:
            key = f"{part.key} {around.digest}"
            before = self._before.get(part.name)
            if before and before.key == key and writer.link(self._old, before):
                self._after[part.name] = before
            else:
                todo.append((key, part))
        tick(len(self._plan.parts) - len(todo))
        batches = [todo[at : at + _TOGETHER] for at in range(0, len(todo), _TOGETHER)]

        def work(number: int) -> list[Any]:
            answers = [_make(writer, part) for _, part in batches[number]]
            tick(len(answers))
            return answers

        for batch, answers in zip(
            batches, sharing.each(work, len(batches), self._processes or sharing.cores()), strict=True
        ):
            for (key, part), (files, links, facts) in zip(batch, answers, strict=True):
                self._after[part.name] = PartState(key, files, facts=facts)
                self._links += [Link(*link) for link in links]
        return len(self._plan.parts) - len(todo)

    def _rest(self, around: Theme) -> None:
        """Make what stands over the parts; a tab whose page has other sections than was guessed needs another frame."""
        files = dict(
            self._plan.rest({part.name: self._after[part.name].facts["own"] for part in self._plan.parts})
        )
        kinds = frozenset(self._kind(path, data) for path, data in files.items() if path.endswith(PAGE))
        if missing := kinds - around.frames.keys():
            around = theme.widened(around, self._plan.theme, missing, self._fresh.parent, self._when)
            self._after[_THEME] = replace(self._after[_THEME], facts=theme.told(around))
        writer = Writer(self._fresh, self._tabs, around.frames)
        done = writer.put(files)
        self._links += done.links
        found = [
            row for part in self._plan.parts for row in self._after[part.name].facts["found"]
        ] + done.found
        more = writer.put(engine.index(self._plan.theme["mkdocs.yml"], found))
        self._after[_REST] = PartState("", {**done.files, **more.files})

    def _check(self, around: Theme) -> None:
        """Look at all that is new; what leads to a page that is gone, wherever it stands."""
        known = {path for part in self._after.values() for path in part.files}
        complaints = [] if "index.html" in known else ["there is no index.html"]
        # A frame that no tab has is the same on all of its pages: to look at one is enough.
        other = next(
            (path for path in known if path.startswith("models/") and path.endswith("/index.html")), ""
        )
        for kind, frame in around.frames.items():
            page = kind.path if kind.is_tab else other.removesuffix("index.html")
            text = frames.framed(frame, page, articles.EMPTY).decode()
            if f"{page}index.html" in known:
                self._links += checking.links(f"{page}index.html", text)
        gone = {path for part in self._before.values() for path in part.files} - known
        if any(path.endswith(".html") for path in gone):
            checking.check(self._fresh)
        complaints += checking.broken(sorted(set(self._links)), known)
        checking.refuse([*complaints, *checking.api(self._fresh / "api/v1", known)])

    def _kind(self, path: str, data: bytes) -> Kind:
        return frames.kind(path.removesuffix(PAGE), articles.article(data.decode()), self._tabs)


def _guess(tabs: frozenset[str]) -> frozenset[Kind]:
    """Give the kinds that most sites have: each way to frame a page that no tab leads to, and the tabs as they mostly are."""
    hidden = (("navigation",), ("navigation", "toc"))
    others = {Kind("", is_tab=False, hide=hide, has_sections=has) for hide in hidden for has in (False, True)}
    return frozenset(
        others | {Kind(tab, is_tab=True, hide=hidden[1], has_sections=tab in _SECTIONED) for tab in tabs}
    )


def _make(writer: Writer, part: Part) -> tuple[Any, Any, Any]:
    made = part.make()
    done = writer.put(made.files)
    return done.files, done.links, {"own": made.facts, "found": done.found}
