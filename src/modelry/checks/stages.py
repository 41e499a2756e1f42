"""What must hold of an assignment, whoever moved it there."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, rule


@rule("unknown-version")
def unknown_version(context: Context) -> Iterator[Problem]:
    """A stage is held by a version that does not exist, or is given to one whose record cannot be read.

    Whoever resolves the stage would find nothing. Register the version first, or name one that exists.
    """
    for model, _, document in context.assignments:
        if document.value is None:
            continue
        version = model.versions.get(document.value.version)
        if version is None:
            yield Problem(
                document.path,
                f"{model.name} has no version {document.value.version}",
                document.locate(["version"]),
                f"it has {', '.join(model.versions) or 'none'}",
            )
        elif version.record.value is None and document.path in context.changes.paths:
            # No gate can be judged, and what cannot be judged does not pass.
            yield Problem(
                document.path,
                f"the record of {version.label} cannot be read",
                document.locate(["version"]),
                "promote a version whose record is sound",
            )


@rule("digest-mismatch")
def digest_mismatch(context: Context) -> Iterator[Problem]:
    """An assignment's SHA-256 is not that of the version that it names.

    The two lines stand together so that a merge of two promotions cannot take one from each.
    `modelry promote` writes both; run it again.
    """
    for model, _, document in context.assignments:
        version = model.versions.get(document.value.version) if document.value is not None else None
        if version is None or version.record.value is None or document.value is None:
            continue
        expected = version.record.value.artifact.sha256
        if document.value.sha256 != expected:
            yield Problem(
                document.path,
                f"`sha256` is not that of {version.label}",
                document.locate(["sha256"]),
                f"write sha256: {expected}",
            )


@rule("yanked-in-stage")
def yanked_in_stage(context: Context) -> Iterator[Problem]:
    """A stage is held by a version that was withdrawn.

    Everybody who follows the stage would be refused, or worse, served. Move the stage first, by
    `modelry rollback` or `modelry promote`; then yank.
    """
    for model, stage, document in context.assignments:
        version = model.versions.get(document.value.version) if document.value is not None else None
        if version is not None and version.yanked is not None:
            was = context.before.models.get(model.name)
            held = was.holder(stage) if was is not None else None
            others = held is not None and held.number != version.number
            yield Problem(
                document.path,
                f"{version.label} is yanked and holds {stage}",
                document.locate(["version"]),
                f"take another version; if it is sound: modelry unyank {version.label} --reason …"
                if others
                else f"first: modelry rollback {model.name} {stage} --reason …",
            )


@rule("unknown-stage")
def unknown_stage(context: Context) -> Iterator[Problem]:
    """A model has a stage that the registry does not define.

    A stage without policy has no gates: nothing would have judged what holds it, and nothing could move it.
    Use a stage of `registry.yaml`, or propose the new stage in a pull request of its own; a stage that a model
    holds stays in the policy.
    """
    known, left = (
        [stage.name for stage in policy.stages] if policy is not None else None
        for policy in (context.policy, context.after.policy.value)
    )
    for model, stage, document in context.assignments:
        if known is not None and stage not in known:
            there = f"the registry has {', '.join(known)}"
            yield Problem(document.path, f"there is no stage {stage}", hint=there)
        elif left is not None and stage not in left:
            # A pull request that takes a stage away is judged by what it leaves, too.
            yield Problem(
                document.path,
                f"there would be no stage {stage}, which {model.name} has",
                hint=f"keep it in {context.after.policy.path}",
            )


@rule("stale-promotion")
def stale_promotion(context: Context) -> Iterator[Problem]:
    """A promotion starts from another holder of the stage than the one that main has.

    Somebody moved the stage since this was proposed, so its comparison was with the wrong champion,
    and merging it would silently undo theirs. Propose it again from main.
    """
    for move in context.changes.moves:
        if move.model not in context.after.models:
            continue  # of a model that is gone, `model-removed` speaks, once
        document = context.after.models[move.model].stages.get(move.stage)
        if document is None:
            yield Problem(
                f"registry/models/{move.model}/stages/{move.stage}.yaml",
                f"{move.stage} of {move.model} would be empty",
                hint="promote another version instead",
            )
        elif document.value is not None and document.value.previous != move.before:
            expected = f'"{move.before}"' if move.before else "null"
            yield Problem(
                document.path,
                f"`previous` is {document.value.previous or 'null'}, but {move.before or 'nothing'} holds {move.stage} on main",
                document.locate(["previous"]),
                f"propose it again from main; it must say previous: {expected}",
            )
