"""Artifacts at public addresses that versions name: downloaded as anybody can, and held against what is recorded."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from http.client import HTTPResponse, responses
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urldefrag, urljoin

from modelry.errors import IntegrityError, RefusedError
from modelry.model import addresses
from modelry.model.documents import Artifact
from modelry.model.pointer import Out
from modelry.model.registry import Version
from modelry.storage import guard, web
from modelry.storage.bodies import AbsentError

PATIENCE = 60.0
"""Seconds that an artifact may take, whatever its size."""

SLOWEST = 512 * 1024
"""Bytes a second that must come beyond that."""

_CHUNK = 1 << 20
_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 429})
"""Errors of a client that say nothing of the file: asked again, it may be there."""

FOUND: set[tuple[Artifact, Out]] = set()
"""What this process found to be right: a proposal, and a merge that is overtaken, are judged more than once."""

Tick = Callable[[int], None]


class Got(NamedTuple):
    """What a download gave."""

    size: int
    sha256: str
    md5: str


class Sources:
    """The public web, as far as these hosts."""

    def __init__(self, hosts: Collection[str], tick: Tick = lambda _: None) -> None:
        self._hosts = hosts
        self._tick = tick

    def faults(self, version: Version) -> tuple[str, ...]:
        """Say what is wrong with the bytes at the address that a version names; nothing is kept of them.

        Raises `RegistryError` where nobody could look.
        """
        try:
            self.fetch(version.record.must.artifact, version.pointers[0].must.out)
        except (AbsentError, IntegrityError, RefusedError) as error:
            return (str(error),)
        return ()

    def fetch(self, artifact: Artifact, out: Out, into: Path | None = None) -> None:
        """Download an artifact, to a path that is not there yet if one is given.

        Raises `AbsentError` where nothing lies, `IntegrityError` for other bytes, `RefusedError` where the way leads to
        what is not allowed, `RegistryError` where nobody could look.
        """
        if into is None and (artifact, out) in FOUND:
            return
        deadline = time.monotonic() + PATIENCE + artifact.size / SLOWEST
        recorded = {file.path: (file.size, file.sha256) for file in artifact.files or ()}
        md5s: dict[str, str] = {}
        for path, url in artifact.addresses:
            place = into if artifact.files is None or into is None else into / path
            size, sha256 = recorded.get(path, (artifact.size, artifact.sha256))
            got = self._file(url, size, place, deadline)
            if (got.size, got.sha256) != (size, sha256):
                fault = (
                    f"{got.size} bytes, expected {size}"
                    if got.size != size
                    else f"sha256 {got.sha256}, expected {sha256}"
                )
                raise IntegrityError(f"{url} has {fault}")
            md5s[path] = got.md5
        found = md5s[artifact.path] if artifact.files is None else _of_folder(md5s)
        if found != out.md5:
            raise IntegrityError(f"{artifact.path} has the MD5 {found}, and its pointer says {out.md5}")
        FOUND.add((artifact, out))

    def download(self, url: str, most: int, into: Path) -> Got:
        """Download a file of which nothing is known but how large it may be. Raises as `fetch`."""
        return self._file(url, most, into, time.monotonic() + PATIENCE + most / SLOWEST)

    def _file(self, url: str, most: int, into: Path | None, deadline: float) -> Got:
        if into is not None:
            into.parent.mkdir(parents=True, exist_ok=True)
        body = web.Download(url, lambda start: self._ask(url, start, deadline))
        try:
            if (body.size or 0) > most:
                raise IntegrityError(f"{url} has {body.size} bytes, expected at most {most}")
            with nullcontext() if into is None else into.open("xb") as file:
                return self._read(body, url, most, file)
        finally:
            body.close()

    def _read(self, body: web.Download, url: str, most: int, file: BinaryIO | None) -> Got:
        sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
        # One byte more than there may be is enough to know.
        while chunk := body.read(min(_CHUNK, most + 1 - size)):
            size += len(chunk)
            if size > most:
                raise IntegrityError(f"{url} has more than {most} bytes")
            sha256.update(chunk)
            md5.update(chunk)
            if file is not None:
                file.write(chunk)
            self._tick(len(chunk))
        return Got(size, sha256.hexdigest(), md5.hexdigest())

    def _ask(self, url: str, start: int, deadline: float) -> HTTPResponse:
        """Ask for a file from a byte on; each host on the way must be allowed."""
        place = url
        for _ in range(_REDIRECTS + 1):
            response = guard.get(self._allowed(place, url), start, deadline)
            if response.status not in _MOVED:
                return _given(response, start, url)
            response.close()
            # What is no character of an address is quoted, so that nothing of it is read in two ways.
            location = quote(response.headers.get("Location", ""), safe="%/:=&?~#+!$,;'@()*")
            place = urldefrag(urljoin(place, location)).url
        raise RefusedError(f"{url} redirects more than {_REDIRECTS} times")

    def _allowed(self, place: str, url: str) -> addresses.Address:
        address = addresses.parse(place)
        way = "" if place == url else f"{url} redirects to {place[:200]}: "
        if address is None:
            raise RefusedError(f"{way}{'that' if way else place} is no plain https:// address of a file")
        if not addresses.allows(self._hosts, address):
            raise RefusedError(f"{way}{address.authority} is not on the list of policy")
        return address


def _given(response: HTTPResponse, start: int, url: str) -> HTTPResponse:
    """Give a response that has the file, from this byte on; raises for what says that there is none."""
    status = response.status
    if status in {200, 206}:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise IntegrityError(f"{url} comes compressed, though asked for as it is")
        return web.starting(response, start, url)
    response.close()
    if 400 <= status < 500 and status not in _LATER:  # noqa: PLR2004 - what HTTP calls the client's errors
        raise AbsentError(f"{url} cannot be downloaded by anybody: HTTP {status}")
    if status < 500 and status not in _LATER:  # noqa: PLR2004 - and the server's
        raise RefusedError(f"{url} answers HTTP {status}, which is no file")
    raise HTTPError(url, status, responses.get(status, ""), response.headers, None)


def _of_folder(md5s: Mapping[str, str]) -> str:
    """Give DVC's address of a folder: the MD5 of its list of files."""
    listed = [{"md5": md5s[path], "relpath": path} for path in sorted(md5s)]
    return f"{hashlib.md5(json.dumps(listed).encode(), usedforsecurity=False).hexdigest()}.dir"
