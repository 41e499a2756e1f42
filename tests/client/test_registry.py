"""A registry from Python: the same answers from a clone and from its catalog."""

import pickle
from pathlib import Path

import pytest

import builders
import modelry
from cli.test_export import published  # noqa: F401 - a fixture
from client.serving import Web
from modelry.errors import IntegrityError, NotFoundError
from modelry.git import Repository


def test_a_clone_and_its_catalog_tell_the_same(published: Web, tmp_path: Path) -> None:  # noqa: F811
    clone, site = modelry.open(tmp_path / "registry"), modelry.open(published.url)
    (model,) = clone.models()
    assert (model.name, model.title, model.task) == ("churn", "Customer churn", "tabular-classification")
    assert (model.latest, dict(model.stages)) == ("1.1.0", {"production": "1.0.0", "staging": "1.1.0"})
    assert site.models() == clone.models()
    assert clone.resolve("churn@production").sha256 == site.resolve("churn@production").sha256


def test_bytes_are_pulled_and_verified(published: Web, tmp_path: Path) -> None:  # noqa: F811
    registry = modelry.open(published.url)
    path = registry.pull("churn@production", tmp_path / "model.onnx")
    assert (path, path.read_bytes()) == (tmp_path / "model.onnx", builders.artifact("churn", "1.0.0"))
    registry.verify(path, "churn@production")
    found = registry.resolve("churn@staging")
    with pytest.raises(IntegrityError):
        registry.verify(path, found)
    assert registry.pull(found, path, force=True).read_bytes() == builders.artifact("churn", "1.1.0")


def test_a_folder_below_the_clone_will_do(a_repo: Repository) -> None:
    registry = modelry.open(a_repo.top / "registry")
    assert registry.resolve("churn").version == "1.2.0"
    with pytest.raises(NotFoundError, match="there is no model chum"):
        registry.resolve("chum")


def test_a_notebook_shows_a_table(a_repo: Repository) -> None:
    shown = modelry.open(a_repo.top)._repr_html_()
    assert (
        "<td>churn</td><td>Customer churn</td><td>1.2.0</td><td>production: 1.0.0, staging: 1.2.0</td>"
        in shown
    )


def test_a_registry_is_a_value(a_repo: Repository) -> None:
    registry = modelry.open(a_repo.top)
    assert pickle.loads(pickle.dumps(registry)) == registry  # noqa: S301 - what we wrote ourselves


def test_an_address_without_a_registry_is_told(web: Web) -> None:
    with pytest.raises(Exception, match="is no modelry registry"):
        modelry.open(web.url).models()
