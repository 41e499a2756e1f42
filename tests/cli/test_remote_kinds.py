"""The whole way of a version through each kind of remote, on real servers; and what is said where the way is closed."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

import builders
import seaweedfs
import sshd
import webdav
import webserver
from modelry.cli import group
from modelry.git import Repository
from modelry.model.files import Files
from modelry.storage import access, folders, ssh, web

WEIGHTS = {"model.onnx": b"weights of churn 2.0.0\n" * 1000, "vocabulary.txt": b"leave\nstay\n"}
Settings = Mapping[str, str]


class Place(Protocol):
    """The remote as the server itself sees it."""

    def fill(self, files: Files) -> None: ...
    def get(self, path: str) -> bytes: ...
    def put(self, path: str, data: bytes) -> None: ...
    def remove(self, path: str) -> None: ...
    @property
    def paths(self) -> Sequence[str]: ...


class Disk:
    """A remote that lies in a folder."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def fill(self, files: Files) -> None:
        folders.write(files, self.top)

    def get(self, path: str) -> bytes:
        return (self.top / path).read_bytes()

    def put(self, path: str, data: bytes) -> None:
        (self.top / path).chmod(0o644)
        (self.top / path).write_bytes(data)

    def remove(self, path: str) -> None:
        (self.top / path).unlink()

    @property
    def paths(self) -> Sequence[str]:
        found = (path for path in self.top.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.top).as_posix() for path in found)


@dataclass
class Kind:
    """A remote of a kind, with the objects of the registry in it."""

    main: dict[str, str]
    """What `.dvc/config` says."""
    local: Settings
    """What `.dvc/config.local` says, so that one may write."""
    place: Place
    reader: Settings | None = None
    """What it says, so that one may read and no more."""
    wrong: Settings | None = None
    """What it says with a wrong secret."""


def a_folder(ask: pytest.FixtureRequest) -> Kind:
    top = ask.getfixturevalue("tmp_path") / "remote"
    top.mkdir()
    return Kind({"url": str(top)}, {}, Disk(top))


def http(ask: pytest.FixtureRequest) -> Kind:
    folder: webserver.Folder = ask.getfixturevalue("nginx").folder()
    told = folder.settings()
    main = {name: told[name] for name in ("url", "method", "auth")}
    local = {"user": webserver.WRITER, "password": webserver.PASSWORD}
    return Kind(
        main,
        local,
        Disk(folder.path),
        {**local, "user": webserver.READER},
        {**local, "password": "canary"},
    )


def dav(ask: pytest.FixtureRequest) -> Kind:
    folder: webdav.Folder = ask.getfixturevalue("dav").folder()
    reading: webdav.Server = ask.getfixturevalue("reading_dav")
    secret = {"password": webdav.PASSWORD}
    return Kind(
        {"url": folder.url, "user": webdav.USER},
        secret,
        Disk(folder.path),
        {**secret, "url": f"{reading.url}/{folder.path.name}"},
        {"password": "canary"},
    )


def by_ssh(ask: pytest.FixtureRequest) -> Kind:
    server: sshd.Server = ask.getfixturevalue("ssh_server")
    ask.getfixturevalue("monkeypatch").setenv("PATH", server.client())
    folder = server.folder()
    keys = {name: {"keyfile": str(server.key(name))} for name in ("writer", "reader", "stranger")}
    return Kind({"url": folder.url}, keys["writer"], Disk(folder.path), keys["reader"], keys["stranger"])


def s3(ask: pytest.FixtureRequest) -> Kind:
    bucket: seaweedfs.Bucket = ask.getfixturevalue("bucket")
    for name in bucket.server.environment:
        ask.getfixturevalue("monkeypatch").delenv(name)

    def keys(key: str, secret: str) -> Settings:
        return {"access_key_id": key, "secret_access_key": secret}

    return Kind(
        {"url": bucket.url, "endpointurl": bucket.server.url, "region": "us-east-1"},
        keys(seaweedfs.KEY, seaweedfs.SECRET),
        bucket,
        keys(seaweedfs.READER, seaweedfs.READERS_SECRET),
        keys(seaweedfs.KEY, "canary"),
    )


