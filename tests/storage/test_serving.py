"""A built catalog is shown on loopback, until Ctrl-C."""

import _thread
import signal
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from modelry.errors import RegistryError
from modelry.storage import serving


def test_a_folder_is_served_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("built", "utf-8")
    shown = []

    def visit(address: str) -> None:
        with urlopen(address, timeout=5) as page:
            shown.append(page.read())
        _thread.interrupt_main()

    # Where the tests run in a shell's background, Ctrl-C is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        serving.serve(tmp_path, "127.0.0.1", 0, lambda address: Thread(target=visit, args=(address,)).start())
    finally:
        signal.signal(signal.SIGINT, before)
    assert shown == [b"built"]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    def take(address: str) -> None:
        port = int(address.rstrip("/").rpartition(":")[2])
        serving.serve(tmp_path, "127.0.0.1", port, print)

    with pytest.raises(RegistryError, match=r"cannot listen on 127.0.0.1:\d+: Address already in use"):
        serving.serve(tmp_path, "127.0.0.1", 0, take)
