"""What a pull request brings is data: judging it runs nothing, fetches nothing, imports nothing and writes nothing.

Each command runs in a process of its own that stands in a checkout of the hostile branch, under an audit hook that
writes down what Python does; whatever else would run, in git or elsewhere, leaves a canary behind.
"""

import json
import os
import pickle
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import builders
from modelry.model import layout

SECONDS, MEBIBYTES = 20, 300
MANY = 20_000

WATCHED = '''\
"""Run modelry under an audit hook, and leave what it did in a file."""
import json, os, sys, sysconfig

report, top, *args = sys.argv[1:]
seen, on = [], True
MODES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NAMED = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "pickle.", "ctypes.dlopen", "os.system", "os.exec",
         "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "pty.", "subprocess.Popen")
WRITES = ("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink",
          "os.truncate", "os.utime", "shutil.")

def hook(event, given):
    if not on:
        return
    if event.startswith(NAMED):
        told = given[1] if event == "subprocess.Popen" else given
        seen.append([event, repr(told)])
    elif event.startswith(WRITES):
        seen.append(["writes", str(given[0])])
    elif event == "open":
        path, mode, flags = given
        if not isinstance(path, int):
            writes = bool(set(mode or "") & set("wax+")) or (mode is None and bool((flags or 0) & MODES))
            seen.append(["writes" if writes else "reads", os.path.abspath(os.fsdecode(path))])
    elif event in ("exec", "compile"):
        name = given[0].co_filename if event == "exec" else given[1]
        seen.append(["runs", os.fsdecode(name) if isinstance(name, (str, bytes)) else repr(name)])

sys.addaudithook(hook)
from modelry.cli import main

try:
    main(args)
finally:
    on = False
    loaded = sorted({os.path.abspath(m.__file__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)})
    paths = sysconfig.get_paths()
    # What wait4 tells begins with the memory of the process that started this one.
    with open("/proc/self/status", encoding="ascii") as file:
        peak = next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    with open(report, "w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump({"seen": seen, "loaded": loaded, "path": sys.path, "peak": peak}, file)
'''


class Blob(NamedTuple):
    """One entry of a tree, as git holds it; the path is bytes, for git allows any."""

    path: bytes
    data: bytes
    mode: str = "100644"


