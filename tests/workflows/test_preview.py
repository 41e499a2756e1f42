"""The workflow `preview`, run by act: the catalog as it would be, by the base's tool, for looking at."""

import json

import builders
from emulator import Forge
from modelry.git import Repository
from workflows import events
from workflows.events import opened
from workflows.runner import Runner


def test_the_catalog_of_a_request_is_an_artifact_and_published_nowhere(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    events.commit(equipped, builders.a_version("churn", "1.3.0"))
    request = opened(equipped, forge, fork=True)
    done = runner.run("pull_request", "preview", request.merge, request.payload)
    assert done.results == {"catalog": "success"}
    index = json.loads((done.artifacts / "catalog/api/v1/index.json").read_bytes())
    assert (index["commit"], index["counts"]["versions"]) == (request.merge, 4)
    assert not (runner.home / "pages").exists()
