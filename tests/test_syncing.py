"""A folder follows a stage: what is served is old or new, what is not well goes back, and nobody is asked in vain."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders
from client.serving import Answer, Web, answer
from client.test_site import a_document, a_version
from modelry.cli import group
from modelry.errors import IntegrityError, LockedError, RegistryError, StaleError, YankedError
from modelry.storage import folders
from modelry.syncing import Follower, Round, Wish

CHURN = "/site/api/v1/models/churn.json"


def a_stage(web: Web, version: str, sequence: int = 12, **overrides: Any) -> None:
    """Publish a catalog in which a version of churn holds production, with its bytes and an ETag."""
    numbers = ("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0")
    files = {path: data for number in numbers for path, data in builders.a_version("churn", number).items()}
    registry = builders.registry_of({**builders.a_policy(), **builders.a_model("churn", []), **files})
    versions: dict[str, Any] = {}
    for number in numbers:
        of = registry.models["churn"].versions[number]
        artifact = of.record.must.artifact
        told = {
            "path": artifact.path,
            "format": artifact.format,
            "size": artifact.size,
            "sha256": artifact.sha256,
        }
        versions[number] = a_version(artifact=told, md5=of.pointers[0].must.out.md5)
    for path, data in builders.store(files).items():
        web.put(f"/store/{path}", data)
    held = {
        "version": version,
        "sha256": versions[version]["artifact"]["sha256"],
        "previous": None,
        "reason": "first",
    }
    document = a_document(
        versions=versions,
        stages={"production": held},
        sequence=sequence,
        remotes=[{"name": "store", "url": f"{web.url}/store"}],
        **overrides,
    )
    web.put(CHURN, conditional(json.dumps(document).encode(), f'"{version}-{sequence}"'))


def conditional(body: bytes, etag: str) -> Answer:
    """Answer as a server that knows what it said before."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == etag
        answer(b"" if same else body, 304 if same else 200, ETag=etag)(handler)

    return give


def follower(web: Web, folder: Path, **overrides: Any) -> Follower:
    return Follower(Wish("churn@production", folder, f"{web.url}/site", **overrides), lambda _: None)


def served(folder: Path) -> bytes:
    return (folder / "current/model.onnx").read_bytes()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


