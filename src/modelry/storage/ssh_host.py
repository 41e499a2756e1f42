"""A server as the system's `ssh` reaches it: by the user's keys, agent and configuration, and never unless its own key is known."""

import os
import re
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO
from urllib.parse import SplitResult, urlsplit

from modelry.errors import RegistryError
from modelry.storage.access import Access
from modelry.storage.logins import is_set
from modelry.storage.sftp import Channel, LostError, printable

_OPTIONS = {
    "StrictHostKeyChecking": "yes",  # a server whose key is not known may be anybody
    "UpdateHostKeys": "no",
    "ConnectTimeout": "10",
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
    "LogLevel": "ERROR",
    "ClearAllForwardings": "yes",
    "ControlMaster": "no",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "PermitLocalCommand": "no",
    "RemoteCommand": "none",
    "RequestTTY": "no",
}
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._%+@:-]*")
"""What a host and a user may be called; nothing that ssh or a shell behind it could take for something else."""

_ANSWERS = """\
#!/bin/sh
case $1 in
*assphrase*) printf '%s\\n' "$MODELRY_SSH_PASSPHRASE" ;;
*) printf '%s\\n' "$MODELRY_SSH_PASSWORD" ;;
esac
"""
"""Tells ssh what it would ask a person for; the words themselves are in no file and no argument."""

_REFUSALS = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": (
        "the server's key is another than ssh knows",
        "somebody may stand in between; if it really has a new key: ssh-keygen -R {known}, and connect once by hand",
    ),
    "Host key verification failed": (
        "ssh does not know the server's key",
        "connect once by hand, and compare what it shows: ssh {told}",
    ),
    "Permission denied": (
        "the server lets nobody in by what ssh has",
        "name a key: dvc remote modify --local NAME keyfile FILE, or give it to ssh-agent; and see: ssh {told}",
    ),
    "subsystem request failed": (
        "the server gives no SFTP",
        "ask who runs it for: Subsystem sftp internal-sftp",
    ),
    "Could not resolve hostname": ("there is no server of that name", "see: ssh {told}"),
    "Bad configuration option": (
        "ssh cannot read its configuration",
        "is this OpenSSH 8.4 or later? see: ssh -V",
    ),
}
"""What ssh may say that asking again does not mend: in our words, and what to do."""


class Host:
    """A server that several threads read from, by one connection."""

    def __init__(self, url: str, settings: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._to = _to(parts, settings)
        port = settings.get("port") or parts.port
        self._where = f"ssh://{parts.hostname}:{port}" if port else f"ssh://{parts.hostname}"
        self._settings = settings
        self._lock = Lock()
        self._channel: Channel | None = None

    def channel(self) -> Channel:
        """Give the connection; make it where there is none. Raises `LostError` where that may be mended by trying again."""
        with self._lock:
            if self._channel is None or self._channel.is_lost:
                self._channel = self._connected()
            return self._channel

    def leave(self) -> None:
        """Let the connection go, as one that has not answered."""
        with self._lock:
            self._channel = None

    def _connected(self) -> Channel:
        with tempfile.TemporaryDirectory(prefix="modelry-ssh-") as own, tempfile.TemporaryFile() as errors:
            process = _start(self._command(), self._environment(Path(own)), errors)
            try:
                channel = Channel(_piped(process.stdout), _piped(process.stdin))
            except LostError as error:
                _end(process)
                errors.seek(0)
                raise self._why(errors.read(1 << 16).decode("utf-8", "replace"), error) from error
        weakref.finalize(channel, _end, process)
        return channel

    def _why(self, said: str, error: LostError) -> Exception:
        told = " ".join(self._to)
        name, colon, port = self._where.removeprefix("ssh://").partition(":")
        known = f"'[{name}]:{port}'" if colon else name
        for sign, (message, hint) in _REFUSALS.items():
            if sign in said:
                return RegistryError(f"{self._where}: {message}", hint=hint.format(told=told, known=known))
        last = said.strip().rpartition("\n")[2]
        return LostError(printable(last) or str(error))

    def _command(self) -> list[str]:
        options = [f"-o{name}={value}" for name, value in {**_OPTIONS, **_chosen(self._settings)}.items()]
        *flags, server = self._to
        return ["ssh", *options, *flags, "-s", "--", server, "sftp"]

    def _environment(self, own: Path) -> dict[str, str]:
        secrets = {name: self._settings.get(name) for name in ("password", "passphrase")}
        if not any(secrets.values()):
            return dict(os.environ)
        answers = own / "answers"
        answers.write_text(_ANSWERS, "utf-8")
        answers.chmod(0o700)
        told = {f"MODELRY_SSH_{name.upper()}": value or "" for name, value in secrets.items()}
        return {**os.environ, **told, "SSH_ASKPASS": str(answers), "SSH_ASKPASS_REQUIRE": "force"}


def host(where: str, access: Access) -> Host:
    """Give the server of an address. A process that was forked has connections of its own."""
    netloc = urlsplit(where).netloc
    settings = access.settings(where)
    key = f"ssh://{netloc} {settings.get('url')} {os.getpid()}"
    return access.once(key, lambda: Host(where, settings))


def _to(parts: SplitResult, settings: Mapping[str, str]) -> list[str]:
    """Give how ssh is told whom to reach; the same words a person would type."""
    user, port = settings.get("user") or parts.username, settings.get("port") or parts.port
    for named in (parts.hostname or "", user or "nobody", str(port or 22)):
        if not _PLAIN.fullmatch(named):
            raise RegistryError(
                f"{named!r} is no name that ssh is given", hint="write ssh://user@host:port/path"
            )
    flags = ["-p", str(port)] if port else []
    keyfile = settings.get("keyfile")
    if keyfile:
        flags += ["-i", os.path.expanduser(keyfile)]  # noqa: PTH111 - as ssh itself would write it
    return [*flags, *(["-l", user] if user else []), parts.hostname or ""]


def _chosen(settings: Mapping[str, str]) -> Mapping[str, str]:
    """Give ssh's options for DVC's settings."""
    secrets = [name for name in ("password", "passphrase") if settings.get(name)]
    made = {"BatchMode": "no" if secrets or sys.stdin.isatty() else "yes"}
    if settings.get("keyfile"):
        made["IdentitiesOnly"] = "yes"
    if settings.get("allow_agent", "true").lower() in {"false", "0", "no", "off"}:
        made["IdentityAgent"] = "none"
    if is_set(settings, "gss_auth"):
        made["GSSAPIAuthentication"] = "yes"
    if secrets:
        # What is kept for one server is told to no other on the way.
        made |= {"ProxyJump": "none", "ProxyCommand": "none", "NumberOfPasswordPrompts": "1"}
        ways = ["publickey"] if settings.get("keyfile") or "passphrase" in secrets else []
        ways += ["keyboard-interactive", "password"] if "password" in secrets else []
        made["PreferredAuthentications"] = ",".join(ways)
    return made


def _start(
    command: list[str], environment: Mapping[str, str], errors: IO[bytes]
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
    except FileNotFoundError as error:
        raise RegistryError(
            "ssh is not installed, and ssh:// remotes are read by it", hint="apt-get install openssh-client"
        ) from error


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise LostError("there is no pipe")
    return stream


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a connection that nobody reads from any more. Its output, who listens to it closes."""
    with suppress(OSError):
        _piped(process.stdin).close()
    process.kill()  # it has nothing to put in order, and a stopped one hears nothing less
    process.wait()
