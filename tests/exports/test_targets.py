"""What others read: each target's files as they are kept beside this, and by the readers' own rules where they run here."""

import json
import stat
import subprocess
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import builders
from exports import written
from modelry import exports
from modelry.errors import NotFoundError, RegistryError, UsageError, YankedError
from modelry.exports.base import Options
from modelry.model import layout
from modelry.model.uris import uri
from modelry.storage import folders, manifests, yaml


@pytest.mark.parametrize("target", exports.TARGETS)
def test_a_target_makes_the_files_that_are_kept(target: str) -> None:
    kept = written.HOME / target
    found = {str(path.relative_to(kept)): path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    assert dict(written.made(target)) == found


@pytest.mark.parametrize("target", sorted(set(exports.TARGETS) - {"huggingface"}))
def test_everything_names_the_digest_of_the_bytes(target: str) -> None:
    registry = builders.registry_of(builders.a_registry())
    sha256 = registry.models["churn"].versions["1.0.0"].record.must.artifact.sha256
    assert sha256 in b"".join(written.files(target, "churn@production").values()).decode()


def test_the_bill_is_cyclonedx() -> None:
    text = written.made("cyclonedx")["bom.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_versions_that_were_materialized_are_loaded_from_there() -> None:
    found = written.files("kserve", "churn@production", materialized="s3://acme/models/")
    assert list(found) == ["churn.yaml"]
    model = _read(found["churn.yaml"])["spec"]["predictor"]["model"]
    assert model == {"modelFormat": {"name": "onnx"}, "storageUri": "s3://acme/models/churn/1.0.0/"}


def test_labels_are_of_kubernetes_letters() -> None:
    files = {**builders.a_registry(1, 1), **builders.a_version("churn", "2.0.0+build.7")}
    made = exports.export("kserve", builders.registry_of(files), ["churn@2.0.0+build.7"], Options())
    labels = _read(manifests.files(made)["churn.yaml"])["metadata"]["labels"]
    assert labels["app.kubernetes.io/version"] == "2.0.0_build.7"


@pytest.mark.parametrize(
    ("references", "error", "message"),
    [
        (["churn@production", "churn@staging"], UsageError, "churn is named twice"),
        (["@canary"], NotFoundError, "there is no stage canary"),
        (["nothing"], NotFoundError, "there is no model nothing"),
        (["churn@9.0.0"], NotFoundError, "churn has no version 9.0.0"),
        (["churn", "model-00001"], RegistryError, "huggingface describes one version, not 2"),
    ],
)
def test_what_cannot_be_exported_is_told(
    references: list[str], error: type[RegistryError], message: str
) -> None:
    with pytest.raises(error, match=message):
        written.files("huggingface", *references)


def test_a_withdrawn_version_is_not_deployed() -> None:
    yank = {
        layout.version("churn", "1.0.0", "yanked.yaml"): builders.text("yank", builders.a_document("yank"))
    }
    registry = builders.registry_of({**builders.a_registry(), **yank})
    with pytest.raises(YankedError, match=r"churn@1\.0\.0 was withdrawn"):
        exports.export("env", registry, ["churn@1.0.0"], Options())


def test_a_stage_that_means_other_bytes_is_not_deployed() -> None:
    held = builders.an_assignment("churn", "1.0.0", "production", sha256="ab" * 32)
    files = {**builders.a_registry(), **held}
    with pytest.raises(RegistryError, match=r"assigns other bytes than churn@1\.0\.0 has"):
        exports.export("env", builders.registry_of(files), ["churn@production"], Options())


@pytest.mark.parametrize(
    ("target", "word"), [("mlserver", "runtime"), ("triton", "backend"), ("bentoml", "service")]
)
def test_a_format_that_a_server_cannot_load_is_told(target: str, word: str) -> None:
    artifact = builders.a_document("version")["artifact"] | {"format": "gguf"}
    files = {**builders.a_registry(), **builders.a_version("churn", "2.0.0", artifact=artifact)}
    with pytest.raises(RegistryError, match=rf"no {word} for gguf, the format of churn@2\.0\.0"):
        exports.export(target, builders.registry_of(files), ["churn@2.0.0"], Options())


def test_scripts_and_variables_are_read_by_a_shell(tmp_path: Any) -> None:
    for target in ("mlserver", "triton", "bentoml", "env"):
        folders.write(written.made(target), tmp_path / target)
    for script in tmp_path.glob("*/fetch.sh"):
        subprocess.run(["sh", "-n", script], check=True)
        assert not script.stat().st_mode & stat.S_IXUSR
    shown = subprocess.run(
        ["sh", "-c", f'. {tmp_path}/env/models.env && echo "$MODEL_CHURN_URI"'],
        capture_output=True,
        check=True,
        text=True,
    )
    found = uri(shown.stdout.strip())
    assert (found.registry, found.reference) == ("https://acme.github.io/models", "churn@1.0.0")


def test_front_matter_is_what_the_hub_reads() -> None:
    text = written.made("huggingface")["README.md"].decode()
    _, front, body = text.split("---\n", 2)
    assert _read(front.encode())["model-index"][0]["results"][0]["metrics"][0] == {
        "type": "auc",
        "value": 0.914,
    }
    assert body.startswith("\n# Customer churn 1.0.0\n")


def test_a_document_is_json_where_its_name_ends_so() -> None:
    settings = json.loads(written.made("mlserver")["churn/model-settings.json"])
    assert (settings["name"], settings["parameters"]["version"]) == ("churn", "1.0.0")


def _read(data: bytes) -> Any:
    found = yaml.parse(data)
    assert not found.faults
    return found.value


def test_a_service_of_bentoml_loads_one_file() -> None:
    files = [{"path": "a.onnx", "size": 1, "sha256": "0" * 64}]
    artifact = builders.a_document("version")["artifact"] | {"files": files}
    found = {**builders.a_registry(), **builders.a_version("churn", "2.0.0", artifact=artifact)}
    with pytest.raises(RegistryError, match=r"churn@2\.0\.0 is a folder"):
        exports.export("bentoml", builders.registry_of(found), ["churn@2.0.0"], Options())
