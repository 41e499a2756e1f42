"""A registry in a folder: a reference is answered from the few files that it needs, whatever else lies there."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from modelry.client import fields, missing
from modelry.client.fields import Fields
from modelry.client.resolution import Artifact, Resolution, agree, artifact
from modelry.errors import IntegrityError, NotFoundError, RegistryError
from modelry.model import layout, names
from modelry.storage import remotes, yaml

_LARGEST = 256 * 1024


def resolve(wanted: names.Reference, top: Path) -> Resolution:
    """Answer a reference from the registry below `top`."""
    assigned = _assigned(top, wanted) if wanted.stage else None
    number = wanted.version or (
        assigned.text("version", fields.VERSION) if assigned else _latest(top, wanted.model)
    )
    where = layout.version(wanted.model, number)
    record = _read(top, where)
    if record is None:
        raise _no_version(top, wanted.model, number)
    record.exactly("schema", "version/v1")
    record.exactly("model", wanted.model)
    record.exactly("version", number)
    recorded = artifact(record.inside("artifact"))
    if assigned and wanted.stage:
        agree(assigned.text("sha256", fields.SHA256), recorded, wanted.stage, f"{wanted.model}@{number}")
    policy = _must(top, layout.POLICY)
    md5 = _pointer(top, layout.version(wanted.model, number, f"{recorded.path}.dvc"), recorded)
    yank = _read(top, layout.version(wanted.model, number, "yanked.yaml"))
    return Resolution(
        reference=str(wanted),
        registry=policy.text("id", fields.SLUG),
        model=wanted.model,
        version=number,
        stage=wanted.stage,
        **recorded._asdict(),
        md5=md5,
        addresses=tuple(remotes.address(remote, md5) for remote in _remotes(policy, top / layout.ROOT)),
        commit=None,
        sequence=None,
        source="folder",
        yanked=yank.text("reason", fields.LINE) if yank else None,
        replacement=yank.optional("replacement", fields.VERSION) if yank else None,
    )


def document(model: str, top: Path) -> dict[str, Any]:
    """Give what a catalog would say of a model, as far as a reference needs it; versions with faults are left out."""
    policy = _must(top, layout.POLICY)
    if nothing := _nothing(top, model):
        raise nothing
    versions, stages, latest = {}, {}, None
    for number in filter(names.is_version, _names(_versions(top, model))):
        with suppress(RegistryError):
            versions[number] = _told(resolve(names.Reference(model, number, None), top))
    for stage in _stages(top, model):
        assigned = _assigned(top, names.Reference(model, None, stage))
        stages[stage] = {
            "version": assigned.text("version", fields.VERSION),
            "sha256": assigned.text("sha256", fields.SHA256),
        }
    with suppress(NotFoundError):
        latest = _latest(top, model)
    return {
        "schema": "model-document/v1",
        "registry": policy.text("id", fields.SLUG),
        "model": model,
        "latest": latest,
        "stages": stages,
        "versions": versions,
        "remotes": [{"url": url} for url in _published(policy)],
    }


def _told(found: Resolution) -> dict[str, Any]:
    told = found.to_json()
    yanked = {"reason": found.yanked, "replacement": found.replacement} if found.yanked else None
    return {
        "artifact": {key: told[key] for key in ("path", "format", "size", "sha256", "files")},
        "md5": found.md5,
        "yanked": yanked,
    }


def _published(policy: Fields) -> Iterator[str]:
    """Give where consumers read each remote; what lies inside the repository, a catalog has below its own address."""
    listed = policy.inside("remotes")
    for name in listed.value:
        remote = listed.inside(name)
        url = remote.text("url", fields.URL)
        is_inside = "://" not in url and not url.startswith(("/", ".."))
        yield remote.optional("public", fields.URL) or (f"artifacts/{name}" if is_inside else url)


def models(top: Path) -> Iterator[tuple[str, Fields]]:
    """Give each model's name and what holds for it, with its latest version and who holds its stages."""
    for name in filter(names.is_model, _names(top / layout.MODELS)):
        info = _read(top, layout.model(name))
        if info is None:  # training code alone makes no model
            continue
        stages = {
            stage: _must(top, layout.stage(name, stage)).text("version", fields.VERSION)
            for stage in _stages(top, name)
        }
        with suppress(NotFoundError):
            info.value = {**info.value, "latest": _latest(top, name)}
        yield name, Fields({**info.value, "stages": stages}, info.where)


