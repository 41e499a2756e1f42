"""A reference means the same to whoever asks for it at one commit: a folder, a bare clone, a catalog."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import builders
from client.serving import Web
from modelry import catalog, client
from modelry.errors import NotFoundError
from modelry.git import Repository
from modelry.model import layout, names
from modelry.model.files import Files
from modelry.storage import commits, folders, moments

VERSIONS = ["1.0.0", "1.1.0", "1.10.0", "2.0.0-rc.1"]
STAGES = ["staging", "production"]
REFERENCES = ["churn", "churn@latest", "churn@9.0.0", "churn@canary", "chum"]
REFERENCES += [f"churn@{name}" for name in (*VERSIONS, *STAGES)] + ["churn#staging"]

Answer = tuple[str, str, str | None, str | None] | None
"""Label, SHA-256, why it was withdrawn, what to take instead; None where there is nothing to take."""


@st.composite
def registries(draw: st.DrawFn) -> Files:
    """Give registries that rules would pass: some versions, some of them yanked, some of the others in stages."""
    versions = draw(st.lists(st.sampled_from(VERSIONS), unique=True, min_size=1))
    files: dict[str, bytes] = {**builders.a_policy(), **builders.a_model("churn", sorted(versions))}
    yanked = draw(st.sets(st.sampled_from(versions)))
    live = [version for version in versions if version not in yanked]
    for version in yanked:
        tombstone = builders.a_document("yank", replacement=live[0] if live else None)
        files[layout.version("churn", version, "yanked.yaml")] = builders.text("yank", tombstone)
    for version in draw(st.sets(st.sampled_from(live))) if live else ():
        files[layout.unyank("churn", version, 1)] = builders.text("unyank", builders.a_document("unyank"))
    for stage in draw(st.sets(st.sampled_from(STAGES))) if live else ():
        files |= builders.an_assignment("churn", draw(st.sampled_from(live)), stage)
    return files


def by_client(reference: str, registry: str) -> Answer:
    try:
        found = client.resolve(reference, registry, allow_yanked=True)
    except NotFoundError:
        return None
    return found.label, found.sha256, found.yanked, found.replacement


def by_commit(reference: str, repository: Repository, commit: str) -> Answer:
    try:
        found = commits.registry(repository, commit).find(names.reference(reference))
    except NotFoundError:
        return None
    yank = found.yanked.must if found.yanked is not None else None
    sha256 = found.record.must.artifact.sha256
    return found.label, sha256, yank.reason if yank else None, yank.replacement if yank else None


def publish(web: Web, repository: Repository, commit: str) -> str:
    """Serve the catalog of a commit; give its address."""
    made = catalog.files(*moments.of_commit(repository, commit))
    for path, data in made.items():
        if path.startswith("docs/api/"):
            web.put(f"/{commit}/{path.removeprefix('docs/')}", data)
    return f"{web.url}/{commit}/"


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(earlier=registries(), later=registries())
def test_a_reference_means_the_same_in_a_folder_a_bare_clone_and_a_catalog_of_one_commit(
    web: Web, earlier: Files, later: Files
) -> None:
    with tempfile.TemporaryDirectory(prefix="modelry-pure-") as home:
        bare = Path(home, "origin.git")
        Repository(bare.parent).run("init", "--quiet", "--bare", "--template=", str(bare))
        repository = Repository(bare)
        commits: list[str] = []
        for files in (earlier, later):  # what main has become since changes no answer
            commits.append(repository.record(repository.write(None, files), commits[-1:], "a moment"))
        for commit, files in zip(commits, (earlier, later), strict=True):
            folder = Path(home, commit)
            folders.write(files, folder)
            site = publish(web, repository, commit)
            for reference in REFERENCES:
                answers = [
                    by_client(reference, str(folder)),
                    by_commit(reference, repository, commit),
                    by_client(reference, site),
                ]
                assert (reference, answers) == (reference, answers[:1] * 3)
                assert by_client(reference, str(folder)) == answers[0]
