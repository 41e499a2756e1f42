"""What policy's profiles demand of a version, by its risk tier or its task."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from modelry.checks import cards
from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.fields import Part
from modelry.model.gates import Filled
from modelry.model.policy import Policy, Profile


def filled(record: object, path: str) -> bool:
    """Say whether a field is filled, by its dotted path; below a list, in each of its items, of which there must be one."""
    found = [record]
    for name in path.split("."):
        inside = (_field(value, name) for value in found)
        found = [item for value in inside for item in (value if isinstance(value, tuple) else (value,))]
    return bool(found) and all(value not in (None, "", {}) for value in found)


def _field(value: Any, name: str) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, Mapping):
        return value.get(name)
    # A field of the record, and not whatever Python's objects have besides.
    return getattr(value, name) if isinstance(value, Part) and name in type(value).model_fields else None


def _demands(context: Context, model: str) -> Iterator[tuple[str, Profile]]:
    """Give the profiles that hold for a model: the one that it names, and those of its task."""
    info = context.info(model)
    for name, profile in context.policy.profiles.items() if context.policy is not None else ():
        if info is not None and (name == info.profile or info.task in profile.tasks):
            yield name, profile


@rule("profile-field-missing")
def profile_field_missing(context: Context) -> Iterator[Problem]:
    """A new version leaves a field empty that its profile demands.

    Policy says, for a risk tier or a task, what must be known of a version: where its data is from, what
    its licence allows. What was not written down at registration is rarely found later. Fill the field.
    """
    for version in context.fresh:
        record = version.record
        for name, profile in _demands(context, version.model):
            for path in profile.fields:
                if record.value is not None and not filled(record.value, path):
                    yield Problem(
                        record.path,
                        f"`{path}` is empty, and profile {name} demands it",
                        record.locate(path.split(".")),
                        "fill it",
                    )


@rule("card-section-missing")
def card_section_missing(context: Context) -> Iterator[Problem]:
    """A new version's card lacks a section that its profile demands.

    Readers look for what a model is for, and what it must not be used for, in the same place of every card.
    Add the heading, at any level, and what belongs below it.
    """
    for version in context.fresh:
        for name, profile in _demands(context, version.model):
            # Of a card that is not there, `incomplete-version` speaks.
            present = cards.headings(version.card) if version.card is not None else profile.card_sections
            for section in profile.card_sections:
                if section not in present and section.casefold() not in present:
                    yield Problem(
                        layout.version(version.model, version.number, "card.md"),
                        f"has no section {section}, and profile {name} demands it",
                        hint=f"add it: ## {section}",
                    )


@rule("unknown-field")
def unknown_field(context: Context) -> Iterator[Problem]:
    """Policy asks for a field that no `version.yaml` can have.

    A profile that demands it would refuse every version, and a gate every promotion. A field is named by its
    dotted path; below a list it is asked of each item. Mend the path as the hint says.
    """
    document = context.after.policy
    if document.value is None or not context.is_new(document.path):
        return
    for keys, path in _asked(document.value):
        missing = _missing(path)
        if missing is not None:
            message, hint = missing
            yield Problem(document.path, message, document.locate(keys), hint)


def _asked(policy: Policy) -> Iterator[tuple[list[str | int], str]]:
    for name, profile in policy.profiles.items():
        for index, path in enumerate(profile.fields):
            yield ["profiles", name, "fields", index], path
    for number, stage in enumerate(policy.stages):
        for which, gate in enumerate(stage.gates):
            for index, path in enumerate(gate.fields if isinstance(gate, Filled) else ()):
                yield ["stages", number, "gates", which, "fields", index], path


def _missing(path: str) -> tuple[str, str] | None:
    """Say which part of a path there is not, and what there is instead."""
    from modelry.checks import expression_types  # noqa: PLC0415 - the schemas, which only a change of policy needs

    holder = expression_types.record()
    names = path.split(".")
    for number, name in enumerate(names):
        while holder.kind == "list" and holder.of is not None:
            holder = holder.of
        if holder.fields is not None and name in holder.fields:
            holder = holder.fields[name]
        elif holder.kind == "map" and holder.fields is None:
            holder = holder.of or expression_types.ANY
        elif holder.kind:
            known = list(holder.fields or ())
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {'.'.join((*names[:number], near[0]))}?" if near else ""
            there = f"there is {', '.join(known)}" if known else "end the path before it"
            return f"`{path}`: {'.'.join(names[:number]) or 'version.yaml'} has no {name}", hint or there
    return None


@rule("unknown-profile")
def unknown_profile(context: Context) -> Iterator[Problem]:
    """A model names a profile that policy does not have.

    Its versions would be held against nothing, though somebody meant them to be. Name a profile of
    `registry.yaml`, or propose the profile in a pull request of its own.
    """
    for model in context.models:
        info = model.info
        # A pull request that takes a profile away is judged by what it leaves, too.
        for policy in (context.policy, context.after.policy.value):
            if info.value is not None and _lacks(policy, info.value.profile):
                known = ", ".join(policy.profiles) if policy is not None else ""
                yield Problem(
                    info.path,
                    f"there is no profile {info.value.profile}",
                    info.locate(["profile"]),
                    f"the registry has {known}" if known else "the registry has none: take it out",
                )
                break


def _lacks(policy: Policy | None, profile: str | None) -> bool:
    return policy is not None and profile is not None and profile not in policy.profiles
