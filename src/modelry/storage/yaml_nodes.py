"""The careful reader: any text to nodes with their places, and all that is wrong."""

from contextlib import suppress
from typing import NamedTuple

import yaml

from modelry.model.places import Fault
from modelry.storage import yaml_characters, yaml_layout, yaml_scalars

DEPTH = 32
"""How many mappings and lists may stand in one another."""

NODES = 20_000
"""How many keys, scalars, lists and mappings a document may have."""

SCALAR = 64 * 1024
"""How many characters one scalar may have."""

FAULTS = 50
"""How many faults are told at once: whoever has more mends these first."""

_LESS = "split the document, or keep long lists out of it"


class Node(NamedTuple):
    """A value, and where it stands in the text."""

    value: object
    """What it says, as plain dicts, lists and scalars."""

    start: int
    """The offset of its first character."""

    end: int
    """The offset behind its last character."""

    children: "dict[str | int, Node]"
    """The nodes inside by key or index; empty for a scalar."""

    keys: "dict[str | int, Node]"
    """The nodes of a mapping's keys."""

    style: str
    """`block`, `flow` (a list or mapping in brackets), or `line`, as most scalars are."""


class Reading(NamedTuple):
    """What came of a text."""

    root: Node | None
    """The top mapping; None where the text could not be read to its end."""

    faults: tuple[Fault, ...]
    """All that is wrong, in the order of the text."""


def read(text: str) -> Reading:
    """Read a text of permitted characters, however malformed; never raise."""
    reader = _Reader(text)
    root = None
    with suppress(_StoppedError):
        try:
            root = reader.document()
        except yaml.YAMLError as error:
            reader.note(*yaml_layout.complaint(error))
    return Reading(root, tuple(sorted(reader.faults, key=lambda fault: fault.position)))


class _StoppedError(Exception):
    """Reading on would be dangerous, or would only repeat what is known."""