class Bomb:
    """Pickled, it runs a command once it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.canary}",)


class Watched(NamedTuple):
    """What a command said and did."""

    code: int
    out: str
    err: str
    seconds: float
    mebibytes: float
    seen: list[tuple[str, str]]
    loaded: list[str]

    def did(self, *events: str) -> set[str]:
        return {what for event, what in self.seen if event.startswith(events)}


class Host:
    """A repository with a sound main, and beside it the folders in which canaries would appear."""

    def __init__(self, folder: Path) -> None:
        self.top, self.canaries, self.temporary = folder / "clone", folder / "canaries", folder / "temporary"
        for path in (self.top, self.canaries, self.temporary, folder / "store"):
            path.mkdir()
        self.git("init", "--quiet", "--template=", "--initial-branch=main")
        self.driver = folder / "driver" / "watched.py"
        self.driver.parent.mkdir()
        self.driver.write_text(WATCHED, "utf-8")
        self.files = {**builders.a_registry(versions=3)}
        begin = self.commit("main", [Blob(path.encode(), data) for path, data in self.files.items()])
        self.begin = begin

    def git(self, *args: str, given: bytes = b"") -> str:
        done = subprocess.run(["git", *args], cwd=self.top, input=given, capture_output=True, check=True)
        return done.stdout.decode()

    def commit(self, branch: str, blobs: list[Blob], *parents: str) -> str:
        """Commit these over the first parent on a branch."""
        store = b"".join(
            b"blob\nmark :%d\ndata %d\n%s\n" % (mark, len(blob.data), blob.data)
            for mark, blob in enumerate(blobs, start=1)
            if blob.mode != "160000"
        )
        marks = self.top / ".git" / "marks"
        self.git("fast-import", "--quiet", f"--export-marks={marks}", given=store)
        ids = dict(line.split() for line in marks.read_text("ascii").splitlines())
        lines = [
            b"%s %s\t%s\0"
            % (
                blob.mode.encode(),
                b"1" * 40 if blob.mode == "160000" else ids[f":{mark}"].encode(),
                blob.path,
            )
            for mark, blob in enumerate(blobs, start=1)
        ]
        self.git("read-tree", *(parents[:1] or ["--empty"]))
        self.git("update-index", "-z", "--add", "--index-info", given=b"".join(lines))
        tree = self.git("write-tree").strip()
        args = [part for parent in parents for part in ("-p", parent)]
        made = self.git("commit-tree", tree, *args, "-m", branch).strip()
        self.git("update-ref", f"refs/heads/{branch}", made)
        return made

    def evil(self, what: str) -> str:
        """Give a shell command that leaves a canary."""
        return f"touch {self.canaries / what}; cat"

    def watch(self, *args: str) -> Watched:
        """Run a command of modelry in the checkout, under the hook."""
        report = self.driver.parent / "report.json"
        command = [
            sys.executable,
            "-B",
            os.fspath(self.driver),
            os.fspath(report),
            os.fspath(self.top),
            *args,
        ]
        out, err = self.driver.parent / "out", self.driver.parent / "err"
        began = time.monotonic()
        with out.open("wb") as said, err.open("wb") as talked:
            environment = {**os.environ, "TMPDIR": os.fspath(self.temporary), "PYTHONWARNINGS": "error"}
            process = subprocess.Popen(command, cwd=self.top, stdout=said, stderr=talked, env=environment)
            process.wait()
        told = json.loads(report.read_text("utf-8"))
        return Watched(
            process.returncode,
            out.read_text("utf-8"),
            err.read_text("utf-8"),
            time.monotonic() - began,
            told["peak"],
            [tuple(event) for event in told["seen"]],
            told["loaded"],
        )


def assert_nothing_happened(host: Host, watched: Watched) -> None:
    """What holds of each command: it says its verdict, in bounds, and did nothing but to read and to ask git."""
    below = os.fspath(host.top)
    assert "Traceback" not in watched.err
    assert watched.code in {0, 1, 2, 3}, watched.err
    assert sorted(path.name for path in host.canaries.iterdir()) == []
    assert watched.did("socket.", "urllib.", "http.", "pickle.", "os.system", "os.exec", "os.spawn") == set()
    assert {what.split("'")[1] for what in watched.did("subprocess.Popen")} <= {"git"}
    assert [what for what in watched.did("runs") if what.startswith(below)] == []
    assert [path for path in watched.loaded if path.startswith(below)] == []
    outside = (os.fspath(host.temporary), "/dev/null")
    assert [path for path in watched.did("writes") if not path.startswith(outside)] == []
    assert watched.seconds < SECONDS
    assert watched.mebibytes < MEBIBYTES


def hostile(host: Host) -> list[Blob]:
    """Give all that a pull request could bring in the hope that somebody runs it."""
    name = layout.model("churn").encode()
    version = b"registry/models/churn/versions/1.9.0/"
    code = f"import os; os.system('touch {host.canaries}/' + (__name__ or 'main'))\n".encode()
    gitattributes = b"*.yaml filter=evil diff=evil merge=evil\n* filter=evil merge=evil\n"
    whole = [Blob(path.encode(), data) for path, data in builders.a_version("churn", "1.9.0").items()]
    return [
        *whole,
        Blob(
            name, host.files[layout.model("churn")] + b"\n# a comment at the end, so that git has to merge\n"
        ),
        Blob(b".gitattributes", gitattributes),
        Blob(b"registry/.gitattributes", gitattributes),
        Blob(b".dvc/config", _dvc_config(host)),
        Blob(b"dvc.yaml", f"stages:\n  evil:\n    cmd: touch {host.canaries}/dvc-yaml\n".encode()),
        Blob(b"hooks/post-merge", b"#!/bin/sh\n" + host.evil("hook").encode(), "100755"),
        *[
            Blob(module + b".py", code)
            for module in (
                b"sitecustomize",
                b"usercustomize",
                b"conftest",
                b"modelry",
                b"click",
                b"yaml",
                b"cel",
            )
        ],
        Blob(b"modelry/__init__.py", code),
        Blob(b"registry/models/churn/training/train.py", code),
        Blob(b"registry/models/churn/training/conftest.py", code),
        Blob(version + b"model.onnx", pickle.dumps(Bomb(host.canaries / "pickle"))),
        Blob(version + b"model.pkl", pickle.dumps(Bomb(host.canaries / "pickle"))),
        Blob(version + b"card.md", CARD.encode()),
        Blob(b"registry/models/x", b"/etc", "120000"),
        Blob(b"registry/models/churn/stages/canary.yaml", b"/etc/passwd", "120000"),
        Blob(b"registry/models/churn/training/link.py", b"../../../../../canaries", "120000"),
        Blob(b"registry/models/module", b"", "160000"),
        Blob(b"registry/models/churn/training/run.sh", b"#!/bin/sh\n", "100755"),
        Blob(b"registry/models/churn/new\nline\x1b[31m\x07.yaml", b"x: 1\n"),
        Blob(b"registry/models/churn/\xe2\x80\xaereversed.yaml", b"x: 1\n"),
        Blob(b"registry/models/churn/$(touch canary)`touch canary`;.yaml", b"x: 1\n"),
        Blob(b"registry/models/--upload-pack=touch/model.yaml", b"x: 1\n"),
        Blob(
            b"registry/models/bomb/model.yaml",
            b"schema: model/v1\ntitle: !!python/object/apply:os.system [id]\n",
        ),
        Blob(b"registry/models/deep/model.yaml", b"a: " + b"[" * 100_000 + b"\n"),
        Blob(b"registry/models/large/model.yaml", b"a: |\n" + b"  x\n" * 3_000_000),
        Blob(layout.POLICY.encode(), POLICY),
    ]


def _dvc_config(host: Host) -> bytes:
    lines = [
        f"{name}_command = touch {host.canaries}/dvc-{name}" for name in ("ask_password", "password", "key")
    ]
    remote = ["url = ssh://evil.example/x", "credentialpath = /etc/passwd", *lines]
    return "\n".join(["['remote \"store\"']", *(f"    {line}" for line in remote), ""]).encode()


POLICY = builders.a_policy(
    remotes={"store": {"url": "https://evil.example/store"}}, repository="https://evil.example/models"
)[layout.POLICY]

CARD = """# {{ 7*7 }} {% include '/etc/passwd' %} ${7*7}

