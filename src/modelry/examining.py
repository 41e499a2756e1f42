"""An examination: how a registry is kept, gathered from its files and from what its forge says into a `Setup`."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from modelry.doctor import Remark, Setup, Sheet, configurations, owners, pins, rulesets, workflows
from modelry.model import layout
from modelry.model.files import FOLDER, Files, Tree
from modelry.storage import documents, sheets, zizmor

_WORKFLOWS = ".github/workflows"
_ACTIONS = ".github/actions"
_YAML = (".yml", ".yaml")
_ACTION = ("action.yml", "action.yaml")
_NESTED = tuple(f"/{name}" for name in _ACTION)
_FOLDERS = (
    (_WORKFLOWS, _YAML),
    (workflows.GITLAB_HOME, _YAML),
    (rulesets.HOME.rstrip("/"), (".json",)),
)
_REGULAR = ("100644", "100755")


def setup(tree: Tree, settings: Sheet | None = None) -> Setup:
    """Give all that the doctor's rules may see of a repository, and of a forge's settings where they are given."""
    read = {path: sheets.sheet(path, tree.read(path)) for path in _sheets(tree) if _is_file(tree, path)}
    texts = {
        path: tree.read(path).decode("utf-8", "replace")
        for path in (*owners.PLACES, configurations.DVC)
        if _is_file(tree, path)
    }
    files = {path: tree.read(path) for path in read if path.startswith(".github/") or path in _ACTION}
    return Setup(
        read,
        texts,
        frozenset(name for name, entry in tree.folder("").items() if entry.mode == FOLDER),
        tuple(sorted(name for name, entry in tree.folder(layout.MODELS).items() if entry.mode == FOLDER)),
        documents.registry(tree).policy.value if _is_file(tree, layout.POLICY) else None,
        settings,
        auditor(files),
    )


def auditor(files: Files) -> Callable[[], Sequence[Remark]] | None:
    """Give what asks zizmor of files; None where it is not installed."""
    program = zizmor.program()
    return None if program is None else cache(partial(zizmor.audit, program, files))


def _sheets(tree: Tree) -> Iterator[str]:
    """Give the paths of what is read as YAML or JSON."""
    for folder, endings in _FOLDERS:
        yield from (f"{folder}/{name}" for name in sorted(tree.folder(folder)) if name.endswith(endings))
    yield from (path for path in sorted(tree.below(_ACTIONS)) if path.endswith(_NESTED))
    yield from (*_ACTION, *pins.DEPENDABOT, *pins.RENOVATE, workflows.GITLAB, layout.POLICY)


def _is_file(tree: Tree, path: str) -> bool:
    """Say whether a plain file lies there: a link would lead to something that nobody reviewed."""
    folder, _, name = path.rpartition("/")
    entry = tree.folder(folder).get(name)
    return entry is not None and entry.mode in _REGULAR


def excerpt(tree: Tree, settings: Sheet | None) -> Callable[[str], str | None]:
    """Give what gives the text of a file, or of the settings, for the line that a finding is about.

    Of DVC's configuration and GitLab's no line is shown: it may hold the secret that the finding is about, and a log
    is read by many.
    """

    def text(path: str) -> str | None:
        if path == configurations.DVC or path.startswith(".gitlab"):
            return None
        if settings is not None and path == settings.path:
            return settings.text
        return tree.read(path).decode("utf-8", "replace") if _is_file(tree, path) else None

    return text
