"""GitHub's runner, as far as `act` is one: our workflow files, as they are, on this machine and without containers.

Of GitHub's own parts, the folder `stubs` has what stands in for each action; everything else that a workflow runs is
real. Each job begins in an empty folder, as it does there.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from emulator import Forge
from modelry.git import Repository
from modelry.model.files import Files
from modelry.scaffolding import shipped

STUBS = Path(__file__).parent / "stubs"
SLUG = "acme/models"
"""The repository that the workflows run for, unless there is one on an emulated GitHub."""
SHIPPED = shipped.files("github")
WORKFLOWS = {path: data for path, data in SHIPPED.items() if path.startswith(".github/workflows/")}

_PYTHON = """\
#!/bin/sh
echo "python $*" >>"$PYTHON_LOG"
[ ! -f "$7" ] || cat "$7" >>"$PYTHON_LOG.pins"
"""


def uses(files: Files = SHIPPED) -> Iterator[str]:
    """Give every action of another repository that workflows and actions use, with its pin."""
    for path, data in files.items():
        if path.endswith(".yml"):
            yield from _used(yaml.safe_load(data))


def _used(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        found = part.get("uses", ".")
        if not found.startswith("."):
            yield found
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _used(each)


@dataclass(frozen=True)
class Run:
    """What came of a run."""

    code: int
    said: tuple[Mapping[str, Any], ...]
    """Each line of act's log."""
    artifacts: Path

    @property
    def log(self) -> str:
        """What the steps printed, and which of them failed."""
        return "".join(f"{line.get('job', '')}: {line.get('msg', '').rstrip()}\n" for line in self.said)

    @property
    def results(self) -> dict[str, str]:
        """How each job that ran ended, by its name; a job that was skipped is not there."""
        ended = [line for line in self.said if "jobResult" in line]
        return {line["job"].rpartition("/")[2].strip(): line["jobResult"] for line in ended}

    @property
    def annotations(self) -> list[tuple[str, str, str, str]]:
        """Level, file, line and title of each annotation."""
        return [
            (line["command"], *(line["kvPairs"].get(key, "") for key in ("file", "line", "title")))
            for line in self.said
            if line.get("command") in {"error", "warning", "notice"} and "kvPairs" in line
        ]

    @property
    def summary(self) -> str:
        """What the steps wrote into the run's summary."""
        return "".join(line.get("content", "") for line in self.said if line.get("command") == "summary")


@dataclass
class Runner:
    """A place where workflows run: the repositories that a checkout gives, and what a run may know."""

    home: Path
    origin: Path
    """The bare repository that stands for GitHub's."""
    slug: str = SLUG
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, Path] = field(default_factory=dict)
    """Others that can be fetched, by name."""
    called: dict[str, Path] = field(default_factory=dict)
    """Where workflows of other repositories lie, by `OWNER/NAME@COMMIT`."""

    def on(self, forge: Forge) -> None:
        """Work for a repository on an emulated GitHub, whose workflows act as its bot."""
        self.slug = forge.name
        self.environment |= {
            "GITHUB_API_URL": forge.hub.url,
            "GITHUB_SERVER_URL": forge.hub.url,
            "NO_PROXY": "127.0.0.1",
        }
        self.secrets |= {"GITHUB_TOKEN": "ci-token"}

    def run(self, event: str, workflow: str, commit: str, payload: Mapping[str, Any], only: str = "") -> Run:
        """Run a workflow as it stands in a commit, which is the event's; of a matrix everything, or one entry."""
        work = self._work(commit)
        told = {"repository": {"full_name": self.slug, "default_branch": "main"}, **payload}
        (self.home / "event.json").write_text(json.dumps(told), "utf-8")
        done = subprocess.run(
            [
                *self._command(event),
                f"--workflows=.github/workflows/{workflow}.yml",
                *([f"--matrix={only}"] if only else []),
            ],
            cwd=work,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if not any("jobID" in line for line in lines) and done.returncode:
            raise RuntimeError(f"act does not run: {done.stderr}{done.stdout}")
        return Run(done.returncode, tuple(lines), self.home / "artifacts")

    @property
    def installed(self) -> list[str]:
        """What the action asked of Python."""
        log = self.home / "python.log"
        return log.read_text("utf-8").splitlines() if log.exists() else []

    @property
    def pins(self) -> bytes:
        """What was in the pins that it was to install."""
        return (self.home / "python.log.pins").read_bytes()

    def _work(self, commit: str) -> Path:
        """Check the event's commit out, where act reads the workflow and the commit."""
        work = self.home / "work"
        if not work.exists():
            Repository(self.home).run("init", "--quiet", str(work))
            Repository(work).run("remote", "add", "origin", f"https://github.com/{self.slug}.git")
        git = Repository(work)
        git.run("fetch", "--quiet", str(self.origin), commit)
        git.run("checkout", "--quiet", "--force", "-B", "main", "FETCH_HEAD")
        return work

    def _command(self, event: str) -> list[str]:
        stand_ins = [
            f"--local-repository={owner}/{name}@{pin}={STUBS / name}"
            for owner, name, pin in sorted(
                {(*used.partition("@")[0].split("/")[:2], used.partition("@")[2]) for used in uses()}
            )
        ]
        stand_ins += [f"--local-repository={name}={path}" for name, path in self.called.items()]
        variables = [f"--var={name}={value}" for name, value in self.variables.items()]
        secrets = [f"--secret={name}={value}" for name, value in self.secrets.items()]
        known = [f"--env={name}={value}" for name, value in self._known().items()]
        return [
            *(str(Path(sys.executable).with_name("act")), event, "--json", "--action-offline-mode"),
            *("--platform=ubuntu-latest=-self-hosted", "--no-cache-server", "--no-skip-checkout"),
            *("--concurrent-jobs=1", f"--eventpath={self.home / 'event.json'}"),
            *(*stand_ins, *variables, *secrets, *known),
        ]

    def _known(self) -> dict[str, str]:
        """Give what the stand-ins need, and what keeps everything on this machine."""
        origins = self.home / "origins"
        for name, path in {self.slug: self.origin, **self.repositories}.items():
            (origins / name).parent.mkdir(parents=True, exist_ok=True)
            if not (origins / name).exists():
                (origins / name).symlink_to(path)
        return {
            "ORIGINS": str(origins),
            "ARTIFACTS": str(self.home / "artifacts"),
            "ROLES": str(self.home / "roles"),
            "PAGES": str(self.home / "pages"),
            "PYTHON_PATH": str(self.python),
            "PYTHON_LOG": str(self.home / "python.log"),
            **{name: os.environ[name] for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")},
            **self.environment,
        }

    @property
    def python(self) -> Path:
        """Give a folder with the tests' own modelry, and a Python that installs nothing."""
        folder = self.home / "python"
        if not folder.exists():
            folder.mkdir()
            (folder / "python").write_text(_PYTHON, "utf-8")
            (folder / "python").chmod(0o755)
            (folder / "modelry").symlink_to(Path(sys.executable).with_name("modelry"))
        return folder

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        return {**kept, "HOME": str(self.home)}


@contextmanager
def pages(runner: Runner) -> Iterator[str]:
    """Serve what is published, as Pages would, and give its address; there may be nothing yet."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(runner.home / "pages"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = runner.environment["PAGES_URL"] = f"http://127.0.0.1:{server.server_port}/"
        yield url
        server.shutdown()
        thread.join()
