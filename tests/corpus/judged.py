"""How each kind of input is judged: as a change of one sound registry, by all rules, without git and without a disk."""

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import builders
from corpus import generated
from modelry import checks
from modelry.errors import RegistryError
from modelry.model import changes, layout
from modelry.model.files import REGULAR, Entry, Tree
from modelry.storage import documents

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
NEW = "1.2.0"
BASE: Mapping[str, bytes] = {
    **builders.a_policy(profiles={"high-risk": {"fields": ["training.seed"]}}),
    **builders.a_model("churn", ["1.0.0", "1.1.0"]),
    **builders.an_assignment("churn", "1.0.0", "staging"),
}
_OBJECTS = {
    hashlib.md5(data).hexdigest(): len(data)
    for data in (builders.artifact("churn", version) for version in ("1.0.0", "1.1.0", NEW))
}
_WHERE = {
    "registry": layout.POLICY,
    "model": layout.model("churn"),
    "version": layout.version("churn", NEW),
    "evaluation": layout.evaluation("churn", "1.0.0", "fairness"),
    "yank": layout.version("churn", "1.1.0", "yanked.yaml"),
    "assignment": layout.stage("churn", "staging"),
    "waiver": "registry/models/churn/waivers/latency.yaml",
}
_SUBMODULE = "160000"


def judge(kind: str, given: str) -> list[str]:
    """Give the findings that an input of a kind draws, as they stand in its table."""
    if kind in _WHERE:
        return _document(kind, given)
    return _OTHERS[kind](given)


def kinds() -> list[str]:
    """Give the kinds of input, each of which has a table."""
    return [*_WHERE, *_OTHERS]


def _findings(
    path: str,
    files: Mapping[str, bytes],
    *,
    base: Mapping[str, bytes] = BASE,
    modes: Mapping[str, str] | None = None,
    removed: tuple[str, ...] = (),
) -> list[str]:
    before = builders.registry_of(base)
    after = documents.registry(_tree({**base, **files}, modes or {}, removed))
    context = checks.Context(
        changes.between(before, after),
        before.policy.must,
        NOW.date(),
        NOW,
        lambda _model, _stage: (),
        _OBJECTS.get,
    )
    try:
        found = checks.run(checks.ALL, context).findings
    except RegistryError as error:
        return [f"could not look: {error}"]
    told = [
        f"{'' if finding.path == path else _shown(finding.path) + ':'}{finding.line}:{finding.column} "
        f"{finding.rule}: {_shown(finding.message)}"
        for finding in found
        if not finding.on_base
    ]
    return told or ["passes"]


def _tree(files: Mapping[str, bytes], modes: Mapping[str, str], removed: tuple[str, ...]) -> Tree:
    entries = {
        path: Entry(modes.get(path, REGULAR), hashlib.sha1(data).hexdigest())
        for path, data in sorted(files.items())
        if path not in removed
    }

    def read(path: str) -> bytes:
        if entries[path].mode == _SUBMODULE:  # as git, which holds no such object
            raise RegistryError(f"git has no object {entries[path].id}")
        return files[path]

    return Tree(entries, read)


def _shown(text: str) -> str:
    """Give text on one line that a reader can tell apart; what does not print is written as in JSON."""
    return text if text.isprintable() else json.dumps(text)


def _document(kind: str, given: str) -> list[str]:
    """`artifact.size = "12"` sets a field of the valid document, `artifact.size gone` takes it out,
    `artifact.size called sizes` renames it, `summary long` makes it 10,001 letters; `as it is` does nothing."""
    document = generated.edited(sound(kind), given)
    path = _WHERE[kind]
    files = builders.a_version("churn", NEW) if kind == "version" else {}
    try:
        return _findings(path, {**files, path: builders.text(kind, document)})
    except RegistryError as error:
        return [f"cannot be written: {error}"]


def sound(kind: str) -> dict[str, Any]:
    """Give the valid document of a kind that fits into the registry that all is judged in."""
    made = builders.a_document(kind)
    data = builders.artifact("churn", NEW)
    match kind:
        case "registry":
            made["remotes"] = {"store": {"url": "../store"}}
        case "version":
            made["artifact"] |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        case "yank":
            made["replacement"] = "1.0.0"
        case "assignment":
            sha256 = hashlib.sha256(builders.artifact("churn", "1.1.0")).hexdigest()
            made |= {"version": "1.1.0", "sha256": sha256, "previous": "1.0.0"}
        case "waiver":
            made |= {"version": "1.1.0", "gate": "auc", "expires": "2026-06-30"}
    return made


def _path(given: str) -> list[str]:
    """A path at which a file is added, as a JSON text."""
    path = json.loads(given)
    return _findings(path, {path: b"x: 1\n"})


def _gate(given: str) -> list[str]:
    """A gate of staging, and the metrics of the version that is promoted there: `{"gate": …, "metrics": …}`.

    The policy is judged first; where that draws nothing, the promotion by that policy.
    """
    case = json.loads(given)
    stages = [{"name": "staging", "gates": [case["gate"]]}, {"name": "production"}]
    policy = builders.a_policy(stages=stages, profiles={"high-risk": {"fields": ["training.seed"]}})
    found = _findings(layout.POLICY, policy)
    if found != ["passes"]:
        return [f"policy: {line}" for line in found]
    evaluations = copy.deepcopy(sound("version")["evaluations"])
    if "metrics" in case:
        evaluations[0] = {"dataset": evaluations[0]["dataset"], "metrics": case["metrics"]}
    version = builders.a_version("churn", "1.1.0", evaluations=evaluations)
    promotion = builders.an_assignment("churn", "1.1.0", "staging", previous="1.0.0")
    return _findings(_WHERE["assignment"], promotion, base={**BASE, **policy, **version})


def _pointer(given: str) -> list[str]:
    """The text of the pointer of a new version, as a JSON text."""
    path = layout.version("churn", NEW, "model.onnx.dvc")
    return _findings(path, {**builders.a_version("churn", NEW), path: json.loads(given).encode()})


def _card(given: str) -> list[str]:
    """The text of the card of a new version, as a JSON text; `["# x", "y", 3]` is `# xyyy`."""
    return _findings(
        layout.version("churn", NEW, "card.md"),
        {**builders.a_version("churn", NEW), layout.version("churn", NEW, "card.md"): card(given)},
    )


def card(given: str) -> bytes:
    """Give the card that an input stands for."""
    made = json.loads(given)
    text = made if isinstance(made, str) else made[0] + made[1] * made[2]
    return str(text).encode("utf-8", "surrogateescape")


def _configuration(given: str) -> list[str]:
    """What a registration brings besides: paths and their texts."""
    besides = {path: text.encode() for path, text in json.loads(given).items()}
    return _findings("", {**builders.a_version("churn", NEW), **besides})


def _entries(given: str) -> list[str]:
    """What a change does to git's tree: `MODE PATH`, and what it holds if that matters; `- PATH` removes."""
    files: dict[str, bytes] = {}
    modes: dict[str, str] = {}
    removed: list[str] = []
    for entry in json.loads(given):
        mode, path, *data = entry.split(" ", 1) if isinstance(entry, str) else entry
        if mode == "-":
            removed.append(path)
        else:
            files[path], modes[path] = "".join(data).encode() or BASE.get(path, b"x\n"), mode
    return _findings("", files, modes=modes, removed=tuple(removed))


_OTHERS: Mapping[str, Callable[[str], list[str]]] = {
    "paths": _path,
    "gates": _gate,
    "pointers": _pointer,
    "trees": _entries,
    "cards": _card,
    "configurations": _configuration,
}
