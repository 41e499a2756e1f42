"""Jobs of the registry's GitLab pipelines, read from their files and run by bash as GitLab's runner runs them.

What is real: the scripts, bash, git, modelry. What stands in: GitLab's predefined variables, which a test sets, and
`pip`, which writes down what it would have installed.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from modelry.model.files import Files
from modelry.scaffolding import shipped

PIP = '#!/bin/sh\nfor last; do :; done\nprintf "%s: " "$*" >>"$PIP_LOG"\ncat "$last" >>"$PIP_LOG"\n'

FILES: Files = shipped.files("gitlab")


class _Loader(yaml.SafeLoader):
    """Reads GitLab's own tag as the path that it is."""


def _reference(loader: _Loader, node: yaml.SequenceNode) -> tuple[str, list[Any]]:
    return "reference", loader.construct_sequence(node)


_Loader.add_constructor("!reference", _reference)


def jobs() -> dict[str, dict[str, Any]]:
    """Give all jobs, with what they extend, and what they refer to, put in."""
    said: dict[str, Any] = {}
    for path, data in FILES.items():
        if path.endswith(".yml"):
            said |= yaml.load(data, _Loader)  # noqa: S506 - a safe one
    keywords = {"include", "stages", "workflow", "variables"}
    return {
        name: {**_extended(said, name), "globals": said["variables"]} for name in said if name not in keywords
    }


def _extended(said: dict[str, Any], name: str) -> dict[str, Any]:
    own = dict(said[name])
    base = _extended(said, own["extends"]) if "extends" in own else {}
    variables = {**base.get("variables", {}), **own.get("variables", {})}
    made = {**base, **own, "variables": variables}
    for part in ("before_script", "script"):
        lines: list[str] = []
        for line in made.get(part, []):
            lines += said[line[1][0]][line[1][1]] if isinstance(line, tuple) else [line]
        made[part] = lines
    return made


def script(job: dict[str, Any]) -> str:
    """Give a job's script in one piece, which one shell runs."""
    return "\n".join(["set -eo pipefail", *job["before_script"], *job["script"], ""])


@dataclass
class Runner:
    """A clone in which jobs are run."""

    clone: Path
    bin: Path
    project: dict[str, str] = field(default_factory=dict)
    """Variables of the project."""

    @property
    def installed(self) -> str:
        """What pip was told to install, by the lines of those files."""
        log = self.bin / "pip.log"
        return log.read_text("utf-8") if log.exists() else ""

    def run(self, name: str, **predefined: str) -> "subprocess.CompletedProcess[str]":
        """Run a job of a pipeline with these variables."""
        job = jobs()[name]
        (self.bin / "pip").write_text(PIP, "utf-8")
        (self.bin / "pip").chmod(0o755)
        given = {name: str(value["value"]) for name, value in job["globals"].items()}
        given |= {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_DEFAULT_BRANCH": "main",
            **self.project,
            **predefined,
        }
        for variable, value in job["variables"].items():
            given.setdefault(variable, _expanded(str(value), given))
        path = f"{self.bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        known = {key: os.environ[key] for key in ("HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "TZ")}
        return subprocess.run(
            ["bash", "-c", script(job)],
            cwd=self.clone,
            env={
                **known,
                "PATH": path,
                "PIP_LOG": str(self.bin / "pip.log"),
                "NO_PROXY": "127.0.0.1",
                **given,
            },
            capture_output=True,
            text=True,
            check=False,
        )


def _expanded(value: str, given: dict[str, str]) -> str:
    """Put variables in as GitLab does: `$NAME`, and `$$` for one sign."""
    parts = value.split("$$")
    for name in sorted(given, key=len, reverse=True):
        parts = [part.replace(f"${name}", given[name]) for part in parts]
    return "$".join(parts)
