"""Addresses of public files: how one is spelled, and which hosts a policy allows."""

import re
from collections.abc import Collection
from typing import NamedTuple

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter, so that no spelling of a number is a name; and there are two labels or more.
_NAME = rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
_PORT = r"(:[1-9][0-9]{0,4})?"
_TEXT = r"([A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"

SOURCE = rf"^https://{_NAME}{_PORT}/{_TEXT}(\?{_TEXT})?$"
"""A file on the public web: no user, no number in place of a name, no fragment; other scripts only in Punycode."""

HOST = rf"^(\*\.)?{_NAME}{_PORT}$"
"""A host that may be asked; with `*.` every host below it, with a port that port and no other."""

_LONGEST = 8_000
_HTTPS = 443
_source = re.compile(SOURCE)


class Address(NamedTuple):
    """Where a file lies on the web."""

    host: str
    port: int
    target: str
    """Path and query, as they are asked for."""

    def __str__(self) -> str:
        return f"https://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """The host, with its port where that is not the usual one."""
        return self.host if self.port == _HTTPS else f"{self.host}:{self.port}"


def parse(url: str) -> Address | None:
    """Read an address; None for whatever is not spelled in the one way that there is."""
    scheme, sign, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    plain = f"{scheme.lower()}{sign}{authority.lower()}{slash}{path}"
    if len(url) > _LONGEST or _source.fullmatch(plain) is None:
        return None
    host, _, port = authority.lower().partition(":")
    number = int(port or _HTTPS)
    return Address(host, number, f"/{path}") if number < 2**16 and len(host) < 254 else None  # noqa: PLR2004 - a name in DNS


def allows(hosts: Collection[str], address: Address) -> bool:
    """Say whether one of these hosts is meant by an address."""
    return any(_is_meant(host, address) for host in hosts)


def _is_meant(pattern: str, address: Address) -> bool:
    name, _, port = pattern.partition(":")
    if int(port or _HTTPS) != address.port:
        return False
    below = name.removeprefix("*")
    return address.host.endswith(below) if below != name else address.host == name
