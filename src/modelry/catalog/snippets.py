"""Lines to copy: how to get a version's bytes and load them, for each kind of consumer."""

import json
import shlex
from typing import NamedTuple

from modelry.catalog import remotes
from modelry.catalog.entries import Catalog, VersionEntry
from modelry.model import layout
from modelry.model.uris import Uri


class Snippet(NamedTuple):
    """One way to use a version."""

    name: str
    """What the reader looks for: the tool."""
    blocks: tuple[tuple[str, str], ...]
    """What to type, each with the words that stand before it."""


# What loads an artifact without running what its author wrote into it; other formats have no such line.
_LOADS = {
    "onnx": 'import onnxruntime\n\nmodel = onnxruntime.InferenceSession("{path}")',
    "skops": (
        'import skops.io\n\nunknown = skops.io.get_untrusted_types(file="{path}")  # look at these first\n'
        'model = skops.io.load("{path}", trusted=unknown)'
    ),
    "safetensors": 'from safetensors.numpy import load_file\n\ntensors = load_file("{path}")',
    "gguf": 'from llama_cpp import Llama\n\nmodel = Llama("{path}")',
    "lightgbm": 'import lightgbm\n\nmodel = lightgbm.Booster(model_file="{path}")',
    "xgboost": 'import xgboost\n\nmodel = xgboost.Booster(model_file="{path}")',
}


def of(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[Snippet, ...]:
    """Give the ways to use a version; `which` is its number, or the stage to follow."""
    return (
        Snippet("modelry", _modelry(catalog, entry, which)),
        Snippet("Python", _python(catalog, entry, which)),
        Snippet("MLflow", _mlflow(catalog, entry, which)),
        Snippet("Deploy", _deploy(catalog, entry, which)),
        Snippet("DVC", _dvc(catalog, entry)),
        Snippet("curl", _curl(catalog, entry, which)),
        *([Snippet("Badge", _badge(catalog, entry, which))] if which != entry.number else []),
    )


def _modelry(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    artifact = entry.record.artifact
    pull = f"modelry pull {entry.model}@{which} --registry {shlex.quote(catalog.policy.url)}"
    blocks = [("Fetch it, verified by SHA-256:", pull)]
    if load := _LOADS.get(artifact.format):
        blocks.append(("Load it in Python:", load.format(path=artifact.path)))
    return tuple(blocks)


def _python(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    lines = ["import modelry", "", f"registry = modelry.open({json.dumps(catalog.policy.url)})"]
    lines.append(f'path = registry.pull("{entry.model}@{which}")  # verified, or nothing')
    return (("Fetch it from Python:", "\n".join(lines)),)


def _mlflow(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    alias = which if which != entry.number else f"v{which}"
    lines = [
        "pip install 'modelry[mlflow]'",
        f"export MLFLOW_REGISTRY_URI={shlex.quote(f'modelry+{catalog.policy.url}')}",
        f"mlflow artifacts download --artifact-uri models:/{entry.model}@{alias}",
    ]
    return (("With the catalog as MLflow's model registry:", "\n".join(lines)),)


def _deploy(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    url, reference = shlex.quote(catalog.policy.url), f"{entry.model}@{which}"
    blocks = []
    if which != entry.number:
        follow = f"modelry sync {reference} /srv/{entry.model} --registry {url}"
        blocks.append(("Keep a folder at it, and go back when a new one is not well:", follow))
    address = str(Uri(catalog.policy.url, entry.version.label, entry.record.artifact.sha256))
    blocks.append(("The address that KServe and others take, pinned to these bytes:", address))
    blocks.append(
        ("In a clone, files for KServe, Argo CD, MLServer and more:", f"modelry export kserve {reference}")
    )
    return tuple(blocks)


def _dvc(catalog: Catalog, entry: VersionEntry) -> tuple[tuple[str, str], ...]:
    path = layout.version(entry.model, entry.number, entry.record.artifact.path)
    at = f" --rev {catalog.moment.commit}" if catalog.moment.commit else ""
    lines = [f"dvc get {shlex.quote(catalog.policy.repository)} {path}{at}", *_verify(entry)]
    return (("DVC by itself looks at no SHA-256; the second line does:", "\n".join(lines)),)


def _verify(entry: VersionEntry) -> list[str]:
    artifact = entry.record.artifact
    return [] if artifact.files else [f'echo "{artifact.sha256}  {artifact.path}" | sha256sum --check']


def _curl(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    site, stage = f"{catalog.policy.url.rstrip('/')}/api/v1", which != entry.number
    document = f"{site}/models/{entry.model}/{'stages' if stage else 'versions'}/{which}.json"
    told = "Ask which version holds the stage:" if stage else "Ask for everything that is known of it:"
    blocks = [(told, f"curl -fsS {shlex.quote(document)}")]
    addresses = [
        remote.url if "://" in remote.url else f"{site}/{remote.url}"
        for remote in remotes.published(catalog.policy)
    ]
    store = next((url for url in addresses if url.startswith(("https://", "http://"))), None)
    artifact, md5 = entry.record.artifact, entry.pointer.out.md5
    if store and not artifact.files:
        url = f"{store.rstrip('/')}/files/md5/{md5[:2]}/{md5[2:]}"
        lines = [f"curl -fsS {shlex.quote(url)} -o {artifact.path}", *_verify(entry)]
        blocks.append((f"Fetch the bytes of {entry.number} and verify them:", "\n".join(lines)))
    return tuple(blocks)


def _badge(catalog: Catalog, entry: VersionEntry, which: str) -> tuple[tuple[str, str], ...]:
    site = catalog.policy.url.rstrip("/")
    image = f"{site}/api/v1/models/{entry.model}/badges/{which}.svg"
    page = f"{site}/models/{entry.model}/"
    return (("For a README, which version is there now:", f"[![{entry.model} {which}]({image})]({page})"),)
