"""The registry where one stands, or at a commit: what is none says so."""

from pathlib import Path

import pytest

from modelry.errors import NotFoundError, RegistryError
from modelry.git import Repository
from modelry.storage import commits, moments, upstream


def without_policy(a_repo: Repository) -> str:
    return a_repo.record(a_repo.write(None, {"README.md": b"nothing\n"}), [], "Begin anew")


def test_where_no_registry_is_none_is_seen(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="registry"):
        moments.seen(tmp_path, None)


def test_a_commit_without_a_policy_is_no_registry(a_repo: Repository) -> None:
    commit = without_policy(a_repo)
    with pytest.raises(RegistryError, match=f"^{commit} has no registry/registry.yaml$"):
        commits.registry(a_repo, commit)


def test_a_repository_without_a_policy_is_no_registry_to_a_consumer(
    a_repo: Repository, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    a_repo.run("clone", "--quiet", "--bare", str(a_repo.top), str(bare))
    Repository(bare).run("update-ref", "refs/heads/main", without_policy(Repository(bare)))
    with pytest.raises(NotFoundError, match=r"holds no registry: its main has no registry/registry\.yaml$"):
        upstream.fetched(str(bare), "churn", None)
