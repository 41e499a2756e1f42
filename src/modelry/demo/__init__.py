"""The demo: a play on this machine with real models, git, DVC and a bare repository; `scenes` says what is typed."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from json import dumps
from pathlib import Path
from typing import Any

from modelry import client
from modelry.client import pull
from modelry.demo import scenes
from modelry.demo.scenes import Step
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.policy import Policy
from modelry.model.registry import Version
from modelry.storage import documents, folders, yaml

Say = Callable[[str], None]

_ALICE = {
    "GIT_AUTHOR_NAME": "Alice",
    "GIT_AUTHOR_EMAIL": "alice@example.org",
    "GIT_COMMITTER_NAME": "Alice",
    "GIT_COMMITTER_EMAIL": "alice@example.org",
}


def source() -> Path:
    """Give the top of a repository with the models to play with: ours, from the wheel or the checkout."""
    here = Path(__file__).parent
    for top in (here / "material", here.parents[2]):
        if (top / layout.POLICY).is_file():
            return top
    raise RegistryError(
        "the demo's models are not installed", hint="install modelry again, or run it in its repository"
    )


def unpack(top: Path, home: Path) -> None:
    """Lay out what training left behind: for each version an artifact, a card and a file of facts."""
    registry = documents.registry(folders.tree(top))
    for name, model in registry.models.items():
        for version in model.versions.values():
            folder = home / "training" / name / version.number
            folder.mkdir(parents=True)
            _fetch(top, version, folder)
            folders.write(_facts(version), folder)
    (home / "store").mkdir()
    folders.write({"policy.yaml": yaml.dump(_policy(registry.policy.must, home)).encode()}, home)


def _policy(ours: Policy, home: Path) -> dict[str, Any]:
    """Give the play's policy: ours as it was before its last lesson, with a remote and an approver of its own."""
    made = ours.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for stage in made["stages"]:
        stage["gates"] = [
            gate for gate in stage.get("gates", ()) if gate.get("dataset") != "breast-cancer-scanner-shift"
        ]
        stage.pop("approvals", None)
    made["stages"][-1]["approvals"] = {"count": 1}
    remotes = {"store": {"url": str(home / "store")}}
    return {"schema": "registry/v1", **made, "id": "demo", "title": "Demo registry", "remotes": remotes}


def _fetch(top: Path, version: Version, folder: Path) -> None:
    found = client.resolve(version.label, str(top), allow_yanked=True)
    pull.pull(found, folder / found.path)


def _facts(version: Version) -> dict[str, bytes]:
    record = version.record.must.model_dump(mode="json", by_alias=True, exclude_none=True)
    facts = {name: record[name] for name in record if name not in {"schema", "model", "version", "artifact"}}
    made = {"facts.yaml": yaml.dump(facts).encode(), "card.md": (version.card or "").encode()}
    for name, document in version.evaluations.items():
        evaluation = document.must.model_dump(mode="json", by_alias=True, exclude_none=True)
        made[f"{name}.json"] = (dumps(evaluation, indent=2) + "\n").encode()
    return made


def play(home: Path, say: Say) -> None:
    """Play the loop below `home`, an empty or absent folder; raises `RegistryError` when a step goes another way."""
    if home.exists() and any(home.iterdir()):
        raise RegistryError(f"{home} is not empty", hint="name another folder, or none")
    home.mkdir(parents=True, exist_ok=True)
    unpack(source(), home)
    clone = home / "clone"
    say(f"# Everything happens in {home}; `cd {clone}` to follow.\n")
    environment = _environment(home)
    for command in (
        "git init --quiet --bare --initial-branch=main models.git",
        "git clone --quiet models.git clone",
    ):
        _run(Step("", command), home, environment, say)
    _run(Step("", "git symbolic-ref HEAD refs/heads/main"), clone, environment, lambda _: None)
    for step in scenes.steps(home):
        _run(step, clone, environment, say)


def _environment(home: Path) -> Mapping[str, str]:
    """Give the commands their names without a path, and git an author where the user has set none."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    dropped = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "MODELRY_REGISTRY")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    author = {} if Repository(home).succeeds("config", "user.email") else _ALICE
    return {**kept, **author, "PATH": path, "DVC_NO_ANALYTICS": "1"}


def _run(step: Step, folder: Path, environment: Mapping[str, str], say: Say) -> None:
    if step.told:
        say(f"\n# {step.told}")
    say(f"$ {step.command}")
    # A shell reads the line as the user's would; every line is ours, above.
    shell = ["/bin/sh", "-c", step.command]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = "\n".join(f"  {line}" for line in (done.stderr + done.stdout).splitlines())
    if said:
        say(said)
    if done.returncode != step.expected:
        raise RegistryError(
            f"the demo expected exit code {step.expected} here and got {done.returncode}",
            hint=f"look into {folder}",
        )
    if step.expected:
        say(f"  (exit code {done.returncode})")
