"""Bytes that were fetched are kept by their digest: fetched once, never wrong, never too many, never in anybody's way."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import builders
import crash
import webserver
from client.conftest import TREE, place
from client.serving import Web
from client.test_crashes import tree
from modelry import client
from modelry.client import cache as caches
from modelry.client import keeping, locking
from modelry.client import pull as pulling
from modelry.client.fetching import Means
from modelry.client.resolution import File, Resolution
from modelry.errors import IntegrityError, RegistryError, UsageError
from modelry.storage import folders

RIGHT = builders.artifact("churn", "1.0.0")


@pytest.fixture
def far(clone: Path, web: Web) -> Resolution:
    """What churn@production means, its bytes on a web server."""
    return on_the_web(client.resolve("churn@production", str(clone)), clone, web)


@pytest.fixture
def far_bert(bert: Path, web: Web) -> Resolution:
    """The same of a folder."""
    return on_the_web(client.resolve("bert", str(bert)), bert, web)


def on_the_web(found: Resolution, clone: Path, web: Web) -> Resolution:
    for path in (clone / "store").rglob("*"):
        if path.is_file():
            web.put(f"/{path.relative_to(clone / 'store')}", path.read_bytes())
    return found._replace(addresses=(f"{web.url}/{place(found.md5)}",))


def pull(found: Resolution, where: Path, **how: Any) -> pulling.Pulled:
    return pulling.pull(found, where, means=client.means(found, "https://models.example", **how))


def kept(root: Path | None = None) -> dict[str, bytes]:
    """The bytes that a cache has, whole or in part, by name."""
    root = root or Path(os.environ["XDG_CACHE_HOME"], "modelry")
    return {
        path.name: path.read_bytes()
        for path in (root / "sha256").rglob("*")
        if path.is_file() and (len(path.name) == 64 or path.suffix == keeping.PART)
    }


def test_a_file_is_fetched_once(far: Resolution, web: Web, tmp_path: Path) -> None:
    told: list[int] = []
    for name in "abc":
        pulled = pulling.pull(far, tmp_path / name, tick=told.append, means=client.means(far, "https://x"))
        assert (pulled.path.read_bytes(), pulled.fetched, pulled.warnings) == (RIGHT, True, ())
        assert stat.S_IMODE(pulled.path.stat().st_mode) == 0o644
    assert (len(web.asked), sum(told)) == (1, 3 * len(RIGHT))
    assert kept() == {far.sha256: RIGHT}
    (path,) = Path(os.environ["XDG_CACHE_HOME"], "modelry/sha256").glob("*/" + "[0-9a-f]" * 64)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, *list(path.parents)[:3])]
    assert modes == [0o444, 0o700, 0o700, 0o700]


def test_a_folder_is_fetched_once_and_its_files_are_kept_each_for_itself(
    far_bert: Resolution, web: Web, tmp_path: Path
) -> None:
    pull(far_bert, tmp_path / "one")
    assert len(web.asked) == 1 + len(TREE)
    pull(far_bert, tmp_path / "two")
    assert len(web.asked) == 1 + len(TREE)
    assert tree(tmp_path / "one") == tree(tmp_path / "two") == TREE
    assert sorted(kept().values()) == sorted(TREE.values())


def test_a_remote_on_this_machine_is_not_kept_a_second_time(clone: Path, tmp_path: Path) -> None:
    found = client.resolve("churn", str(clone))
    pulling.pull(found, tmp_path / "m", means=client.means(found, str(clone)))
    assert kept() == {}


def test_nothing_is_kept_where_that_is_not_wanted(
    far: Resolution, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(far, tmp_path / "a", keep=False)
    monkeypatch.setenv("MODELRY_CACHE", "")
    pull(far, tmp_path / "b")
    assert (kept(), len(web.asked)) == ({}, 2)


def test_who_writes_into_a_copy_changes_nobody_elses(far: Resolution, tmp_path: Path) -> None:
    pull(far, tmp_path / "a")
    with (tmp_path / "a").open("r+b") as file:
        file.write(b"mine")
    assert pull(far, tmp_path / "b").path.read_bytes() == RIGHT
    assert kept() == {far.sha256: RIGHT}


def test_a_link_is_the_caches_own_file_and_not_to_be_written_to(
    far: Resolution, web: Web, tmp_path: Path
) -> None:
    for name in "ab":
        pull(far, tmp_path / name, link=True)
    one, two = (tmp_path / name for name in "ab")
    assert one.samefile(two)
    assert (stat.S_IMODE(one.stat().st_mode), one.read_bytes(), len(web.asked)) == (0o444, RIGHT, 1)
    # Root may write where nobody may: what is taken after that is right again.
    one.chmod(0o644)
    one.write_bytes(b"x" * len(RIGHT))
    one.chmod(0o444)
    assert pull(far, tmp_path / "c", link=True).path.read_bytes() == RIGHT
    assert len(web.asked) == 2


def test_what_was_found_right_is_not_read_again(
    far: Resolution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(far, tmp_path / "a", link=True)
    monkeypatch.setattr("modelry.client.verification.of_file", None)
    pull(far, tmp_path / "b", link=True)
    assert (tmp_path / "b").samefile(tmp_path / "a")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_link(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "first bit": lambda path: path.write_bytes(bytes([RIGHT[0] ^ 1]) + RIGHT[1:]),
    "middle bit": lambda path: path.write_bytes(RIGHT[:100] + bytes([RIGHT[100] ^ 1]) + RIGHT[101:]),
    "last bit": lambda path: path.write_bytes(RIGHT[:-1] + bytes([RIGHT[-1] ^ 1])),
    "one byte less": lambda path: path.write_bytes(RIGHT[:-1]),
    "one byte more": lambda path: path.write_bytes(RIGHT + b"x"),
    "emptied": lambda path: path.write_bytes(b""),
    "another version's": lambda path: path.write_bytes(builders.artifact("churn", "1.1.0")),
    "gone": Path.unlink,
    "a folder": a_folder,
    "a link": a_link,
    "open to all": lambda path: path.chmod(0o666),
}


@pytest.mark.parametrize("link", [False, True], ids=["copied", "linked"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_was_altered_is_never_given(
    damage: Callable[[Path], object], link: bool, far: Resolution, web: Web, tmp_path: Path
) -> None:
    pull(far, tmp_path / "before", link=link).path.unlink()
    lies = caches.must().place(File("", far.size, far.sha256))
    lies.chmod(0o644)
    damage(lies)
    assert pull(far, tmp_path / "m", link=link).path.read_bytes() == RIGHT
    assert len(web.asked) == 2
    if not lies.is_dir():  # it is not ours to remove what never was ours
        assert pull(far, tmp_path / "n", link=link).path.read_bytes() == RIGHT
        assert len(web.asked) == 2


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_befalls_the_cache_the_bytes_are_right_or_there_are_none(
    data: st.DataObject, far_bert: Resolution, tmp_path: Path
) -> None:
    run = tmp_path / os.urandom(6).hex()
    means = Means(cache=caches.Cache(run / "cache", link=data.draw(st.booleans())))
    pulling.pull(far_bert, run / "first", means=means)
    files = sorted(path for path in (run / "cache").rglob("*") if path.is_file())
    for path in data.draw(st.lists(st.sampled_from(files), unique=True)):
        body = path.read_bytes()
        at = data.draw(st.integers(0, len(body)))
        change = data.draw(st.sampled_from(["cut", "flip", "insert", "swap"]))
        path.chmod(0o644)
        if change == "cut":
            path.write_bytes(body[:at])
        elif change == "flip" and body:
            path.write_bytes(body[: at - 1] + bytes([body[at - 1] ^ 1]) + body[at:])
        elif change == "insert":
            path.write_bytes(body[:at] + b"\0" + body[at:])
        else:
            path.write_bytes(data.draw(st.sampled_from(files)).read_bytes())
        path.chmod(data.draw(st.sampled_from([0o444, 0o644, 0o600])))
    alone = data.draw(st.booleans())
    asked = far_bert._replace(addresses=()) if alone else far_bert
    try:
        pulling.pull(asked, run / "second", means=means)
    except RegistryError:
        assert alone
        assert not (run / "second").exists()
    else:
        assert tree(run / "second") == TREE


SIXTEEN = """
import os, sys
from pathlib import Path
from modelry.client import fetching, locking, pull, cache
found = locking.find(Path(sys.argv[1]), "churn@production")
children = []
for number in range(16):
    child = os.fork()
    if not child:
        pull.pull(found, Path(sys.argv[2], str(number)), means=fetching.Means(cache=cache.default()))
        os._exit(0)
    children.append(child)
