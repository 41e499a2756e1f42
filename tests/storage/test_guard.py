"""Which machines may be asked for a file that somebody else names, and that no other ever is."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.errors import RefusedError, RegistryError
from modelry.model import addresses
from modelry.model.addresses import Address
from modelry.storage import guard
from public import HOST, Public

INSIDE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
"""What IANA's registries of special addresses name, and the metadata services of clouds."""


@pytest.mark.parametrize("block", INSIDE)
def test_no_machine_of_a_special_block_is_public(block: str) -> None:
    network = ip_network(block)
    found = [network[index] for index in (0, network.num_addresses // 2, -1)]

    assert [ip for ip in found if guard.is_public(str(ip))] == []
    mapped = [f"::ffff:{ip}" for ip in found if isinstance(ip, IPv4Address)]
    assert [ip for ip in mapped if guard.is_public(ip)] == []


@pytest.mark.parametrize(
    "ip",
    ["1.1.1.1", "8.8.8.8", "140.82.121.4", "::ffff:8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::200e"],
)
def test_a_machine_of_the_public_internet_is_public(ip: str) -> None:
    assert guard.is_public(ip)


@given(st.ip_addresses(v=4).map(str))
def test_ipv4_inside_of_ipv6_is_what_it_is_by_itself(ip: str) -> None:
    number = int(IPv4Address(ip))
    others = [(0x2002 << 112) | (number << 80), (0x64FF9B << 96) | number, number]

    assert guard.is_public(f"::ffff:{ip}") == guard.is_public(ip)
    assert not any(guard.is_public(str(IPv6Address(other))) for other in others)


@pytest.mark.parametrize("ip", ["fe80::1%eth0", "2606:4700::1%1"])
def test_a_machine_that_is_one_only_from_here_is_not_public(ip: str) -> None:
    assert not guard.is_public(ip)


def get(host: str = HOST, seconds: float = 5.0) -> bytes:
    with guard.get(Address(host, 443, "/file"), 0, time.monotonic() + seconds) as response:
        return response.read()


def test_the_name_is_resolved_once_and_that_machine_is_asked(public: Public) -> None:
    public.put("/file", b"bytes")
    public.machines[HOST] = ["127.0.0.1", "169.254.169.254"]  # who asks again is told another

    assert get() == b"bytes"
    assert public.resolved == [f"{HOST}:443"]


@pytest.mark.parametrize(
    "ip", ["169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2", "fe80::1%lo"]
)
def test_a_name_that_stands_for_a_machine_inside_is_not_connected_to(public: Public, ip: str) -> None:
    public.put("/file", b"bytes")
    public.machines[HOST] = [ip]

    with pytest.raises(RefusedError, match="which is no address of the public internet"):
        get()
    assert public.asked == []


def test_one_machine_inside_is_enough_to_ask_none(public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [("127.0.0.1", public.port), ("192.168.1.1", public.port)]
    monkeypatch.setattr(guard, "NETWORK", replace(guard.NETWORK, resolve=lambda *_: both))

    with pytest.raises(RefusedError, match=rf"^{HOST} is 192\.168\.1\.1, which is no address"):
        get()
    assert public.asked == []


def test_the_next_machine_of_a_name_is_asked_where_the_first_is_away(
    public: Public, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.put("/file", b"bytes")
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound, and not listening
        both = [unheard.getsockname(), ("127.0.0.1", public.port)]
        monkeypatch.setattr(guard, "NETWORK", replace(guard.NETWORK, resolve=lambda *_: both))
        assert get() == b"bytes"


def test_a_certificate_must_prove_the_name_that_was_asked_for(public: Public) -> None:
    public.put("/file", b"bytes")

    assert get("eu.cdn.example") == b"bytes"
    with pytest.raises(
        RegistryError, match=r"^https://other\.example/file: its certificate does not prove its name: "
    ):
        get("other.example")
    assert public.asked == ["eu.cdn.example/file"]


def test_an_unknown_authority_proves_nothing(public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting_others = replace(guard.NETWORK, trust=guard.Network().trust)
    monkeypatch.setattr(guard, "NETWORK", trusting_others)

    with pytest.raises(RegistryError, match="does not prove its name"):
        get()
    assert public.asked == []


def test_nothing_of_the_environment_is_sent_or_believed(
    public: Public, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.put("/file", b"bytes")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    get()
    (sent,) = public.headers
    agent = sent.pop("User-Agent")
    assert agent.startswith("modelry/")
    assert sent == {"Host": HOST, "Accept-Encoding": "identity", "Connection": "close"}


@contextmanager
def dripping(head: bytes, drop: bytes, monkeypatch: pytest.MonkeyPatch, public: Public) -> Iterator[None]:
    """Let the server say a head, and then a drop at a time for ever."""
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        connection = handler.connection
        connection.sendall(head)
        while not over.wait(0.02):
            connection.sendall(drop)

    public.put("/file", drip)
    monkeypatch.setattr(guard, "TIMEOUT", 0.5)
    try:
        yield
    finally:
        over.set()


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Endless: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["a body", "a header", "promises to go on"],
)
def test_however_slowly_a_server_drips_it_ends_in_time(
    public: Public, monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    with dripping(head, drop, monkeypatch, public), pytest.raises(TimeoutError):
        get(seconds=0.7)


def test_a_server_that_never_greets_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        network = guard.Network(lambda *_: [silent.getsockname()], lambda _: True, ssl.create_default_context)
        monkeypatch.setattr(guard, "NETWORK", network)
        with pytest.raises(TimeoutError):
            guard.get(Address(HOST, 443, "/"), 0, time.monotonic() + 0.2)


def test_after_its_time_nothing_is_asked_any_more(public: Public) -> None:
    with pytest.raises(RegistryError, match="it takes too long"):
        get(seconds=-1.0)
    assert public.resolved == []


def test_names_are_resolved_by_the_system_each_machine_once() -> None:
    assert set(guard.Network().resolve("localhost", 443)) <= {("127.0.0.1", 443), ("::1", 443)}


ODD: list[str] = [
    "http://a.example/x",
    "ftp://a.example/x",
    "file:///etc/passwd",
    "https:/a.example/x",
    "https:///a.example/x",
    "https://a.example",
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://127.1/x",
    "https://a.0x1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://a.example./x",
    "https://.a.example/x",
    "https://a..example/x",
    "https://-a.example/x",
    "https://a_b.example/x",
    "https://user@a.example/x",
    "https://user:word@a.example/x",
    "https://a.example@b.example/x",
    "https://a.example\\@b.example/x",
    "https://a.example\\b.example/x",
    "https://a.example:0/x",
    "https://a.example:65536/x",
    "https://a.example:/x",
    "https://a.example:443:443/x",
    "https://a.example:0443/x",
    "https://a.example/x\r\nHost: b.example",
    "https://a.example/x y",
    "https://a.example/x\ty",
    "https://a.example/x\x00",
    "https://a.example/%zz",
    "https://a.example/%0",
    "https://a.example/x#y",
    "https://a.example?x",
    "https://bücher.example/x",
    "https://\uff41.example/x",
    "https://a。example/x",
    "https://ⓔxample.com/x",
    "https://a.example/ü",
    " https://a.example/x",
    "https://a.example/x\n",
    f"https://{'a' * 64}.example/x",
    f"https://{'a.' * 130}example/x",
    f"https://a.example/{'x' * 8000}",
]


@pytest.mark.parametrize("url", ODD, ids=ascii)
def test_an_odd_spelling_is_no_address(url: str) -> None:
    assert addresses.parse(url) is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/", Address("a.example", 443, "/")),
        ("HTTPS://A.Example/X?y=%20&z", Address("a.example", 443, "/X?y=%20&z")),
        ("https://a.example:443/x@y:z", Address("a.example", 443, "/x@y:z")),
        ("https://xn--bcher-kva.example:8443/x", Address("xn--bcher-kva.example", 8443, "/x")),
    ],
)
def test_a_plain_address_is_read(url: str, address: Address) -> None:
    assert addresses.parse(url) == address
    assert addresses.parse(str(address)) == address


@given(st.text() | st.from_regex(r"https://[ -~]{1,30}/[ -~]{0,10}", fullmatch=True))
def test_what_is_read_has_one_meaning_to_every_reader(url: str) -> None:
    from urllib.parse import urlsplit  # noqa: PLC0415 - another reader, to compare with

    address = addresses.parse(url)
    if address is None:
        return
    parts = urlsplit(url)
    assert (parts.hostname, parts.port or 443) == address[:2]
    assert (parts.username, parts.password, parts.fragment) == (None, None, "")
    assert address.target == parts.path + (f"?{parts.query}" if "?" in url else "")
    with pytest.raises(OSError):  # noqa: PT011 - none is a number in place of a name
        socket.inet_aton(address.host)


@pytest.mark.parametrize(
    ("host", "meant", "not_meant"),
    [
        (
            "a.example",
            ["https://a.example/x"],
            ["https://b.a.example/x", "https://a.example:8443/x", "https://xa.example/"],
        ),
        (
            "*.a.example",
            ["https://b.a.example/x", "https://c.b.a.example/x"],
            ["https://a.example/x", "https://ba.example/x", "https://b.a.example.b.example/x"],
        ),
        ("a.example:8443", ["https://a.example:8443/x"], ["https://a.example/x"]),
    ],
)
def test_a_host_of_policy_means_itself(host: str, meant: list[str], not_meant: list[str]) -> None:
    def allowed(url: str) -> bool:
        address = addresses.parse(url)
        return address is not None and addresses.allows([host], address)

    assert [url for url in meant if not allowed(url)] == []
    assert [url for url in not_meant if allowed(url)] == []


def test_where_no_machine_of_a_name_answers_the_last_one_s_error_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = gone.getsockname()
    network = guard.Network(lambda *_: [nobody, nobody], lambda _: True, ssl.create_default_context)
    monkeypatch.setattr(guard, "NETWORK", network)
    with pytest.raises(ConnectionRefusedError):
        guard.get(Address(HOST, 443, "/"), 0, time.monotonic() + 5)


def test_no_time_is_left_after_the_end() -> None:
    with pytest.raises(TimeoutError, match=r"^it took too long$"):
        guard._left(time.monotonic() - 1)
