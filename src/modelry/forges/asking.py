"""What asking any forge's API has in common: whose token goes where, and that nothing is made twice."""

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from modelry.errors import RegistryError, UsageError

ATTEMPTS = 5
"""How often a request is sent before an error of the network, or of the server, is believed."""

TIMEOUT = 15
"""Seconds that a server may be silent."""


class UnsureError(RegistryError):
    """Nobody knows whether a request was carried out: look before it is sent again."""


def token(environment: Mapping[str, str], *names: str) -> str | None:
    """Give the token in the first of these variables that has one; raises `UsageError` for what can be none."""
    found = next((environment[name] for name in names if environment.get(name)), None)
    if found is not None and not (found.isascii() and found.isprintable() and " " not in found):
        raise UsageError("the token has signs that no token has", hint=f"set {names[-1]} again")
    return found


def safe(url: str, variable: str) -> str:
    """Give an address to which a token may be sent: over TLS, or to this machine itself; else raises `UsageError`."""
    if not url.startswith("https://") and not _is_here(urlsplit(url).hostname or ""):
        raise UsageError(f"{variable} is no https: {url}", hint="a token is sent over TLS alone")
    return url


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def made(find: Callable[[], Any | None], make: Callable[[], Any]) -> tuple[Any, bool]:
    """Give what is found, or else made, and whether it is new; it is never made twice, whatever the network does."""
    for attempt in range(1, ATTEMPTS + 1):
        if (found := find()) is not None:
            return found, False
        try:
            return make(), True
        except UnsureError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def repeated(send: Callable[[], object]) -> None:
    """Send what may come twice until it is known to have come; a few times at most."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            send()
        except UnsureError:
            if attempt == ATTEMPTS:
                raise
        else:
            return