def _read(top: Path, path: str) -> Fields | None:
    try:
        with remotes.open_file(os.path.join(top, path)) as file:  # noqa: PTH118 - it is a text from here on
            data = file.read(_LARGEST + 1)
    except remotes.AbsentError:
        return None
    value, faults = yaml.parse(data)
    if faults:
        fault = faults[0]
        place = f"{path}:{fault.position.line}:{fault.position.column}"
        raise RegistryError(f"{place}: {fault.message}", hint="run `modelry check` in the registry")
    return Fields(value, path)


def _must(top: Path, path: str) -> Fields:
    document = _read(top, path)
    if document is None:
        raise RegistryError(f"{path} is missing", hint="run `modelry check` in the registry")
    return document


def _assigned(top: Path, wanted: names.Reference) -> Fields:
    assignment = _read(top, layout.stage(wanted.model, wanted.stage or ""))
    if assignment is None:
        raise _no_holder(top, wanted.model, wanted.stage or "")
    assignment.exactly("schema", "assignment/v1")
    return assignment


def _latest(top: Path, model: str) -> str:
    """Give the highest release that is not yanked; the highest pre-release when there is no release."""
    folder = _versions(top, model)
    numbers = sorted(filter(names.is_version, _names(folder)), key=names.precedence, reverse=True)
    for number in sorted(numbers, key=names.is_release, reverse=True):
        # A folder without a record is no version: git leaves such folders behind where bytes were pulled.
        if (folder / number / "version.yaml").exists() and not (folder / number / "yanked.yaml").exists():
            return number
    raise _nothing(top, model) or missing.latest(model)


def _pointer(top: Path, path: str, recorded: Artifact) -> str:
    pointer = _must(top, path)
    outs = list(pointer.each("outs"))
    if len(outs) != 1:
        raise RegistryError(f"{path}: it has {len(outs)} outs, expected one", hint="run `modelry check`")
    out = outs[0]
    out.exactly("path", recorded.path)
    out.exactly("hash", "md5")
    md5 = out.text("md5", fields.OBJECT)
    if out.count("size") != recorded.size or md5.endswith(".dir") != (recorded.files is not None):
        raise IntegrityError(
            f"{path} and version.yaml describe different artifacts", hint="run `modelry check`"
        )
    return md5


def _remotes(policy: Fields, base: Path) -> Iterable[str]:
    """Give each remote once, in order; where consumers read it comes before where it is written."""
    listed = policy.inside("remotes")
    found = []
    for name in listed.value:
        remote = listed.inside(name)
        found += [remote.optional("public", fields.URL), remote.text("url", fields.URL)]
    return dict.fromkeys(remotes.location(url, base) for url in found if url is not None)


def _no_version(top: Path, model: str, number: str) -> NotFoundError:
    known = _names(_versions(top, model))
    return _nothing(top, model) or missing.version(model, number, known)


def _no_holder(top: Path, model: str, stage: str) -> NotFoundError:
    return _nothing(top, model) or missing.holder(model, stage, _stages(top, model))


def _nothing(top: Path, model: str) -> NotFoundError | None:
    folder = (top / layout.model(model)).parent
    return None if folder.exists() else missing.model(model, _names(folder.parent))


def _stages(top: Path, model: str) -> list[str]:
    return [name.removesuffix(".yaml") for name in _names((top / layout.stage(model, "any")).parent)]


def _versions(top: Path, model: str) -> Path:
    return (top / layout.version(model, "0.0.0")).parent.parent


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - thousands of names need no paths
    except OSError:
        return []
