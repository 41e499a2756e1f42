"""DVC: the only module that runs it; one target at a time, in a clean environment, on configuration of the base."""

import configparser
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from modelry.errors import RegistryError
from modelry.storage.access import CONFIG, LOCAL


class DvcError(RegistryError):
    """DVC said no; the message is its complaint."""


_COMFORT = "Having any troubles? Hit us up at https://dvc.org/support, we are always happy to help!"

# One process for all commands: importing DVC takes longer than what it does here.
_SCRIPT = "import sys, json; from dvc.cli import main; sys.exit(next((code for args in json.loads(sys.argv[1]) if (code := main(args))), 0))"


def run(top: Path, *commands: Sequence[str]) -> None:
    """Run DVC's commands in a folder, one after the other; raises `DvcError` with its complaint."""
    # What the caller's shell or an enclosing git or DVC set for itself would redirect ours.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "GIT_"))}
    environment = {
        **kept,
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(top / ".dvc" / "site"),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-c", _SCRIPT, json.dumps([list(args) for args in commands])]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        if "No module named 'dvc'" in done.stderr:
            raise DvcError("DVC is not installed", hint="pip install 'modelry[registry]'")
        said = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.strip()]
        told = " ".join(said).removesuffix(_COMFORT).strip()[-600:]
        raise DvcError(f"dvc: {told or 'failed'}", hint="is the remote there, and are you allowed?")


def scaffold(top: Path, base_config: bytes, local_config: Path, remote: str, url: str | None) -> None:
    """Make `top` a DVC repository of its own, without git, for one push.

    It gets the base's configuration, the user's credentials from `config.local`, and, where `url` is
    given, that address for `remote`.
    """
    config = configparser.RawConfigParser()
    if local_config.is_file():
        config.read(local_config, encoding="utf-8")
    section = f"'remote \"{remote}\"'"
    wanted = {
        "core": {"no_scm": "true", "analytics": "false", "check_update": "false", "autostage": "false"},
        # A move and a link instead of a second copy; the folder is ours, and gone when we are done.
        "cache": {"dir": str(top / ".dvc" / "cache"), "type": "reflink,hardlink,copy"},
        **({section: {"url": url}} if url else {}),
    }
    for name, values in wanted.items():
        if not config.has_section(name):
            config.add_section(name)
        for key, value in values.items():
            config.set(name, key, value)
    (top / ".dvc").mkdir(parents=True, mode=0o700)
    (top / CONFIG).write_bytes(base_config)
    with (top / LOCAL).open("w", encoding="utf-8") as file:
        config.write(file)
