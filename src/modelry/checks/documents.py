"""What every document must be by itself, and where it stands."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.gates import Gate
from modelry.model.policy import Policy
from modelry.model.registry import Document

_USUAL = frozenset({"Apache-2.0", "BSD-3-Clause", "CC-BY-4.0", "GPL-3.0-only", "MIT"})
"""On SPDX's list, which takes 30 ms to read: most changes bring no other."""
_OWN = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")


@rule("invalid-document")
def invalid_document(context: Context) -> Iterator[Problem]:
    """A document cannot be read: it is no sound YAML, or a field is missing, unknown or wrong.

    Everything else builds on documents that mean the same to every reader, so nothing is guessed:
    `1.10` without quotes is the number 1.1, and a misspelt field would silently be no field at all.
    Mend the line that the finding names; the hint says how.
    """
    for document in _documents(context):
        for fault in document.faults:
            yield Problem(document.path, fault.message, fault.position, fault.hint)


def _documents(context: Context) -> Iterator[Document]:  # type: ignore[type-arg]  # of any kind
    if context.everything or layout.POLICY in context.changes.paths:
        yield context.after.policy
    for model in context.models:
        yield model.info
        yield from model.stages.values()
        yield from model.waivers.values()
    for version in context.versions:
        yield version.record
        yield from version.pointers
        yield from version.evaluations.values()
        if version.yanked is not None:
            yield version.yanked
        yield from version.unyanked


@rule("path-mismatch")
def path_mismatch(context: Context) -> Iterator[Problem]:
    """A record says another model or version than the folder that it lies in.

    The path is the identity. A record that was copied from elsewhere and not adapted would be found
    under one name and speak of another. Make the field say what the folder says.
    """
    for version in context.versions:
        record = version.record
        if record.value is None:
            continue
        for name, expected, found in (
            ("model", version.model, record.value.model),
            ("version", version.number, record.value.version),
        ):
            if found != expected:
                yield Problem(
                    record.path,
                    f"`{name}` is {found}, but the folder says {expected}",
                    record.locate([name]),
                    f'write {name}: "{expected}"',
                )


@rule("incomplete-version")
def incomplete_version(context: Context) -> Iterator[Problem]:
    """A version has no card, or not exactly one pointer.

    A version is its record, its pointer and its card: without the pointer nobody can fetch it, with
    two nobody knows which, without the card nobody knows what it is for. `modelry register` brings
    all three; add what is missing.
    """
    for version in context.versions:
        if version.card is None:
            path = layout.version(version.model, version.number, "card.md")
            yield Problem(path, "is missing or is no UTF-8 text", hint="write the model card")
        if len(version.pointers) != 1:
            found = "no pointer" if not version.pointers else f"{len(version.pointers)} pointers"
            yield Problem(
                version.record.path,
                f"{version.label} has {found}, expected one .dvc file beside this",
                hint=f"register it: modelry register {version.model} ARTIFACT --version {version.number}",
            )


@rule("undefined-in-policy")
def undefined_in_policy(context: Context) -> Iterator[Problem]:
    """Policy speaks of a metric or a stage that it does not define.

    A gate on a metric without a goal cannot be compared, and one on a stage that does not exist would
    never be judged. Define the metric under `metrics`, the stage under `stages`, or mend the name.
    """
    document = context.after.policy
    policy = document.value
    if policy is None or not (context.everything or document.path in context.changes.paths):
        return
    for keys, message, hint in _undefined(policy):
        yield Problem(document.path, message, document.locate(keys), hint)


def _undefined(policy: Policy) -> Iterator[tuple[list[str | int], str, str]]:
    stages = [stage.name for stage in policy.stages]
    for index, stage in enumerate(policy.stages):
        if stage.name in stages[:index]:
            yield ["stages", index, "name"], f"stage {stage.name} is defined twice", "remove one"
        for number, name in enumerate(stage.after):
            if name not in stages[:index]:
                keys: list[str | int] = ["stages", index, "after", number]
                yield keys, f"`after` names {name}, which is no earlier stage", _known(stages[:index])
        for number, gate in enumerate(stage.gates):
            for key, message, hint in _undefined_in_gate(gate, policy, stages):
                yield ["stages", index, "gates", number, key], message, hint
    for name in policy.formats:
        if name not in stages:
            yield ["formats", name], f"there is no stage {name}", _known(stages)


def _undefined_in_gate(gate: Gate, policy: Policy, stages: list[str]) -> Iterator[tuple[str, str, str]]:
    metric, champion = getattr(gate, "metric", None), getattr(gate, "no_worse_than", None)
    if metric is not None and metric not in policy.metrics:
        yield "metric", f"metric {metric} has no goal", f"add it under metrics: {metric}: {{goal: maximize}}"
    if champion is not None and champion not in stages:
        yield "no_worse_than", f"there is no stage {champion}", _known(stages)


def _known(names: list[str]) -> str:
    return f"known here: {', '.join(names)}" if names else "remove it"


@rule("unknown-license")
def unknown_license(context: Context) -> Iterator[Problem]:
    """A licence is not on SPDX's list.

    Programs decide by the identifier whether a model may be used; a name that no list knows decides
    nothing. Write the SPDX identifier, or `LicenseRef-` and a name of your own for what SPDX lacks.
    """
    for version in context.versions:
        record = version.record
        if record.value is None or not (context.everything or record.path in context.changes.paths):
            continue
        named = [(["license"], record.value.license)]
        named += [
            (["training", "data", index, "license"], data.license)  # type: ignore[list-item]  # keys mix text and numbers
            for index, data in enumerate(record.value.training.data)
            if data.license is not None
        ]
        for keys, expression in named:
            if message := _unlisted(expression):
                yield Problem(
                    record.path,
                    message,
                    record.locate(keys),
                    "write its SPDX identifier, such as Apache-2.0, or LicenseRef-NAME for your own",
                )


@cache
def _unlisted(expression: str) -> str:
    """Say what SPDX does not know of an expression; nothing where it knows all. Few expressions serve many versions."""
    if expression in _USUAL or _OWN.fullmatch(expression):
        return ""
    # A licence of one's own may stand wherever one of the list may.
    found = _spdx().validate(_OWN.sub("MIT", expression), strict=True)
    if not found.errors:
        return ""
    symbols = ", ".join(found.invalid_symbols) or expression
    unknown = found.errors[0].startswith("Unknown license")
    return f"SPDX knows no licence {symbols}" if unknown else f"{symbols} cannot stand here by SPDX"


@cache
def _spdx() -> Any:  # noqa: ANN401 - the library has no types
    from license_expression import get_spdx_licensing  # noqa: PLC0415 - reads a list of 700 licences

    return get_spdx_licensing()