def test_it_follows_a_stage_and_asks_for_no_more_than_news(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    first = follower(web, tmp_path).once()
    assert (first.what, first.before) == ("moved", None)
    assert served(tmp_path) == builders.artifact("churn", "1.0.0")
    asked = len(web.asked)
    assert follower(web, tmp_path).once() == Round("unchanged", first.version)
    assert web.asked[asked:] == [CHURN]
    assert web.headers[-1]["If-None-Match"] == '"1.0.0-12"'
    a_stage(web, "1.1.0", 13)
    assert follower(web, tmp_path).once().before == first.version
    assert served(tmp_path) == builders.artifact("churn", "1.1.0")
    a_stage(web, "1.0.0", 14)  # a rollback is followed as anything else, and fetches nothing
    asked = len(web.asked)
    assert follower(web, tmp_path).once().version == first.version
    assert web.asked[asked:] == [CHURN]
    assert served(tmp_path) == builders.artifact("churn", "1.0.0")


def test_two_versions_stay_besides_the_current_one(web: Web, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for sequence, version in enumerate(("1.0.0", "1.1.0", "1.2.0", "1.3.0"), start=12):
        a_stage(web, version, sequence)
        follower(web, tmp_path).once()
    kept = names(tmp_path)
    assert [name.partition("-")[0] for name in kept] == ["1.1.0", "1.2.0", "1.3.0", "mine"]


def test_what_is_not_well_goes_back_and_is_not_tried_again(web: Web, tmp_path: Path) -> None:
    health = 'echo "$MODELRY_VERSION" >>asked; test "$(readlink current | cut -d- -f1)" != 1.1.0'
    wish = {"health": health, "patience": 0.0, "command": 'echo "$MODELRY_PATH" >>ran'}
    a_stage(web, "1.0.0")
    good = follower(web, tmp_path, **wish).once()
    a_stage(web, "1.1.0", 13)
    done = follower(web, tmp_path, **wish).once()
    assert (done.what, done.version) == ("rejected", good.version)
    assert done.why == "its health check ended with 1 for 0 s"
    assert served(tmp_path) == builders.artifact("churn", "1.0.0")
    assert (tmp_path / "ran").read_text().splitlines() == [f"{tmp_path}/current"] * 3
    a_stage(web, "1.1.0", 14)
    assert follower(web, tmp_path, **wish).once().what == "unchanged"
    assert (tmp_path / "asked").read_text().split() == ["1.0.0", "1.1.0"]
    a_stage(web, "1.2.0", 15)
    assert follower(web, tmp_path, **wish).once().what == "moved"


def test_a_first_version_that_is_not_well_is_an_error(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    with pytest.raises(RegistryError, match=r"churn@1\.0\.0 is not well: the command ended with 7"):
        follower(web, tmp_path, command="exit 7").once()


def test_a_health_check_that_hangs_is_ended(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    with pytest.raises(RegistryError, match="its health check ended with 124"):
        follower(web, tmp_path, health="exec sleep 60", patience=0.2).once()


def test_an_older_catalog_is_not_believed(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.1.0", 13)
    follower(web, tmp_path).once()
    a_stage(web, "1.0.0", 12)
    with pytest.raises(StaleError, match="answers as of commit 12 on main; 13 was seen already") as caught:
        follower(web, tmp_path).once()
    assert caught.value.code == 7
    assert served(tmp_path) == builders.artifact("churn", "1.1.0")


def test_another_registry_in_the_same_place_is_not_believed(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.1.0")
    follower(web, tmp_path).once()
    a_stage(web, "1.0.0", 99, registry="other-models")
    with pytest.raises(IntegrityError, match=r"was the registry acme-models, and now says .* other-models"):
        follower(web, tmp_path).once()


def test_what_was_withdrawn_is_not_taken(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    follower(web, tmp_path).once()
    document = json.loads(_body(web))
    document["sequence"] = 13
    document["versions"]["1.0.0"]["yanked"] = {"reason": "wrong labels", "replacement": None}
    web.put(CHURN, document)
    with pytest.raises(YankedError):
        follower(web, tmp_path).once()
    assert served(tmp_path) == builders.artifact("churn", "1.0.0")


def _body(web: Web) -> bytes:
    from urllib.request import urlopen  # noqa: PLC0415

    with urlopen(web.url + CHURN) as response:
        data: bytes = response.read()
    return data


def test_when_the_site_vanishes_what_is_there_stays(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    follower(web, tmp_path).once()
    web.put(CHURN, answer(status=403))
    with pytest.raises(RegistryError, match="HTTP 403"):
        follower(web, tmp_path).once()
    assert served(tmp_path) == builders.artifact("churn", "1.0.0")


def test_with_the_site_gone_what_was_seen_is_enough_to_begin_and_changes_nothing(
    web: Web, tmp_path: Path, waits: list[float]
) -> None:
    a_stage(web, "1.0.0")
    follower(web, tmp_path / "one").once()
    web.put(CHURN, answer(status=503))
    done = follower(web, tmp_path / "two").once()
    assert (done.what, served(tmp_path / "two")) == ("moved", builders.artifact("churn", "1.0.0"))
    assert done.warning is not None
    assert "HTTP 503 Service Unavailable (2 attempts); the answer is what was seen" in done.warning
    assert follower(web, tmp_path / "two").once() == Round("unchanged", done.version, warning=done.warning)
    assert waits


def test_followers_of_one_machine_fetch_the_bytes_once(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    for name in "abc":
        follower(web, tmp_path / name).once()
    assert len([path for path in web.asked if path.startswith("/store/")]) == 1


def test_most_looks_are_answered_by_not_modified(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    for _ in range(40):
        follower(web, tmp_path).once()
    conditions = [
        told.get("If-None-Match") for path, told in zip(web.asked, web.headers, strict=True) if path == CHURN
    ]
    assert (len(conditions), conditions.count('"1.0.0-12"')) == (40, 39)


def test_killed_between_exchange_and_health_it_is_tried_again(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    good = follower(web, tmp_path).once()
    a_stage(web, "1.1.0", 13)
    with pytest.raises(KeyboardInterrupt):
        _Killed(Wish("churn@production", tmp_path, f"{web.url}/site", health="true"), lambda _: None).once()
    assert served(tmp_path) == builders.artifact("churn", "1.1.0")
    done = follower(web, tmp_path, health="false", patience=0.0).once()
    assert (done.what, done.version) == ("rejected", good.version)


class _Killed(Follower):
    def _unwell(self, found: object) -> str:  # noqa: ARG002
        raise KeyboardInterrupt


def test_one_process_at_a_time(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    caught: list[BaseException] = []

    def second() -> None:
        try:
            follower(web, tmp_path).once()
        except LockedError as error:
            caught.append(error)

    class Slow(Follower):
        def _unwell(self, found: object) -> str:  # noqa: ARG002
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
            return ""

    Slow(Wish("churn@production", tmp_path, f"{web.url}/site"), lambda _: None).once()
    assert len(caught) == 1


def test_readers_never_find_nothing(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    follower(web, tmp_path).once()
    known = {builders.artifact("churn", version) for version in ("1.0.0", "1.1.0")}
    stop, seen = threading.Event(), set[bytes]()

    def read() -> None:
        while not stop.is_set():
            seen.add(served(tmp_path))

    reader = threading.Thread(target=read)
    reader.start()
    for sequence in range(13, 33):
        a_stage(web, "1.1.0" if sequence % 2 else "1.0.0", sequence)
        follower(web, tmp_path).once()
    stop.set()
    reader.join()
    assert seen == known


@pytest.mark.parametrize(
    ("layout", "paths"),
    [
        ("plain", {"model.onnx"}),
        ("triton", {"churn/1/model.onnx"}),
        ("tfserving", {"churn/1"}),
        ("mlserver", {"churn/model.onnx", "churn/model-settings.json", "churn/modelry_onnx.py"}),
    ],
)
def test_a_layout_is_as_its_server_wants_it(layout: str, paths: set[str], web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    follower(web, tmp_path, layout=layout).once()
    top = tmp_path / "current"
    assert {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()} == paths


def run(*args: object) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], catch_exceptions=False)


def test_once_says_what_it_did(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    asked = ("sync", "churn@production", tmp_path / "served", "--registry", f"{web.url}/site", "--once")
    done = run(*asked)
    assert (done.exit_code, done.stdout.partition("-")[0]) == (0, "1.0.0")
    assert run(*asked).output == ""
    a_stage(web, "1.1.0", 13)
    refused = run(
        *asked, "--exec", 'test "$MODELRY_VERSION" != 1.1.0 || test -e ran || { touch ran; exit 1; }'
    )
    assert refused.exit_code == 3
    assert " is not well: the command ended with 1; back at 1.0.0-" in refused.stdout


def test_a_clone_is_followed_as_well(a_repo: Any, tmp_path: Path) -> None:
    asked = ("sync", "churn@production", tmp_path / "served", "--registry", a_repo.top, "--once")
    assert run(*asked).exit_code == 0
    assert served(tmp_path / "served") == builders.artifact("churn", "1.0.0")
    folders.write(builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0"), a_repo.top)
    assert run(*asked).exit_code == 0
    assert served(tmp_path / "served") == builders.artifact("churn", "1.2.0")


def test_it_goes_on_until_it_is_stopped_and_tells_a_monitor(web: Web, tmp_path: Path) -> None:
    a_stage(web, "1.0.0")
    metrics = tmp_path / "modelry.prom"
    command = [sys.executable, "-c", "from modelry.cli import main; main()", "sync", "churn@production"]
    command += [
        str(tmp_path / "served"),
        "--registry",
        f"{web.url}/site",
        "--every",
        "1",
        "--metrics",
        str(metrics),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("1.0.0-")
        a_stage(web, "1.1.0", 13)
        assert " -> 1.1.0-" in process.stdout.readline()
        until = time.monotonic() + 10
        while 'version="1.1.0"' not in metrics.read_text() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    told = metrics.read_text()
    assert 'modelry_sync_moves_total{reference="churn@production"} 2\n' in told
    assert 'modelry_sync_errors_total{reference="churn@production"} 0\n' in told
    assert served(tmp_path / "served") == builders.artifact("churn", "1.1.0")
