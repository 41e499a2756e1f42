"""KServe: an InferenceService for each version, and the container by which KServe learns our addresses."""

from modelry.exports.base import Choice, Content, Manifests, Options

_FORMATS = {
    "joblib": "sklearn",
    "pickle": "sklearn",
    "saved-model": "tensorflow",
    "torchscript": "pytorch",
    "safetensors": "huggingface",
}
"""What KServe's own runtimes call a format, where that is another word than ours."""


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `<model>.yaml` for each, and `storage-container.yaml` where our downloader fetches the bytes."""
    made: dict[str, Content] = {f"{choice.name}.yaml": service(choice, options) for choice in choices}
    if options.materialized is None:
        made["storage-container.yaml"] = container(options)
    return made


def service(choice: Choice, options: Options) -> Content:
    """Give the InferenceService that serves a version."""
    artifact = choice.artifact
    model = {
        "modelFormat": {"name": _FORMATS.get(artifact.format, artifact.format)},
        "storageUri": choice.location(options),
    }
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": choice.metadata(options),
        "spec": {"predictor": {"model": model}},
    }


def container(options: Options) -> Content:
    """Give the ClusterStorageContainer: KServe calls it with an address and a folder, as `modelry pull` reads them."""
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": "modelry"},
        "spec": {
            "container": {
                "name": "storage-initializer",  # KServe knows it by this name
                "image": options.image,
                "command": ["modelry", "pull"],
                "env": [{"name": "HOME", "value": "/tmp"}],  # noqa: S108 - in a container of its own
                "resources": {
                    "requests": {"memory": "128Mi", "cpu": "100m"},
                    "limits": {"memory": "512Mi", "cpu": "1"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "runAsNonRoot": True,
                },
            },
            "supportedUriFormats": [{"prefix": "modelry://"}, {"prefix": "modelry+http"}],
        },
    }
