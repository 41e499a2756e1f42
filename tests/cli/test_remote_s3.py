"""The whole way of a version through S3, with real git, real DVC and a real server; and who may steer where it leads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.storage import access, folders, web
from seaweedfs import KEY, SECRET, Bucket

pytestmark = pytest.mark.xdist_group("s3")

WEIGHTS = b"weights of churn 2.0.0\n" * 1000


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def settings(bucket: Bucket, **more: str) -> str:
    lines = {"url": bucket.url, "endpointurl": bucket.server.url, "region": "us-east-1", **more}
    return "['remote \"models\"']\n" + "".join(f"    {name} = {value}\n" for name, value in lines.items())


KEYS = f"['remote \"models\"']\n    access_key_id = {KEY}\n    secret_access_key = {SECRET}\n"


@pytest.fixture
def clone(a_repo: Repository, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A clone whose remote is in S3: main says where, `config.local` has the keys, the environment nothing."""
    monkeypatch.setattr(web, "ATTEMPTS", 1)
    for name in bucket.server.environment:
        monkeypatch.delenv(name)
    monkeypatch.chdir(a_repo.top)
    folders.write(builders.a_policy(remotes={"models": {"url": bucket.url}}), a_repo.top)
    (a_repo.top / access.CONFIG).write_text(settings(bucket), "utf-8")
    (a_repo.top / access.LOCAL).write_text(KEYS, "utf-8")
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Keep artifacts in S3")
    a_repo.run("push", "--quiet")
    bucket.fill(builders.store(builders.a_registry(versions=3)))
    return a_repo


def register(artifact: Path, version: str) -> Result:
    example = builders.a_document("version")
    facts = {
        "summary": "Trained on the spring as well",
        "license": "Apache-2.0",
        "evaluations": example["evaluations"],
        "training": {**example["training"], "data": []},
        "signature": example["signature"],
    }
    (artifact.parent / "facts.json").write_text(json.dumps(facts), "utf-8")
    (artifact.parent / "card.md").write_text("# churn\n", "utf-8")
    given = ("--facts", str(artifact.parent / "facts.json"), "--card", str(artifact.parent / "card.md"))
    return run("register", "churn", str(artifact), "--version", version, "--format", "onnx", *given)


def test_a_file_goes_into_s3_and_comes_out_again(clone: Repository, bucket: Bucket, tmp_path: Path) -> None:
    artifact = tmp_path / "training/model.onnx"
    artifact.parent.mkdir()
    artifact.write_bytes(WEIGHTS)
    before = set(bucket.paths)
    registered = register(artifact, "2.0.0")
    assert (registered.exit_code, registered.stdout) == (0, "register/churn/2.0.0\n")
    assert len(set(bucket.paths) - before) == 1

    judged = run("check", "--base", "main", "--head", "register/churn/2.0.0", "--verify")
    assert (judged.exit_code, judged.stdout) == (0, "new version: passes\n")
    assert run("merge", "register/churn/2.0.0").exit_code == 0
    clone.run("pull", "--quiet")
    assert run("check").stdout == "passes\n"
    assert run("check", "--verify").stdout == "passes\n"

    pulled = run("pull", "churn@2.0.0", f"{tmp_path}/pulled/", "--json")
    assert (pulled.exit_code, json.loads(pulled.stdout)["fetched"]) == (0, True)
    assert (tmp_path / "pulled/model.onnx").read_bytes() == WEIGHTS


def test_wrong_bytes_are_not_pulled(clone: Repository, bucket: Bucket, tmp_path: Path) -> None:
    for path in bucket.paths:
        bucket.put(path, b"x" * len(bucket.get(path)))
    result = run("pull", "churn@production", str(tmp_path / "pulled"))
    assert (result.exit_code, (tmp_path / "pulled").exists()) == (4, False)
    assert f"{bucket.url}/files/md5/" in result.stderr
    assert clone.run("status", "--porcelain") == ""


def test_a_missing_object_is_a_finding_and_a_missing_bucket_is_no_verdict(
    clone: Repository, bucket: Bucket
) -> None:
    bucket.remove(bucket.paths[0])
    assert "is in no remote of this registry" in run("check").stdout
    folders.write(builders.a_policy(remotes={"models": {"url": "s3://nobodys/dvc"}}), clone.top)
    (clone.top / access.CONFIG).write_text(settings(bucket).replace(bucket.url, "s3://nobodys/dvc"), "utf-8")
    result = run("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: could not look: s3://nobodys/dvc/")
    assert "NoSuchBucket" in result.stderr


class TestAPullRequest:
    """What a pull request brings does not say where to look."""

    EVIL = "http://127.0.0.1:9"

    @pytest.fixture(autouse=True)
    def checked_out(self, clone: Repository, bucket: Bucket) -> None:
        """The checkout of a pull request that registers a version which is nowhere, and says that it is elsewhere."""
        clone.run("switch", "--quiet", "--create", "evil")
        folders.write(builders.a_version("churn", "1.9.0"), clone.top)
        evil = settings(bucket).replace(bucket.server.url, self.EVIL)
        (clone.top / access.CONFIG).write_text(evil, "utf-8")

    def judged(self, clone: Repository) -> Result:
        clone.run("add", "--all", "--force", "registry", ".dvc")
        clone.run("commit", "--quiet", "--message", "evil")
        return run("check", "--base", "main", "--head", "evil")

    def test_by_its_configuration(self, clone: Repository) -> None:
        clone.run("rm", "--quiet", "--cached", "--ignore-unmatch", access.LOCAL)
        clone.run("add", "registry", access.CONFIG)
        clone.run("commit", "--quiet", "--message", "evil")
        result = run("check", "--base", "main", "--head", "evil")
        assert (result.exit_code, "is in no remote of this registry" in result.stdout) == (3, True)

    def test_by_a_local_configuration_that_it_commits(
        self, clone: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (clone.top / access.LOCAL).write_text(f"{KEYS}    endpointurl = {self.EVIL}\n", "utf-8")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        result = self.judged(clone)
        assert (result.exit_code, "is in no remote of this registry" in result.stdout) == (3, True)

    def test_by_a_link_to_a_local_configuration(
        self, clone: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (clone.top / "local").write_text(f"{KEYS}    endpointurl = {self.EVIL}\n", "utf-8")
        (clone.top / access.LOCAL).unlink()
        (clone.top / access.LOCAL).symlink_to("../local")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        result = run("check", "--base", "main", "--head", "HEAD")
        assert result.exit_code == 0
        assert self.judged(clone).exit_code == 3


def test_many_versions_are_looked_for_by_listing(
    clone: Repository, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = builders.a_registry(models=20, versions=3)
    policy = builders.a_policy(remotes={"models": {"url": bucket.url}})
    folders.write({**files, **policy}, clone.top)
    objects = dict(builders.store(files))
    bucket.fill(objects)
    asked: list[str] = []
    really = web.send

    def counting(url: str, *args: object) -> object:
        asked.append(url)
        return really(url, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(web, "send", counting)
    assert run("check").stdout == "passes\n"
    assert (len(objects), len(asked)) == (60, 16)
    gone = next(iter(objects))
    bucket.put(gone, b"")
    bucket.remove(list(objects)[-1])
    assert run("check").stdout.count("error[artifact-unreachable]: ") == 2