sys.exit(sum(os.waitpid(child, 0)[1] for child in children))
"""


def test_sixteen_processes_that_want_the_same_fetch_it_once(
    far: Resolution, web: Web, tmp_path: Path
) -> None:
    (tmp_path / "lock").write_text(locking.text([far]))
    command = [sys.executable, "-c", SIXTEEN, str(tmp_path / "lock"), str(tmp_path / "out")]
    subprocess.run(command, check=True)
    assert tree(tmp_path / "out") == {str(number): RIGHT for number in range(16)}
    assert len(web.asked) == 1


def test_whoever_waits_for_a_process_that_dies_fetches_it_himself(
    far: Resolution, web: Web, tmp_path: Path
) -> None:
    lies = caches.must().place(File("", far.size, far.sha256))
    script = "import sys,time; from pathlib import Path; from modelry.client import private\n"
    script += "with private.alone(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script, str(lies)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        lies.with_name(lies.name + keeping.PART).write_bytes(b"half")
        waiting = subprocess.Popen(
            [sys.executable, "-c", SIXTEEN, str(tmp_path / "lock"), str(tmp_path / "out")]
            if (tmp_path / "lock").write_text(locking.text([far]))
            else []
        )
        holder.kill()
    assert waiting.wait(60) == 0
    assert tree(tmp_path / "out") == {str(number): RIGHT for number in range(16)}
    assert (len(web.asked), kept()) == (1, {far.sha256: RIGHT})


def sized(number: int) -> tuple[File, bytes]:
    import hashlib  # noqa: PLC0415

    body = bytes([number]) * 1000
    return File(str(number), len(body), hashlib.sha256(body).hexdigest()), body


def give(cache: caches.Cache, number: int, into: Path) -> None:
    file, body = sized(number)

    def copy(place: Path, fresh: Path) -> None:
        fresh.write_bytes(place.read_bytes())

    def fetch(fresh: Path) -> None:
        fresh.write_bytes(body)

    cache.before(file.size).give(file, into, copy, fetch)
    cache.after([file], grew=True)


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELRY_CACHE_SIZE", "3500")
    cache = caches.Cache(tmp_path / "cache")
    for number in (1, 2, 3):
        give(cache, number, tmp_path / "m")
        used = cache.place(sized(number)[0])
        os.utime(used.with_name(used.name + keeping.USED), (number, number))
    give(cache, 1, tmp_path / "m")
    give(cache, 4, tmp_path / "m")
    assert set(kept(cache.root)) == {sized(number)[0].sha256 for number in (1, 3, 4)}
    assert {one.sha256 for one in keeping.listed(cache.root)} == set(kept(cache.root))


def test_what_a_lock_names_stays(far: Resolution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "modelry.lock"
    lock.write_text(locking.text([far]))
    found = client.resolve("churn@production", locked=lock)
    pull(found, tmp_path / "m")
    monkeypatch.setenv("MODELRY_CACHE_SIZE", str(len(RIGHT) + 100))
    cache = caches.must()
    for number in (1, 2):
        give(cache, number, tmp_path / "n")
    assert set(kept()) == {far.sha256}
    assert keeping.clear(cache.root) == []
    lock.unlink()
    assert [one.sha256 for one in keeping.clear(cache.root)] == [far.sha256]


def test_what_is_more_than_all_that_may_be_kept_is_fetched_all_the_same(
    far: Resolution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELRY_CACHE_SIZE", "100")
    assert pull(far, tmp_path / "m").path.read_bytes() == RIGHT
    assert kept() == {}
    monkeypatch.setenv("MODELRY_CACHE_SIZE", "a lot")
    with pytest.raises(UsageError, match="MODELRY_CACHE_SIZE is 'a lot', which is no size"):
        pull(far, tmp_path / "n")


@pytest.mark.parametrize("kind", ["a file", "open to all", "a link"])
def test_a_place_where_nothing_can_be_kept_is_in_nobodys_way(
    kind: str, far: Resolution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("MODELRY_CACHE", str(home))
    if kind == "a file":
        home.write_bytes(b"")
    elif kind == "a link":
        home.mkdir()
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        (home / "sha256").symlink_to(tmp_path / "elsewhere")
    else:
        (home / "sha256").mkdir(parents=True)
        (home / "sha256").chmod(0o777)
    assert pull(far, tmp_path / "m").path.read_bytes() == RIGHT
    assert not [path for top in (home, tmp_path / "elsewhere") for path in top.rglob("*") if path.is_file()]


def test_offline_the_cache_has_to_do(far_bert: Resolution, web: Web, tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as error:
        pull(far_bert, tmp_path / "m", offline=True)
    named = "config.json (14 bytes), weights/a.bin (3,000 bytes), weights/b.bin (10 bytes)"
    assert str(error.value) == f"bert@1.0.0 is not all on this machine: {named}"
    pull(far_bert, tmp_path / "m")
    asked = len(web.asked)
    assert tree(pull(far_bert, tmp_path / "n", offline=True).path) == TREE
    assert len(web.asked) == asked


def test_offline_what_is_wrong_in_the_cache_is_not_given(far: Resolution, web: Web, tmp_path: Path) -> None:
    pull(far, tmp_path / "m")
    lies = caches.must().place(File("", far.size, far.sha256))
    lies.chmod(0o644)
    lies.write_bytes(b"x" * len(RIGHT))
    lies.chmod(0o444)
    with pytest.raises(RegistryError):
        pull(far, tmp_path / "n", offline=True)
    assert (len(web.asked), (tmp_path / "n").exists()) == (1, False)


def test_wrong_bytes_of_a_remote_are_not_kept(far: Resolution, web: Web, tmp_path: Path) -> None:
    web.put(f"/{place(far.md5)}", b"x" * len(RIGHT))
    with pytest.raises(IntegrityError):
        pull(far, tmp_path / "m")
    assert kept() == {}


def test_with_a_lock_neither_site_nor_remote_is_needed(far: Resolution, web: Web, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(locking.text([far]))
    pull(client.resolve("churn@production", locked=tmp_path / "lock"), tmp_path / "m")
    web.answers.clear()
    found = client.resolve("churn@production", locked=tmp_path / "lock")
    assert pull(found, tmp_path / "n").path.read_bytes() == RIGHT


def test_a_real_web_server_says_that_nothing_has_changed(
    nginx: webserver.Server, tmp_path: Path, clone: Path
) -> None:
    import json  # noqa: PLC0415

    from client.test_site import a_document, a_version  # noqa: PLC0415

    folder = nginx.folder()
    found = client.resolve("churn@production", str(clone))
    artifact = {"path": found.path, "format": found.format, "size": found.size, "sha256": found.sha256}
    versions = {"1.0.0": a_version(artifact=artifact, md5=found.md5)}
    stages = {"production": {"version": "1.0.0", "sha256": found.sha256}}
    document = a_document(
        versions=versions, stages=stages, latest="1.0.0", remotes=[{"url": f"{folder.public}/dvc"}]
    )
    folders.write({"api/v1/models/churn.json": json.dumps(document).encode()}, folder.path)
    folders.write({f"dvc/{place(found.md5)}": RIGHT}, folder.path)
    resolved = client.resolve("churn@production", folder.public)
    (answer,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("churn.json")
    before = answer.stat().st_ino
    for _ in range(20):
        assert client.resolve("churn@production", folder.public) == resolved
    assert answer.stat().st_ino == before  # an answer with a body would have been written anew
    pull(resolved, tmp_path / "m")
    (folder.path / "dvc" / place(found.md5)).unlink()
    assert pull(resolved, tmp_path / "n").path.read_bytes() == RIGHT


def sweep(far: Resolution, tmp_path: Path, fault: str, names: str) -> int:
    """Fail each call of a pull by which it touches the cache, and see that the next one gets the bytes."""
    home, lock = tmp_path / "home", tmp_path / "modelry.lock"
    lock.write_text(locking.text([far]))
    script = (
        "import sys; from pathlib import Path; from modelry.client import cache, fetching, locking, pull\n"
        "found = locking.find(Path(sys.argv[1]), 'churn@production')\n"
        "pull.pull(found, Path(sys.argv[3]), means=fetching.Means(cache=cache.Cache(Path(sys.argv[2]))), force=True)"
    )
    target = tmp_path / "out/m"

    def fresh() -> None:
        subprocess.run(["rm", "-rf", home, target.parent], check=True)
        home.mkdir(mode=0o700)

    fresh()
    command = [sys.executable, "-c", script, str(lock), str(home), str(target)]
    calls = crash.calls(command, home, names)
    for call in calls:
        fresh()
        done = crash.fail(command, call, fault)
        told = f"{fault} at {call}\n{done.stderr}"
        assert tree(target) in (None, {"": RIGHT}), told
        assert done.returncode != 0 or tree(target) == {"": RIGHT}, told
        assert fault == crash.KILL or tree(target) == {"": RIGHT}, told  # who cannot keep it fetches it
        digest = [data for name, data in kept(home).items() if name == far.sha256]
        assert digest in ([], [RIGHT]), told
        pulling.pull(far, target, means=Means(cache=caches.Cache(home)), force=True)
        again = tmp_path / "again"
        pulling.pull(far, again, means=Means(cache=caches.Cache(home)))
        again.unlink()
        assert kept(home) == {far.sha256: RIGHT}, told
    return len(calls)


@crash.needed
def test_a_pull_that_is_killed_at_its_cache_leaves_nothing_in_the_way(
    far: Resolution, tmp_path: Path
) -> None:
    assert sweep(far, tmp_path, crash.KILL, "write,rename,chmod,unlink,flock") > 4


@crash.needed
@pytest.mark.slow
@pytest.mark.parametrize("fault", [crash.KILL, crash.FULL, crash.BROKEN])
def test_a_pull_that_is_stopped_at_any_call_on_its_cache_leaves_nothing_in_the_way(
    fault: str, far: Resolution, tmp_path: Path
) -> None:
    assert sweep(far, tmp_path, fault, f"{crash.CHANGES},flock") > 15