--8<-- "/etc/passwd"

<script src="https://evil.example/x.js"></script><img src=x onerror="alert(1)">

[click](javascript:alert(1)) ![](https://evil.example/pixel.png)
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A checkout of a hostile branch, in a repository whose configuration a co-tenant has filled with commands."""
    made = Host(tmp_path_factory.mktemp("untrusted"))
    blobs = hostile(made)
    made.commit("hostile", blobs, made.begin)
    paths = [f"registry/models/churn/{n}.yaml" for n in range(MANY)]
    made.commit("flood", [Blob(path.encode(), b"x: 1\n") for path in paths], made.begin)
    unreadable = Blob(b"registry/models/churn/\xff\xfe.yaml", b"x: 1\n")
    made.commit("unreadable", [unreadable], made.begin)
    title = made.files[layout.model("churn")].replace(b"Customer churn", b"Customers who leave")
    made.commit("main", [Blob(layout.model("churn").encode(), title)], made.begin)
    made.git("symbolic-ref", "HEAD", "refs/heads/hostile")
    made.git("reset", "--quiet", "--hard")
    # From here on the repository's own configuration is evil as well; our calls of git are over.
    with (made.top / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(_config(made))
    hook = made.top / "hooks" / "post-merge"
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor"):
        (hook.with_name(name)).write_text(f"#!/bin/sh\n{made.evil(name)}\n", "utf-8")
        (hook.with_name(name)).chmod(hook.stat().st_mode | stat.S_IXUSR)
    return made


def _config(host: Host) -> str:
    sections = {
        'filter "evil"': {"clean": "clean", "smudge": "smudge", "process": "process", "required": ""},
        'diff "evil"': {"command": "diff", "textconv": "textconv"},
        'merge "evil"': {"driver": "merge"},
        "core": {"fsmonitor": "fsmonitor", "pager": "pager", "editor": "editor", "sshCommand": "ssh"},
        "diff": {"external": "external"},
        "gpg": {"program": "gpg"},
        "credential": {"helper": "credential"},
    }
    lines = [
        "[core]",
        f"\thooksPath = {host.top}/hooks",
        "\tquotePath = false",
        "[log]",
        "\tshowSignature = true",
    ]
    for section, commands in sections.items():
        lines.append(f"[{section}]")
        for key, what in commands.items():
            lines.append(f"\t{key} = {json.dumps(host.evil(what)) if what else 'true'}")
    return "\n".join(["", *lines, ""])


COMMANDS = {
    "a branch": ("check", "--base", "main", "--head", "hostile"),
    "a branch, as JSON": ("check", "--base", "main", "--head", "hostile", "--format", "json"),
    "a branch, as Markdown": ("check", "--base", "main", "--head", "hostile", "--format", "markdown"),
    "a branch with a path that is no UTF-8": ("check", "--base", "main", "--head", "unreadable"),
    "a folder": ("check", "--offline"),
    "a branch, for a reviewer": ("review", "--base", "main", "--head", "hostile"),
    "a branch, for a reviewer, as Markdown": (
        "review",
        "--base",
        "main",
        "--head",
        "hostile",
        "--format",
        "markdown",
    ),
}


@pytest.mark.xdist_group("untrusted")
@pytest.mark.parametrize("args", COMMANDS.values(), ids=list(COMMANDS))
def test_judging_a_hostile_pull_request_only_reads(host: Host, args: tuple[str, ...]) -> None:
    watched = host.watch(*args)
    assert_nothing_happened(host, watched)
    assert watched.code == (0 if args[0] == "review" else 3)
    assert {char for char in watched.out if ord(char) < ord(" ")} == {"\n"}  # nothing steers a terminal
    if "--base" in args:  # git's objects are read, never the checkout; and the base's remote is asked
        below = [path for path in watched.did("reads") if path.startswith(os.fspath(host.top))]
        assert [path for path in below if not path.startswith(os.fspath(host.top / "store"))] == []


@pytest.mark.xdist_group("untrusted")
def test_the_installed_command_imports_nothing_from_where_one_stands(host: Host) -> None:
    command = os.fspath(Path(sys.executable).with_name("modelry"))
    args = ["check", "--base", "main", "--head", "hostile"]
    done = subprocess.run([command, *args], cwd=host.top, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
    assert list(host.canaries.iterdir()) == []


@pytest.mark.xdist_group("untrusted")
def test_twenty_thousand_paths_are_judged_in_bounds(host: Host) -> None:
    watched = host.watch("check", "--base", "main", "--head", "flood")
    assert_nothing_happened(host, watched)
    assert watched.out.count("error[unexpected-file]: nothing may lie here") == MANY


@pytest.mark.xdist_group("untrusted")
def test_a_checkouts_gitattributes_do_not_choose_how_a_branch_is_merged(tmp_path: Path) -> None:
    host = Host(tmp_path)
    owners = [host.files[layout.model("churn")].replace(b"@alice", name) for name in (b"@bob", b"@mallory")]
    for branch, data in zip(("main", "hostile"), owners, strict=True):
        host.commit(branch, [Blob(layout.model("churn").encode(), data)], host.begin)
    host.git("reset", "--quiet", "--hard")
    (host.top / ".gitattributes").write_text("* merge=union\n", "utf-8")
    watched = host.watch("check", "--base", "main", "--head", "hostile")
    assert (watched.code, watched.err) == (
        6,
        """\
error: conflicts with main in registry/models/churn/model.yaml
 hint: make the change again from main: somebody else's landed first
""",
    )


@pytest.mark.xdist_group("untrusted")
def test_in_a_folder_a_link_to_a_folder_is_a_finding_and_is_not_followed(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.git("reset", "--quiet", "--hard")
    outside = tmp_path / "outside" / "versions"
    outside.mkdir(parents=True)
    (outside / "x.yaml").write_text("x: 1\n", "utf-8")
    (host.top / "registry/models/churn/training").symlink_to(outside.parent)
    watched = host.watch("check", "--offline")
    assert (watched.code, watched.out.partition("\n")[0]) == (
        3,
        "registry/models/churn/training:1:1: error[irregular-file]: is a symbolic link",
    )
