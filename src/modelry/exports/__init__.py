"""What others read: the files by which a deployment takes a version, one module for each target.

A target is a function from versions to files: the same versions make the same bytes, and everything names the digest.
"""

from collections.abc import Callable, Mapping, Sequence

from modelry.errors import RegistryError, UsageError
from modelry.exports import (
    argocd,
    bentoml,
    cyclonedx,
    docker,
    env,
    flux,
    huggingface,
    kserve,
    kubeflow,
    kustomize,
    mlserver,
    triton,
)
from modelry.exports.base import Choice, Manifests, Options, choose
from modelry.model.registry import Registry

Target = Callable[[tuple[Choice, ...], Options], Manifests]

TARGETS: Mapping[str, Target] = {
    "kserve": kserve.files,
    "kustomize": kustomize.files,
    "argocd": argocd.files,
    "flux": flux.files,
    "mlserver": mlserver.files,
    "bentoml": bentoml.files,
    "triton": triton.files,
    "docker": docker.files,
    "huggingface": huggingface.files,
    "cyclonedx": cyclonedx.files,
    "kubeflow": kubeflow.files,
    "env": env.files,
}
"""Every target, by the name that `modelry export` knows."""


def export(target: str, registry: Registry, references: Sequence[str], options: Options) -> Manifests:
    """Give the files of a target for the versions that the references mean, each of another model.

    A reference `@production` alone means every model that has something in that stage. Raises `NotFoundError`
    for what does not exist, `YankedError` for what was withdrawn, `UsageError` for one model twice.
    """
    choices = tuple(choose(registry, each) for given in references for each in _meant(registry, given))
    named = [choice.name for choice in choices]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise UsageError(f"{twice} is named twice", hint="export its versions one after the other")
    return TARGETS[target](choices, options)


def _meant(registry: Registry, reference: str) -> Sequence[str]:
    if not reference.startswith("@"):
        return [reference]
    stage = reference.removeprefix("@")
    registry.require_stage(stage)
    found = [f"{name}@{stage}" for name, model in registry.models.items() if stage in model.stages]
    if not found:
        raise RegistryError(f"nothing holds {stage}", hint="see what there is: modelry list")
    return found
