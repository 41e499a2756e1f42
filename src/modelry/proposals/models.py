"""Proposals that are about a whole model: that it should no longer be used, and exceptions to what policy asks of it."""

import re
from collections.abc import Callable, Sequence

from modelry.errors import ConflictError, NotFoundError, UsageError
from modelry.model import layout
from modelry.model.registry import Registry
from modelry.proposals.base import Content, Proposal, body, command, option

_LONGEST = 63

Edit = Callable[[str, Sequence[str], Content], str]
"""Sets a field in a document's text, and leaves all else as people wrote it."""

Remove = Callable[[str, str], str]
"""Removes a field from a document's text, and leaves all else as people wrote it."""


def deprecate(registry: Registry, name: str, reason: str, replacement: str | None, edit: Edit) -> Proposal:
    """Propose to say of a model that it should no longer be used; all that is there stays, and is served."""
    model = registry.model(name)
    if replacement == name:
        raise UsageError(f"{name} cannot replace itself", hint="name another model with --replacement")
    if replacement is not None:
        registry.model(replacement)
    said = {"reason": reason} | ({"replacement": replacement} if replacement is not None else {})
    edited = edit(_text(registry, name), ["deprecated"], said)
    instead = f" Use {replacement} instead." if replacement else ""
    held = [f"{stage}: {holder.number}" for stage in model.stages if (holder := model.holder(stage))]
    text = body(
        what=[f"{name} should no longer be used.{instead} It stays, and everything still resolves."],
        why=reason,
        evidence=[f"{len(model.versions)} versions; in use are {', '.join(held) or 'none'}"],
        undo=[command("deprecate", name, "--undo", "--reason", f"undo: {name} is of use")],
    )
    return Proposal(
        f"deprecate/{name}", f"Deprecate {name}", text, files={layout.model(name): edited.encode()}
    )


def undeprecate(registry: Registry, name: str, reason: str, remove: Remove) -> Proposal:
    """Propose to say of a deprecated model that it may be used; raises `ConflictError` when nobody said otherwise."""
    said = registry.model(name).info.must.deprecated
    if said is None:
        raise ConflictError(f"{name} is not deprecated", hint="there is nothing to do")
    edited = remove(_text(registry, name), "deprecated")
    again = command("deprecate", name, "--reason", said.reason, *option("--replacement", said.replacement))
    text = body(
        what=[f"{name} may be used again."],
        why=reason,
        evidence=[f"it was deprecated: {said.reason}"],
        undo=[again],
    )
    return Proposal(
        f"undeprecate/{name}",
        f"Take back the deprecation of {name}",
        text,
        files={layout.model(name): edited.encode()},
    )


def _text(registry: Registry, name: str) -> str:
    path = layout.model(name)
    text = registry.source.text(path)
    if text is None:
        raise NotFoundError(f"{path} cannot be read", hint="run `modelry check` to see why")
    return text


def waive(registry: Registry, model: str, waiver: Content, name: str | None) -> Proposal:
    """Propose an exception to what policy asks; it counts from the day on which main has it."""
    registry.model(model)
    parts = [waiver[key] for key in ("rule", "gate", "stage", "version") if key in waiver]
    name = name or _slug("-".join(parts))
    where = f"of {waiver['version']} " if "version" in waiver else ""
    where += f"in {waiver['stage']} " if "stage" in waiver else ""
    rule = f"{waiver['rule']} ({waiver['gate']})" if "gate" in waiver else waiver["rule"]
    undo = f"undo: {waiver['rule']} holds again"
    text = body(
        what=[f"{rule} {where}is waived for {model} until {waiver['expires']}."],
        why=waiver["reason"],
        evidence=[f"{waiver['approver']} takes responsibility"],
        undo=[command("waive", model, "--undo", name, "--reason", undo)],
    )
    title = f"Waive {waiver['rule']} for {model} until {waiver['expires']}"
    return Proposal(f"waive/{model}/{name}", title, text, {layout.waiver(model, name): waiver})


def unwaive(registry: Registry, model: str, name: str, reason: str) -> Proposal:
    """Propose to take a waiver back; raises `NotFoundError` when there is none of that name."""
    waivers = registry.model(model).waivers
    if name not in waivers:
        known = ", ".join(waivers) or "none"
        raise NotFoundError(f"{model} has no waiver {name}", hint=f"it has {known}")
    said = waivers[name].must
    again = [
        *option("--version", said.version),
        *option("--stage", said.stage),
        *option("--gate", said.gate),
        *("--until", str(said.expires), "--reason", said.reason, "--approver", said.approver),
    ]
    text = body(
        what=[f"{said.rule} holds again for {model}: the waiver {name} is removed."],
        why=reason,
        evidence=[f"it was waived until {said.expires}: {said.reason}"],
        undo=[command("waive", model, "--rule", said.rule, "--name", name, *again)],
    )
    return Proposal(
        f"unwaive/{model}/{name}",
        f"Take back the waiver {name} of {model}",
        text,
        removed=(layout.waiver(model, name),),
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST].strip("-")
