"""One request to a machine on the public internet, and to no other, whatever names, servers and the network say."""

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPResponse, HTTPSConnection
from ipaddress import IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, create_connection, getaddrinfo
from typing import cast

from modelry import __version__
from modelry.errors import RefusedError, RegistryError
from modelry.model.addresses import Address

TIMEOUT = 10.0
"""Seconds that a server may be silent."""

_NOT_PUBLIC = [
    ip_network(block)
    for block in (
        "168.63.129.16/32",  # Azure's own services, which a virtual machine believes
        "192.88.99.0/24",  # once the way into 6to4
        "2001::/23",  # Teredo and other ways to another protocol
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # for documentation
    )
]
_UNICAST = ip_network("2000::/3")
"""Where all public IPv6 addresses are; NAT64's and what embeds IPv4 otherwise are not."""


def is_public(ip: str) -> bool:
    """Say whether an address is of a machine on the public internet: none of ours, no cloud's metadata, no group."""
    address = ip_address(ip)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address not in _UNICAST or address.scope_id is not None:
            return False
    if any(address.version == block.version and address in block for block in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _resolved(host: str, port: int) -> Sequence[tuple[str, int]]:
    return list(
        dict.fromkeys((str(found[4][0]), port) for found in getaddrinfo(host, port, type=SOCK_STREAM))
    )


@cache
def _authorities() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True)
class Network:
    """What a request goes through; a test has one of its own, on loopback."""

    resolve: Callable[[str, int], Sequence[tuple[str, int]]] = _resolved
    """Which machines a name stands for, each with the port to connect to."""
    admits: Callable[[str], bool] = is_public
    """Whether a machine may be asked."""
    trust: Callable[[], ssl.SSLContext] = _authorities
    """Whom to believe who a server is."""


NETWORK = Network()
"""What there is outside of tests."""


class _Socket(ssl.SSLSocket):
    """A connection that ends at a set time, however slowly bytes drip."""

    deadline = 0.0

    def recv_into(self, *args: object) -> int:
        self.settimeout(min(TIMEOUT, _left(self.deadline)))
        return super().recv_into(*args)  # type: ignore[arg-type]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


class _Connection(HTTPSConnection):
    """A connection to the machine that was found to be public; the certificate must be the name's."""

    def __init__(self, address: Address, deadline: float, network: Network) -> None:
        context = network.trust()
        context.sslsocket_class = _Socket
        super().__init__(address.host, address.port, context=context)
        self._deadline = deadline
        self._network = network
        self._secure = context

    def connect(self) -> None:
        # Resolved once, and that very machine is connected to: what the name stands for later is nothing to us.
        found = self._network.resolve(self.host, self.port)
        for ip, _ in found:
            if not self._network.admits(ip):
                raise RefusedError(f"{self.host} is {ip}, which is no address of the public internet")
        last: OSError = OSError("no address")
        for place in found:
            try:
                plain = create_connection(place, timeout=min(TIMEOUT, _left(self._deadline)))
            except OSError as error:
                last = error
                continue
            try:
                secure = cast("_Socket", self._secure.wrap_socket(plain, server_hostname=self.host))
            except BaseException:
                plain.close()
                raise
            secure.deadline = self._deadline
            self.sock = secure
            return
        raise last


def get(address: Address, start: int, deadline: float) -> HTTPResponse:
    """Send one GET for a file from a byte on, as nobody in particular, and give the response, whatever it says.

    Nothing of the environment counts: no proxy, no cookie, no password. Raises `RefusedError` for a machine that is not
    public, `RegistryError` for one that cannot prove its name, `OSError` and `HTTPException` as the network has them.
    """
    if time.monotonic() >= deadline:
        raise RegistryError(f"{address}: it takes too long")
    headers = {"User-Agent": f"modelry/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}
    connection = _Connection(address, deadline, NETWORK)
    try:
        connection.request(
            "GET", address.target, headers=headers | ({"Range": f"bytes={start}-"} if start else {})
        )
        return connection.getresponse()
    except ssl.SSLCertVerificationError as error:
        raise RegistryError(
            f"{address}: its certificate does not prove its name: {error.verify_message}"
        ) from error
    finally:
        # The response holds the connection until it is read or closed itself.
        if connection.sock is not None:
            connection.sock.close()
            connection.sock = None
