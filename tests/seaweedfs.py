"""A real S3 server on loopback: SeaweedFS, whose program comes in a wheel."""

import itertools
import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from botocore.session import Session

from modelry.model.files import Files

KEY, SECRET = "registry", "registry-secret"
READER, READERS_SECRET = "reader", "reader-secret"

_GRPC = 10_000
"""How far above its port each part listens for the others."""


class Server:
    """A server, and the client of AWS's own library that fills it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = Session().create_client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        self._numbers = itertools.count(1)

    @property
    def environment(self) -> dict[str, str]:
        """What a user would set to be let in."""
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": self.url}

    def bucket(self) -> "Bucket":
        """Make a bucket that nobody else uses."""
        name = f"models-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        return Bucket(self, name)


class Bucket:
    """One bucket of the server."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.url = f"s3://{name}/dvc"

    def put(self, path: str, data: bytes) -> None:
        """Put an object below `url`."""
        self.server.client.put_object(Bucket=self.name, Key=f"dvc/{path}", Body=data)

    def fill(self, files: Files) -> None:
        """Put all of these."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.put, files, files.values()))

    def get(self, path: str) -> bytes:
        """Give the bytes of an object."""
        found: bytes = self.server.client.get_object(Bucket=self.name, Key=f"dvc/{path}")["Body"].read()
        return found

    def remove(self, path: str) -> None:
        """Remove an object."""
        self.server.client.delete_object(Bucket=self.name, Key=f"dvc/{path}")

    @property
    def paths(self) -> list[str]:
        """What lies below `url`."""
        pages = self.server.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix="dvc/")
        return [item["Key"].removeprefix("dvc/") for page in pages for item in page.get("Contents", ())]


@contextmanager
def running(weed: Path, folder: Path) -> Iterator[Server]:
    """Run a server on free ports; its data is gone with the folder."""
    with ExitStack() as started:
        # Between the look for a free port and its use, somebody else may take it.
        for number in range(5):
            process, port = _start(weed, folder / str(number))
            started.callback(_stop, process)
            if _is_up(f"http://127.0.0.1:{port}/", process):
                yield Server(f"http://127.0.0.1:{port}")
                return
        said = (folder / str(number) / "weed.log").read_text("utf-8", "replace")
        raise RuntimeError(f"SeaweedFS does not start: {said[-2000:]}")


def _start(weed: Path, folder: Path) -> "tuple[subprocess.Popen[bytes], int]":
    folder.mkdir()
    s3, master, volume, filer, admin = _ports(5)
    command = [
        *(str(weed), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-s3.port={s3}", f"-master.port={master}", f"-volume.port={volume}"),
        *(f"-filer.port={filer}", f"-admin.port={admin}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-webdav=false", "-admin.ui=false", "-master.telemetry=false", f"-s3.config={folder}/people.json"),
    ]
    people = [_person(KEY, SECRET, "Admin"), _person(READER, READERS_SECRET, "Read", "List")]
    (folder / "people.json").write_text(json.dumps({"identities": people}), "utf-8")
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process, s3


def _person(key: str, secret: str, *actions: str) -> dict[str, Any]:
    return {"name": key, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Kill it: nothing is kept, so it need not come to rest first, which takes three seconds."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ports(count: int) -> list[int]:
    """Give free ports whose counterparts for gRPC are free as well; none that the kernel gives to connections."""
    numbers = list(range(11_000, 32_768 - _GRPC))
    random.Random().shuffle(numbers)
    found: list[int] = []
    with ExitStack() as held:
        for port in numbers:
            with suppress(OSError):
                for number in (port, port + _GRPC):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", number))
                found.append(port)
            if len(found) == count:
                break
    return found


def _is_up(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the server asks who one is; False when it has given up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        if process.poll() is not None:
            return False
        with suppress(OSError):
            try:
                opener.open(url, timeout=1).close()
            except urllib.error.HTTPError as answer:
                if answer.code == 403:
                    return True
        time.sleep(0.05)
    return False
