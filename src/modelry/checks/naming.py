"""What names may not be: unreadable to some system, the same to another, or another's double."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from modelry.checks.base import Context, Problem, Severity, rule
from modelry.model import layout
from modelry.model.files import Tree

_LONGEST = 200
_RESERVED = re.compile(r"(^|/)(con|prn|aux|nul|com[1-9]|lpt[1-9])(?=[./]|$)", re.IGNORECASE)
_REFUSED = re.compile(r'[<>:"|?*\\]')
_DROPPED = re.compile(r"[ .](/|$)")
_LOOKALIKES = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"))
_SHORT = 4


@rule("unportable-name")
def unportable_name(context: Context) -> Iterator[Problem]:
    """A path cannot be checked out everywhere: a name that Windows reserves or refuses, no NFC, or too long.

    One such file makes the whole registry unreadable on somebody's machine, who can then not even
    propose to take it out. Windows reserves con, prn, aux, nul, com1 to com9 and lpt1 to lpt9, with any
    ending; 200 bytes leave room for the folder that the clone lies in. Choose another name.
    """
    for path in _added(context):
        fault = _unportable(path)
        # Of what may not lie there at all, `unexpected-file` speaks.
        if fault and layout.place(path) is not None:
            yield Problem(path, fault, hint="choose another name")


def _unportable(path: str) -> str:
    size = len(path.encode("utf-8", "surrogateescape"))
    if size > _LONGEST:
        return f"is {size} bytes long, expected at most {_LONGEST}"
    if not unicodedata.is_normalized("NFC", path):
        return "is not in Unicode's composed form (NFC), so that systems spell it differently"
    if not path.isprintable() or _REFUSED.search(path):
        return "has a character that Windows refuses or nobody sees"
    if _DROPPED.search(path):
        return "has a name that ends in a blank or a dot, which Windows drops"
    reserved = _RESERVED.search(path)
    return f"{reserved[2]} is a name that Windows reserves" if reserved else ""


@rule("case-collision")
def case_collision(context: Context) -> Iterator[Problem]:
    """Two paths differ in capitals or accents only.

    Windows and macOS take them for one: a clone there has one of the two files, and git calls the other
    one changed. Choose a name that differs in more.
    """
    double = next((edit.path for edit in context.changes.edits if edit.after and _doubles(edit.path)), None)
    if double is not None:
        yield Problem(
            double, f"{double.partition('/')[0]} is one name with {layout.ROOT} to Windows and macOS"
        )
    added = list(_added(context))
    if not added:
        return
    known = [f"{layout.MODELS}/{name}" for name in context.known]
    spelled = _colliding(
        [*context.listed, *known] if context.everything else [*_beside(context.after.tree, added)]
    )
    for spelling, paths in sorted(spelled.items()):
        # What lies below two folders that collide collides as well: one cause, told once.
        if spelling.rpartition("/")[0] in spelled:
            continue
        for one in sorted(paths):
            where = next((path for path in added if path == one or path.startswith(f"{one}/")), None)
            # As above: what may not lie there goes, and collides no more.
            if where is not None and layout.place(where) is not None:
                others = ", ".join(sorted(path for path in paths if path != one))
                yield Problem(where, f"{one} is one name with {others} to Windows and macOS")


def _colliding(paths: Collection[str]) -> dict[str, set[str]]:
    """Give the paths, and their folders, that are one to some systems, by how these compare them."""
    spelled: dict[str, set[str]] = {}
    # Nearly all are as they are compared, and no two of those are one.
    for node in (node for path in paths if folded(path) != path for node in _nodes([path])):
        if (spelling := folded(node)) != node:
            spelled.setdefault(spelling, set()).add(node)
    for node in (node for path in paths if spelled for node in _nodes([path])):
        if node in spelled and folded(node) == node:
            spelled[node].add(node)
    return {spelling: some for spelling, some in spelled.items() if len(some) > 1}


def _doubles(path: str) -> bool:
    """Say whether a path lies in a folder that some systems take for the registry's."""
    top = path.partition("/")[0]
    return top != layout.ROOT and folded(top) == layout.ROOT


def _nodes(entries: Iterable[str]) -> set[str]:
    """Give the paths below the registry's folder, and their folders."""
    seen = {path for path in entries if path.startswith(f"{layout.ROOT}/")}
    level = seen
    while level:
        level = {path.rpartition("/")[0] for path in level} - seen - {""}
        seen |= level
    return seen


def _beside(tree: Tree, added: Iterable[str]) -> Iterator[str]:
    """Give the files and folders that stand beside these paths and beside their folders."""
    folders = _nodes(added) - set(added)
    yield layout.ROOT
    for folder in folders:
        yield from (f"{folder}/{name}" for name in tree.folder(folder))


def folded(path: str) -> str:
    """Give a name as systems compare it that tell no capitals and no spellings of accents apart."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _added(context: Context) -> Iterator[str]:
    """Give the paths below the registry's folder that are new, or all when all is looked at."""
    if context.everything:
        return iter(context.listed)
    paths = (edit.path for edit in context.changes.edits if edit.how == "added")
    return (path for path in paths if path.startswith(f"{layout.ROOT}/"))


@rule("confusable-name", Severity.PERSON)
def confusable_name(context: Context) -> Iterator[Problem]:
    """A new model's name looks like that of another model.

    Whoever mistypes or misreads `churn` gets `chum`, with other bytes, and never learns of it. Names that
    differ in hyphens, in 0 and o, 1, l and i, rn and m, or in one letter look alike; numbers that count do
    not. Choose a name that tells what is different, or have somebody say that both are meant.
    """
    for name in context.changes.new_models:
        others = sorted(context.after.tree.folder(layout.MODELS))
        alike = [other for other in others if other != name and _is_alike(name, other)]
        # What is listed there may be no model.
        if alike := [other for other in alike if other in context.after.models]:
            yield Problem(
                layout.model(name),
                f"{name} is easily taken for {', '.join(alike)}",
                hint="choose a name that tells what is different",
            )


def _is_alike(name: str, other: str) -> bool:
    return _skeleton(name) == _skeleton(other) or (
        min(len(name), len(other)) > _SHORT and _is_one_slip(name, other)
    )


def _skeleton(name: str) -> str:
    for sign, looks_like in (("-", ""), *_LOOKALIKES):
        name = name.replace(sign, looks_like)
    return name


def _is_one_slip(one: str, other: str) -> bool:
    """Say whether one letter was added, dropped, changed or swapped with its neighbour; digits count on purpose."""
    short, long = sorted((one, other), key=len)
    start = next((at for at, sign in enumerate(short) if sign != long[at]), len(short))
    rest, longer = short[start:], long[start:]
    if len(longer) == len(rest) + 1:
        return longer[1:] == rest and not longer[0].isdigit()
    if len(longer) != len(rest):
        return False
    changed = longer[1:] == rest[1:] and not (longer[:1] + rest[:1]).isdigit()
    return changed or longer[1::-1] + longer[2:] == rest
