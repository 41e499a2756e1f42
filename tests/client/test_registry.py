"""A registry from Python: the same answers from a clone and from its catalog."""

import json
import pickle
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import builders
import modelry
from cli.test_export import published  # noqa: F401 - a fixture
from client.serving import Web
from modelry import catalog
from modelry.catalog import canonical, documents
from modelry.errors import IntegrityError, NotFoundError, RegistryError, UsageError
from modelry.git import Repository
from modelry.storage import folders, moments


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


DAYS = ("2026-03-01T12:00:00Z", "2026-03-04T12:00:00Z")


@pytest.fixture
def at_work(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Web:
    """The catalog of a clone with two commits: churn 1.0.0 goes to production, and three days later 1.1.0 does."""
    policy = builders.a_policy(url=web.url, remotes={"store": {"url": f"{web.url}/store"}})
    first = {
        **policy,
        **builders.a_model("churn"),
        **builders.an_assignment("churn", "1.0.0", "production"),
    }
    second = {
        **builders.a_version("churn", "1.1.0"),
        **builders.an_assignment("churn", "1.1.0", "production", previous="1.0.0"),
    }
    clone = tmp_path / "registry"
    repository = Repository(clone)
    clone.mkdir()
    repository.run("init", "--quiet")
    for day, files in zip(DAYS, (first, second), strict=True):
        folders.write(files, clone)
        monkeypatch.setenv("GIT_COMMITTER_DATE", day)
        repository.run("add", ".")
        repository.run("commit", "--quiet", "-m", day)
    kept = []
    for revision in ("HEAD~1", "HEAD"):
        registry, moment = moments.of_commit(repository, revision)
        for path, data in catalog.files(registry, moment).items():
            if path.startswith("docs/api/"):
                web.put(path.removeprefix("docs"), data)
        index = json.loads(catalog.files(registry, moment)["docs/api/v1/index.json"])
        told = {"commit": moment.commit, "sequence": moment.sequence, "when": index["generated_at"]}
        kept.append(index["snapshot"] | told)
    snapshots = documents.Snapshots(
        schema_="snapshots/v1", snapshots=[documents.Kept(**each) for each in kept[::-1]]
    )
    web.put("/api/v1/snapshots.json", canonical.dump(snapshots))
    for name, data in builders.store({**first, **second}).items():
        web.put(f"/store/{name}", data)
    return web


def test_a_clone_and_its_catalog_tell_the_same_of_a_day_gone_by(at_work: Web, tmp_path: Path) -> None:
    clone, site = modelry.open(tmp_path / "registry"), modelry.open(at_work.url)
    for registry in (clone, site):
        then = registry.at("2026-03-01")
        (model,) = then.models()
        assert (model.title, model.latest) == ("Customer churn", "1.0.0")
        assert dict(model.stages) == {"production": "1.0.0"}
        found = then.resolve("churn@production")
        assert (found.version, found.sequence) == ("1.0.0", 1)
        assert (found.sha256, len(found.commit or "")) == (registry.resolve("churn@1.0.0").sha256, 40)
        assert then.resolve("churn").version == "1.0.0"
        with pytest.raises(NotFoundError, match=r"churn has no version 1\.1\.0"):
            then.resolve("churn@1.1.0")
        with pytest.raises(NotFoundError, match="nothing holds staging of churn"):
            then.resolve("churn@staging")
        with pytest.raises(NotFoundError, match="there is no model chum"):
            then.resolve("chum")
        now = registry.at(datetime(2026, 3, 5, tzinfo=UTC))
        assert (
            now.resolve("churn@production").version == registry.resolve("churn@production").version == "1.1.0"
        )
        assert now.models() == registry.models()
        assert "<td>production: 1.0.0</td>" in then._repr_html_()
        assert pickle.loads(pickle.dumps(then)) == then  # noqa: S301 - what we wrote ourselves
    told = [each.at("2026-03-01").resolve("churn@production").commit for each in (clone, site)]
    assert told[0] == told[1]
    path = site.at("2026-03-01").pull("churn@production", tmp_path / "then.onnx")
    assert path.read_bytes() == builders.artifact("churn", "1.0.0")


def test_a_day_of_which_nothing_is_kept_is_told_as_such(at_work: Web, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="main has nothing from before 2020-01-01"):
        modelry.open(tmp_path / "registry").at("2020-01-01")
    with pytest.raises(
        NotFoundError, match="keeps nothing from before 2020-01-01: its oldest snapshot is of 2026-03-01T"
    ):
        modelry.open(at_work.url).at(date(2020, 1, 1))
    at_work.answers.pop("/api/v1/snapshots.json")
    with pytest.raises(NotFoundError, match="its oldest snapshot is of 2026-03-04T"):
        modelry.open(at_work.url).at("2026-03-01")
    with pytest.raises(UsageError, match="yesterday is no day"):
        modelry.open(at_work.url).at("yesterday")


def test_a_snapshot_that_is_not_what_its_name_says_is_refused(at_work: Web) -> None:
    then = modelry.open(at_work.url).at("2026-03-01")
    at_work.put(f"/api/v1/{then.pinned}", b"{}")
    with pytest.raises(IntegrityError, match="is not what its name says"):
        then.models()


def test_without_a_network_what_was_pulled_before_is_there(published: Web, tmp_path: Path) -> None:  # noqa: F811
    modelry.open(published.url).pull("churn@production", tmp_path / "one")
    published.answers.clear()
    asked, registry = len(published.asked), modelry.open(published.url, offline=True)
    with pytest.warns(UserWarning, match="nobody is asked offline; the answer is what was seen"):
        path = registry.pull("churn@production", tmp_path / "two")
    assert (path.read_bytes(), len(published.asked)) == (builders.artifact("churn", "1.0.0"), asked)
    with pytest.raises(RegistryError, match="which models there are is not kept"):
        registry.models()
