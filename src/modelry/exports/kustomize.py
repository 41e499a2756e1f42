"""Kustomize: one folder for each model, and one kustomization over all of them."""

from modelry.exports import kserve
from modelry.exports.base import Choice, Content, Manifests, Options

_KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `kustomization.yaml`, and of each model its own with the InferenceService that it lists."""
    made: dict[str, Content] = {
        "kustomization.yaml": {**_KUSTOMIZATION, "resources": [choice.name for choice in choices]}
    }
    for choice in choices:
        made[f"{choice.name}/kustomization.yaml"] = {**_KUSTOMIZATION, "resources": ["inferenceservice.yaml"]}
        made[f"{choice.name}/inferenceservice.yaml"] = kserve.service(choice, options)
    return made