class _Reader:
    """One pass over libyaml's events, which it makes without recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.nodes = 0
        # The column of the innermost block that is open.
        self.margin = 0
        self.events = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.explicit_keys = yaml_layout.explicit_keys(text, DEPTH)

    def document(self) -> Node | None:
        next(self.events)
        begin = next(self.events)
        if not isinstance(begin, yaml.DocumentStartEvent):
            self.stop(0, "the file holds no document", "write a mapping")
        if begin.version or begin.tags:  # type: ignore[attr-defined]  # the stubs do not know them
            self.note(begin, "a directive is not read here", "delete the line")
        root = self.node(next(self.events), 1)
        if not isinstance(root.value, dict):
            what = "list" if isinstance(root.value, list) else "single value"
            message = f"the document is a {what}, not a mapping"
            self.stop(root.start, message, 'begin it with "key: value"')
        end = next(self.events)
        if end.explicit:  # type: ignore[attr-defined]
            self.note(end, "an end marker is not read here", "delete the line")
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            message = "a second document begins here"
            self.stop(after, message, "put it in a file of its own")
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > NODES:
            self.stop(event, f"the document has more than {NODES:,} nodes", _LESS)
        if isinstance(event, yaml.AliasEvent):
            self.stop(event, "an alias is not read here", "write the value out")
        if event.anchor is not None:  # type: ignore[attr-defined]
            self.note(event, "an anchor is not read here", "delete it")
        if event.tag is not None:  # type: ignore[attr-defined]
            self.note(event, "a tag is not read here", "delete it")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if depth > DEPTH:
            self.stop(event, f"the nesting is deeper than {DEPTH}", _LESS)
        margin = self.margin
        if not event.flow_style:  # type: ignore[attr-defined]
            self.margin = yaml_layout.column_of(event)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        node = self.sequence(event, depth) if is_list else self.mapping(event, depth)
        self.margin = margin
        if node.style == "flow":
            self.note_layout(yaml_layout.of_quotes(self.text, node.start, node.end, margin))
        return node

    def sequence(self, begin: yaml.Event, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        children: dict[str | int, Node] = dict(enumerate(items))
        value = [item.value for item in items]
        return self.collection(begin, event, value, children, {})

    def mapping(self, begin: yaml.Event, depth: int) -> Node:
        children: dict[str | int, Node] = {}
        keys: dict[str | int, Node] = {}
        value: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            known = len(self.faults)
            node = self.node(event, depth + 1)
            name = self.key(node, event, judged=len(self.faults) > known)
            child = self.node(next(self.events), depth + 1)
            if name in value:
                short = yaml_scalars.shorten(name)
                message = f"`{short}` stands here a second time"
                self.note(node.start, message, "keep one of the two")
                continue
            value[name] = child.value
            children[name] = child
            keys[name] = node
        return self.collection(begin, event, value, children, keys)

    def key(self, node: Node, event: yaml.Event, *, judged: bool) -> str:
        """Return a key's text; what is none gets a fault and a name of its own."""
        if judged:
            # The one mend of a key is quotes: it cannot be meant as a number.
            mended = self.faults[-1]
            self.faults[-1] = mended._replace(hint=mended.hint.partition(" if it is ")[0])
        elif node.start in self.explicit_keys:
            message = "a key after a question mark is not read here"
            self.note(node.start, message, 'write "key: value"')
        elif not isinstance(event, yaml.ScalarEvent):
            self.note(node.start, "a list or mapping is no key", "write a text as key")
        elif not isinstance(node.value, str):
            source = yaml_scalars.shorten(self.text[node.start : node.end])
            hint = f'write "{source}" in quotes' if source else "write a key"
            message = f"the key `{source}` is not text" if source else "a key is missing"
            self.note(node.start, message, hint)
        else:
            return node.value
        return f"\0{node.start}"

    def scalar(self, event: yaml.ScalarEvent) -> Node:
        start, end = yaml_layout.start_of(event), yaml_layout.end_of(event)
        text: str = event.value
        value: object = text
        if len(text) > SCALAR:
            self.note(event, f"the scalar has more than {SCALAR:,} characters", _LESS)
        elif wrong := yaml_characters.fault_in_value(text):
            self.note(event, *wrong)
        elif event.style in {"|", ">"}:
            end = start + len(self.text[start:end].rstrip())
            end += len(self.text[end:].partition("\n")[0])
            self.note_layout(yaml_layout.of_block(self.text, event, self.margin))
        elif event.style in {"'", '"'}:
            self.note_layout(yaml_layout.of_quotes(self.text, start, end, self.margin))
        elif event.tag is None:
            value = yaml_scalars.resolve(text)
            if isinstance(value, yaml_scalars.Refusal):
                self.note(event, *value)
        style = "block" if event.style in {"|", ">"} else "line"
        return Node(value, start, end, {}, {}, style)

    def collection(
        self,
        begin: yaml.Event,
        end: yaml.Event,
        value: object,
        children: dict[str | int, Node],
        keys: dict[str | int, Node],
    ) -> Node:
        flow = bool(begin.flow_style)  # type: ignore[attr-defined]
        # libyaml ends a block where the next one begins; we, with its last child.
        last = max((child.end for child in children.values()), default=0)
        stop = yaml_layout.end_of(end) if flow else last
        style = "flow" if flow else "block"
        return Node(value, yaml_layout.start_of(begin), stop, children, keys, style)

    def note_layout(self, problem: yaml_layout.Problem | None) -> None:
        if problem is not None:
            self.note(*problem)

    def note(self, where: yaml.Event | int, message: str, hint: str) -> None:
        if len(self.faults) == FAULTS:
            raise _StoppedError
        offset = where if isinstance(where, int) else yaml_layout.start_of(where)
        place = yaml_characters.place(self.text, offset)
        self.faults.append(Fault(message, place, hint))

    def stop(self, where: yaml.Event | int, message: str, hint: str) -> None:
        self.note(where, message, hint)
        raise _StoppedError
