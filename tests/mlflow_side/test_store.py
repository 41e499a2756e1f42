"""The registry as MLflow meets it, by MLflow's own client: models, versions, aliases, files; and nothing to write."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import builders
from cli.test_export import published  # noqa: F401 - a fixture
from client.serving import Web
from client.test_site import a_document, a_version
from modelry.mlflow import store

mlflow = pytest.importorskip("mlflow", reason="MLflow is not installed: pip install 'modelry[mlflow]'")


@pytest.fixture
def client(published: Web) -> Iterator[Any]:  # noqa: F811
    """MLflow's client, of a published registry."""
    uri = published.url.replace("http://", "modelry+http://")
    told = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with patch.dict(os.environ, told):
        mlflow.set_registry_uri(uri)
        yield mlflow.MlflowClient(registry_uri=uri)
        mlflow.set_registry_uri(None)


def test_a_version_is_its_ordinal_and_stages_are_aliases(client: Any) -> None:
    (model,) = client.search_registered_models()
    assert (model.name, model.description) == ("churn", "How likely a customer is to leave within 90 days.")
    assert model.aliases == {"production": "1", "staging": "2", "v1.0.0": "1", "v1.1.0": "2"}
    (latest,) = model.latest_versions
    assert (latest.version, latest.tags["modelry.version"]) == ("2", "1.1.0")
    found = client.get_model_version("churn", "1")
    assert (found.version, found.aliases, found.status) == ("1", ["production", "v1.0.0"], "READY")


@pytest.mark.parametrize("alias", ["production", "Production", "v1.0.0", "1.0.0"])
def test_an_alias_is_a_stage_or_a_version(alias: str, client: Any) -> None:
    assert client.get_model_version_by_alias("churn", alias).version == "1"


def test_search_knows_mlflows_filters(client: Any) -> None:
    assert client.search_registered_models("name LIKE 'chu%'")[0].name == "churn"
    assert list(client.search_registered_models("name = 'fraud'")) == []
    found = client.search_model_versions("name = 'churn'", max_results=1)
    assert ([version.version for version in found], bool(found.token)) == (["2"], True)
    (rest,) = client.search_model_versions("name = 'churn'", max_results=1, page_token=found.token)
    assert rest.version == "1"


@pytest.mark.parametrize("uri", ["models:/churn@production", "models:/churn/1", "models:/churn/production"])
def test_files_come_verified_with_what_mlflow_loads_them_by(uri: str, client: Any, tmp_path: Path) -> None:  # noqa: ARG001
    where = Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path)))
    assert (where / "model.onnx").read_bytes() == builders.artifact("churn", "1.0.0")
    assert "loader_module: mlflow.onnx" in (where / "MLmodel").read_text()


def test_wrong_bytes_are_no_files(client: Any, published: Web, tmp_path: Path) -> None:  # noqa: ARG001, F811
    for path in [path for path in published.answers if path.startswith("/store/")]:
        published.put(path, b"x" * len(builders.artifact("churn", "1.0.0")))
    with pytest.raises(mlflow.exceptions.MlflowException, match=r"cannot fetch churn@1\.0\.0: .* has sha256"):
        mlflow.artifacts.download_artifacts("models:/churn@production", dst_path=str(tmp_path))
    assert not (tmp_path / "model.onnx").exists()


@pytest.mark.parametrize(
    ("write", "given"),
    [
        ("create_registered_model", ("fraud",)),
        ("set_registered_model_alias", ("churn", "production", "2")),
        ("delete_model_version", ("churn", "1")),
        ("delete_registered_model", ("churn",)),
    ],
)
def test_what_would_write_says_that_it_takes_a_pull_request(
    write: str, given: tuple[str, ...], client: Any
) -> None:
    with pytest.raises(mlflow.exceptions.MlflowException, match="a pull request") as caught:
        getattr(client, write)(*given)
    assert caught.value.error_code == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("get_registered_model", ("fraud",)),
        ("get_registered_model", ("../x",)),
        ("get_model_version", ("churn", "9")),
        ("get_model_version_by_alias", ("churn", "canary")),
    ],
)
def test_what_is_not_there_is_not_found(asked: str, given: tuple[str, ...], client: Any) -> None:
    with pytest.raises(mlflow.exceptions.MlflowException) as caught:
        getattr(client, asked)(*given)
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_withdrawn_version_has_no_address(web: Web) -> None:
    yanked = a_version(yanked={"reason": "wrong labels"}, license="MIT")
    web.put(
        "/site/api/v1/models/churn.json",
        a_document(versions={"1.0.0": yanked, "1.2.0": a_version(license="MIT")}),
    )
    registry = store.ModelryStore(f"modelry+{web.url}/site")
    with pytest.raises(mlflow.exceptions.MlflowException, match=r"churn@1\.0\.0 was withdrawn: wrong labels"):
        registry.get_model_version_download_uri("churn", "1")
    told = registry.get_model_version_by_alias("churn", "v1.0.0").tags
    assert told["modelry.yanked"] == "wrong labels"


def test_the_address_of_the_catalog_is_in_the_scheme() -> None:
    assert store.address("modelry+https://acme.github.io/models/") == "https://acme.github.io/models"
    assert store.address("modelry://acme.github.io/models") == "https://acme.github.io/models"
    assert store.address("modelry+http://127.0.0.1:8000") == "http://127.0.0.1:8000"
