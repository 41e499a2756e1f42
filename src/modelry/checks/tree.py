"""What may lie in the registry's folder at all."""

from collections.abc import Iterator
from shlex import quote

from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.files import REGULAR

_WHAT = {"120000": "a symbolic link", "160000": "a submodule", "100755": "executable"}
_TEXT = (".yaml", ".yml", ".md", ".dvc", ".json")


@rule("unexpected-file")
def unexpected_file(context: Context) -> Iterator[Problem]:
    """A file lies where the registry has no place for one.

    The path is the identity: what lies elsewhere is read by nobody, or by the wrong reader. It is
    often a misspelt folder, a name in capitals or an artifact that should be in the DVC remote.
    Move it to its place, or take it out of the pull request.
    """
    for path, entry in _entries(context):
        if layout.place(path) is None and entry != "120000":
            yield Problem(path, "nothing may lie here", hint=_out(path))


@rule("irregular-file")
def irregular_file(context: Context) -> Iterator[Problem]:
    """A path of the registry is a symbolic link, a submodule or executable.

    A link or submodule makes readers open something that nobody reviewed, outside of the registry
    even, and what is executable invites somebody to run it. Replace it by a plain file.
    """
    for path, mode in _entries(context):
        if mode != REGULAR:
            yield Problem(
                path,
                f"is {_WHAT.get(mode, 'not a regular file')}",
                hint=f"take that away: chmod -x {quote(path)}"
                if mode == "100755"
                else "replace it by a plain file, mode 100644",
            )


def _out(path: str) -> str:
    """Say how a file is taken out: git forgets an artifact, which it ignores from then on; text would be found again."""
    if path.endswith(_TEXT):
        return f"move it to its place, or delete it: rm {quote(path)}"
    return f"take it out: git rm --cached {quote(path)}"


def _entries(context: Context) -> Iterator[tuple[str, str]]:
    """Give path and mode of what is to be looked at, which is not what the change removes."""
    entries = context.after.tree.entries
    edited = (edit.path for edit in context.changes.edits if edit.after)
    for path in context.listed if context.everything else edited:
        if path.startswith(f"{layout.ROOT}/"):
            yield path, entries[path].mode
