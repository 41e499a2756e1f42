"""Flux: the registry's repository as a source, and a Kustomization for each model in it."""

from modelry.exports.base import Choice, Content, Manifests, Options

_NAMESPACE = "flux-system"


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `source.yaml` for each stage, and `<model>.yaml` for each version.

    They read the branch `env/<stage>` (or `env/versions`) of the registry's repository, to which
    `modelry export kustomize` is written.
    """
    made: dict[str, Content] = {}
    for choice in choices:
        made[f"source-{_branch(choice)}.yaml"] = _source(choice)
        made[f"{choice.name}.yaml"] = _kustomization(choice, options)
    return made


def _branch(choice: Choice) -> str:
    return choice.stage or "versions"


def _source(choice: Choice) -> Content:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": f"models-{_branch(choice)}", "namespace": _NAMESPACE},
        "spec": {
            "interval": "1m",
            "url": choice.policy.repository,
            "ref": {"branch": f"env/{_branch(choice)}"},
        },
    }


def _kustomization(choice: Choice, options: Options) -> Content:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": f"{choice.name}-{_branch(choice)}",
            "namespace": _NAMESPACE,
            "labels": choice.labels,
            "annotations": choice.annotations,
        },
        "spec": {
            "interval": "10m",
            "path": f"./{choice.name}",
            "prune": True,
            "wait": True,
            "timeout": "10m",
            "sourceRef": {"kind": "GitRepository", "name": f"models-{_branch(choice)}"},
            "targetNamespace": options.namespace or "default",
        },
    }
