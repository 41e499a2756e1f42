"""Argo CD: an Application for each model, and an ApplicationSet that makes one of every stage file by itself."""

from modelry.exports.base import DOMAIN, Choice, Content, Manifests, Options
from modelry.model import layout

_API = "argoproj.io/v1alpha1"
_CLUSTER = "https://kubernetes.default.svc"


def files(choices: tuple[Choice, ...], options: Options) -> Manifests:
    """Give `<model>.yaml` for each and, where all hold the same stage, `applicationset.yaml` over that stage.

    The Applications read the branch `env/<stage>` (or `env/versions`) of the registry's repository, to which
    `modelry export kustomize` is written.
    """
    made: dict[str, Content] = {f"{choice.name}.yaml": _application(choice, options) for choice in choices}
    stages = {choice.stage for choice in choices}
    if len(stages) == 1 and (stage := stages.pop()):
        made["applicationset.yaml"] = _set(choices[0], stage, options)
    return made


def _application(choice: Choice, options: Options) -> Content:
    return {
        "apiVersion": _API,
        "kind": "Application",
        "metadata": {
            "name": f"{choice.name}-{choice.stage}" if choice.stage else choice.name,
            "namespace": "argocd",
            "labels": choice.labels,
            "annotations": choice.annotations,
        },
        "spec": _spec(choice, choice.name, choice.stage, options),
    }


def _spec(choice: Choice, model: str, stage: str | None, options: Options) -> Content:
    return {
        "project": "default",
        "source": {
            "repoURL": choice.policy.repository,
            "targetRevision": f"env/{stage or 'versions'}",
            "path": model,
        },
        "destination": {"server": _CLUSTER, "namespace": options.namespace or "default"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": ["CreateNamespace=true"],
        },
    }


def _set(choice: Choice, stage: str, options: Options) -> Content:
    paths = f"{layout.MODELS}/*/stages/{stage}.yaml"
    model = "{{index .path.segments 2}}"  # registry/models/<model>/stages
    return {
        "apiVersion": _API,
        "kind": "ApplicationSet",
        "metadata": {"name": f"models-{stage}", "namespace": "argocd"},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [
                {
                    "git": {
                        "repoURL": choice.policy.repository,
                        "revision": "main",
                        "files": [{"path": paths}],
                    }
                }
            ],
            "template": {
                "metadata": {
                    "name": f"{model}-{stage}",
                    "annotations": {f"{DOMAIN}/sha256": "{{.sha256}}", f"{DOMAIN}/reason": "{{.reason}}"},
                    "labels": {"app.kubernetes.io/name": model, f"{DOMAIN}/stage": stage},
                },
                "spec": _spec(choice, model, stage, options),
            },
        },
    }
