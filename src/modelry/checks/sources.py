"""Public addresses that versions name in place of pushed bytes: whether policy allows them, and what lies there."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, UnavailableError, rule
from modelry.model import addresses
from modelry.model.documents import Artifact
from modelry.model.policy import Policy
from modelry.model.registry import Version

_MOST_FILES = 1000
"""Each file of a folder is a request."""


@rule("source-not-allowed")
def source_not_allowed(context: Context) -> Iterator[Problem]:
    """A version names a public source that policy does not allow.

    What a version's record says is fetched by the registry's own machines, and copied into its remote: so from hosts
    that main's policy names (`sources.hosts`), and no more than it names (`sources.artifact_size`). Push the artifact
    with `modelry register`, put it where policy allows, or propose another host in a pull request of its own.
    """
    for version in context.fresh:
        if version.record.value is None or context.policy is None:
            continue
        for key, message, hint in refusals(version.record.value.artifact, context.policy):
            yield Problem(
                version.record.path, message, version.record.locate(["artifact", *key.split(".")]), hint
            )


@rule("source-differs")
def source_differs(context: Context) -> Iterator[Problem]:
    """A version's public source does not give the bytes that its record and pointer speak of.

    Nobody has pushed these bytes, so they are downloaded, as anybody can, counted and hashed. Where another file lies,
    or none, or one that only some may read, there is nothing to copy into the remote after the merge. Put the right
    file there, or register what lies there: `modelry register MODEL URL`.
    """
    for version in context.fresh:
        if not is_from_source(version) or version.record.value is None or context.policy is None:
            continue
        if any(refusals(version.record.value.artifact, context.policy)):
            continue  # of that, `source-not-allowed` speaks
        if len(version.pointers) != 1 or version.pointers[0].value is None:
            continue  # of that, `incomplete-version` and `invalid-document` speak
        if context.sources is None:
            raise UnavailableError("the sources were not asked: --offline, or nobody could here")
        for fault in context.sources(version):
            yield Problem(
                version.record.path,
                fault,
                version.record.locate(["artifact", "source", "url"]),
                "put the right file there, or register what lies there: modelry register",
            )


def is_from_source(version: Version) -> bool:
    """Say whether a version's bytes are to be had from a public address."""
    return version.record.value is not None and version.record.value.artifact.source is not None


def refusals(artifact: Artifact, policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Give what policy has against the source that a record names: which key, what, and what to do."""
    if artifact.source is None:
        return
    url, push = artifact.source.url, "push the artifact: modelry register MODEL ARTIFACT"
    address = addresses.parse(url)
    if policy.sources is None:
        yield "source", "policy allows no public sources", f"{push}; or propose `sources` in registry.yaml"
        return
    if address is None or not addresses.allows(policy.sources.hosts, address):
        host = address.authority if address is not None else url
        yield (
            "source.url",
            f"{host} is not on the list of policy",
            f"known here: {', '.join(policy.sources.hosts)}",
        )
    if artifact.size > policy.sources.artifact_size:
        most = f"{policy.sources.artifact_size:,} are fetched from a source"
        yield "size", f"the artifact has {artifact.size:,} bytes, and at most {most}", push
    if (artifact.files is not None) != url.endswith("/"):
        found = "ends in no slash" if artifact.files is not None else "ends in a slash"
        yield "source.url", f"a folder's address ends in a slash, a file's does not: it {found}", "correct it"
    if len(artifact.files or ()) > _MOST_FILES:
        yield "files", f"a source is asked for at most {_MOST_FILES:,} files", push
    if all(remote.is_inside for remote in policy.remotes.values()):
        yield "source", "all remotes lie in the repository, where nothing is copied to after a merge", push