KINDS: dict[str, Callable[[pytest.FixtureRequest], Kind]] = {
    "folder": a_folder,
    "http": http,
    "webdav": dav,
    "ssh": by_ssh,
    "s3": s3,
}


def kinds(*names: str) -> pytest.MarkDecorator:
    """Let a test have these kinds, one after the other; those that share a server on one worker."""
    given = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
    return pytest.mark.parametrize("kind", given, indirect=True)


@pytest.fixture
def kind(request: pytest.FixtureRequest, a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Kind:
    """A remote; one stands in a clone of a registry that keeps its artifacts there, and may write."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(a_repo.top)
    made = KINDS[request.param](request)
    made.place.fill(builders.store(builders.a_registry(versions=3)))
    keep(a_repo, made.main, made.local)
    return made


def keep(clone: Repository, main: Settings, local: Settings) -> None:
    """Let the registry keep its artifacts there, and main say so."""
    url = local.get("url", main["url"])
    folders.write(builders.a_policy(remotes={"models": {"url": url}}), clone.top)
    for path, settings in ((access.CONFIG, {**main, "url": url}), (access.LOCAL, local)):
        lines = "".join(f"    {name} = {value}\n" for name, value in settings.items())
        (clone.top / path).write_text(f"['remote \"models\"']\n{lines}", "utf-8")
    clone.run("add", "--all")
    clone.run("commit", "--quiet", "--allow-empty", "--message", "Keep artifacts elsewhere")
    clone.run("push", "--quiet")


def run(*args: str) -> Result:
    result = CliRunner().invoke(group, args, catch_exceptions=False)
    for secret in ("canary", seaweedfs.SECRET, seaweedfs.READERS_SECRET, "Traceback"):
        assert secret not in result.output
    return result


def register(tmp_path: Path) -> Result:
    example = builders.a_document("version")
    facts = {
        "summary": "Trained on the spring as well",
        "license": "Apache-2.0",
        "evaluations": example["evaluations"],
        "training": {**example["training"], "data": []},
        "signature": example["signature"],
    }
    folders.write({f"model/{path}": data for path, data in WEIGHTS.items()}, tmp_path / "training")
    (tmp_path / "training/facts.json").write_text(json.dumps(facts), "utf-8")
    (tmp_path / "training/card.md").write_text("# churn\n", "utf-8")
    training = f"{tmp_path}/training"
    given = ("--facts", f"{training}/facts.json", "--card", f"{training}/card.md", "--format", "onnx")
    return run("register", "churn", f"{training}/model", "--version", "2.0.0", *given)


def rules(result: Result) -> list[str]:
    return [line.split("error[")[1].split("]")[0] for line in result.stdout.splitlines() if "error[" in line]


@kinds("http", "webdav", "ssh", "s3")
def test_a_version_goes_in_and_comes_out_and_what_happens_to_it_there_is_found(
    kind: Kind, a_repo: Repository, tmp_path: Path
) -> None:
    before = set(kind.place.paths)
    registered = register(tmp_path)
    assert (registered.exit_code, registered.stdout) == (0, "register/churn/2.0.0\n")
    new = sorted(set(kind.place.paths) - before)
    assert len(new) == 3  # a folder's list is an object too

    judged = run("check", "--base", "main", "--head", "register/churn/2.0.0", "--verify")
    assert (judged.exit_code, judged.stdout) == (0, "new version: passes\n")
    assert run("merge", "register/churn/2.0.0").exit_code == 0
    a_repo.run("pull", "--quiet")
    assert (run("check").stdout, run("check", "--verify").stdout) == ("passes\n", "passes\n")

    pulled = [run("pull", wanted, f"{tmp_path}/pulled/") for wanted in ("churn@2.0.0", "churn@1.0.0")]
    assert [result.exit_code for result in pulled] == [0, 0]
    found = {path.name: path.read_bytes() for path in (tmp_path / "pulled/model").iterdir()}
    assert found == WEIGHTS
    assert (tmp_path / "pulled/model.onnx").read_bytes() == builders.artifact("churn", "1.0.0")

    target = next(path for path in new if kind.place.get(path) == WEIGHTS["model.onnx"])
    data = kind.place.get(target)
    for spoilt in (data[:-1] + b"x", data[:-1]):
        kind.place.put(target, spoilt)
        verified = run("check", "--verify")
        assert (verified.exit_code, rules(verified)) == (3, ["artifact-corrupted"])
        assert run("pull", "churn@2.0.0", f"{tmp_path}/again", "--no-cache").exit_code == 4
    kind.place.remove(target)
    verified = run("check", "--verify")
    assert (verified.exit_code, rules(verified)) == (3, ["artifact-corrupted"])
    assert run("pull", "churn@2.0.0", f"{tmp_path}/again", "--no-cache").exit_code == 1
    assert not (tmp_path / "again").exists()


COMMANDS = {
    ("check",): "could not look: ",
    ("check", "--verify"): "could not look: ",
    ("pull", "churn@1.0.0", "pulled"): "cannot fetch churn@1.0.0: ",
}
"""What asks a remote, and how it begins to say that it could not."""


def said(result: Result, kind: Kind) -> str:
    """Give what was said on stderr, with words in place of what differs from run to run."""
    where = kind.main["url"].partition("@")[2] or kind.main["url"].partition("://")[2]
    found = re.sub(r"/files/md5/[0-9a-f]{2}/[0-9a-f]{30}", "/OBJECT", result.stderr)
    return found.replace(where, "REMOTE").replace(where.partition("/")[0], "HOST")


def closed(kind: Kind, message: str, hint: str, tmp_path: Path, clone: Repository) -> None:
    """See that nobody gets anything in or out, and that all who try are told the same."""
    its = f" hint: {hint}\n" if hint else ""
    before = sorted(kind.place.paths)
    for command, begun in COMMANDS.items():
        result = run(*command)
        assert (result.exit_code, result.stdout, said(result, kind)) == (
            1,
            "",
            f"error: {begun}{message}\n{its}",
        )
    result = register(tmp_path)
    assert (result.exit_code, result.stdout, said(result, kind)) == (1, "", f"error: {message}\n{its}")
    assert (sorted(kind.place.paths), Path("pulled").exists()) == (before, False)
    assert clone.run("branch", "--format=%(refname:short)") == "main\n"


ACCOUNT = (
    "the server does not know this account, or by other words: dvc remote modify --local NAME password …"
)


@kinds("http", "webdav", "ssh", "s3")
def test_a_wrong_secret_lets_nobody_in(
    kind: Kind, a_repo: Repository, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert kind.wrong is not None
    keep(a_repo, kind.main, kind.wrong)
    server = tmp_path / "none"
    if "ssh" in kind.main["url"]:
        server = request.getfixturevalue("ssh_server").key("stranger")
    port = kind.main["url"].rpartition(":")[2].partition("/")[0]
    expected = {
        "http": ("http://REMOTE/OBJECT: HTTP 401 Unauthorized", ACCOUNT),
        "webdav": ("webdav://REMOTE/OBJECT: HTTP 401 Unauthorized", ACCOUNT),
        "ssh": (
            "ssh://HOST: the server lets nobody in by what ssh has",
            (
                "name a key: dvc remote modify --local NAME keyfile FILE, or give it to ssh-agent; "
                f"and see: ssh -p {port} -i {server} -l {getuser()} 127.0.0.1"
            ),
        ),
        "s3": (
            (
                "s3://REMOTE/OBJECT: HTTP 403 SignatureDoesNotMatch: The request signature we calculated does not "
                "match the signature you provided. Check your key and signing method."
            ),
            (
                "the secret is not that of the key: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or keep keys in .dvc/config.local"
            ),
        ),
    }
    closed(kind, *expected[kind.main["url"].partition(":")[0]], tmp_path, a_repo)


@kinds("http", "webdav", "ssh", "s3")
def test_a_server_that_is_gone_is_no_verdict(
    kind: Kind, a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "ATTEMPTS", 1)
    monkeypatch.setattr(ssh, "ATTEMPTS", 1)
    main = {name: re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1:9", value) for name, value in kind.main.items()}
    keep(a_repo, main, kind.local)
    gone = Kind(main, kind.local, kind.place)
    scheme = main["url"].partition(":")[0]
    refused = "ssh: connect to host 127.0.0.1 port 9: " if scheme == "ssh" else ""
    message = (
        f"{main['url'].replace(main['url'].partition('@')[2] or main['url'].partition('://')[2], 'REMOTE')}"
    )
    closed(gone, f"{message}/OBJECT: {refused}Connection refused (1 attempts)", "", tmp_path, a_repo)


@kinds("s3")
def test_a_bucket_that_is_not_there_is_no_verdict(kind: Kind, a_repo: Repository, tmp_path: Path) -> None:
    main = {**kind.main, "url": "s3://nobodys/dvc"}
    keep(a_repo, main, kind.local)
    message = "s3://REMOTE/OBJECT: HTTP 404 NoSuchBucket: The specified bucket does not exist"
    hint = "look at the remote's address in registry.yaml, and at its endpointurl in .dvc/config"
    closed(Kind(main, kind.local, kind.place), message, hint, tmp_path, a_repo)


@kinds("ssh")
def test_a_server_whose_key_is_not_known_is_nobody(
    kind: Kind,
    a_repo: Repository,
    tmp_path: Path,
    ssh_server: sshd.Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", ssh_server.client(knows=None))
    command = f"ssh -p {ssh_server.port} -i {ssh_server.key('writer')} -l {getuser()} 127.0.0.1"
    message = "ssh://HOST: ssh does not know the server's key"
    hint = f"connect once by hand, and compare what it shows: {command}"
    closed(kind, message, hint, tmp_path, a_repo)


@kinds("folder", "http", "webdav", "ssh")
def test_where_there_is_no_folder_there_are_no_artifacts(kind: Kind, a_repo: Repository) -> None:
    keep(a_repo, {**kind.main, "url": f"{kind.main['url']}-missing"}, kind.local)
    for command in (("check",), ("check", "--verify")):
        result = run(*command)
        assert (result.exit_code, rules(result)) == (3, ["artifact-unreachable"] * 3)
    result = run("pull", "churn@1.0.0", "pulled")
    assert (result.exit_code, Path("pulled").exists()) == (1, False)
    assert "-missing/files/md5/" in result.stderr


SLOW = [
    pytest.param(name, marks=[pytest.mark.slow, pytest.mark.xdist_group(name)]) for name in ("http", "webdav")
]
QUICK = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("ssh", "s3")]


@pytest.mark.parametrize("kind", [*QUICK, *SLOW], indirect=True)
def test_who_may_read_pulls_and_checks_and_registers_nothing(
    kind: Kind, a_repo: Repository, tmp_path: Path
) -> None:
    assert kind.reader is not None
    keep(a_repo, kind.main, kind.reader)
    before = sorted(kind.place.paths)
    assert (run("check", "--verify").stdout, run("pull", "churn@1.0.0", "pulled").exit_code) == (
        "passes\n",
        0,
    )
    result = register(tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    error, hint = result.stderr.splitlines()
    assert error.startswith("error: dvc: ")
    assert (
        hint
        == " hint: it can be read, and nothing was proposed: may this account write, and is its folder there?"
    )
    assert sorted(kind.place.paths) == before
    assert a_repo.run("branch", "--format=%(refname:short)") == "main\n"


def test_a_command_that_main_sets_is_run_by_nobody(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(a_repo.top)
    command = f"touch {tmp_path}/ran"
    keep(a_repo, {"url": "webdav://127.0.0.1:9/dvc", "bearer_token_command": command}, {})
    result, told = run("check"), register(tmp_path)
    said_ = (
        "bearer_token_command is set for webdav://127.0.0.1:9/dvc, and no configuration runs a command here\n"
        " hint: dvc remote modify NAME --unset bearer_token_command, and keep a token in .dvc/config.local\n"
    )
    assert (result.exit_code, result.stderr) == (1, f"error: could not look: {said_}")
    assert (told.exit_code, told.stderr) == (1, f"error: {said_}")
    assert not (tmp_path / "ran").exists()
