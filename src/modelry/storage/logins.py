"""What a web server is told of who asks, by DVC's settings for its remote; and what it must show to be believed."""

import os
import sys
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from modelry.errors import RegistryError

HINT = (
    "say who asks: dvc remote modify --local NAME user …, and password …; or give the host a line in ~/.netrc"
)

_YES, _NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


class Trust(NamedTuple):
    """How a server and who asks it prove themselves in TLS."""

    authorities: str | None = None
    """A file with the authorities that are believed; None for those of the system."""
    certificate: str | None = None
    """A file with the certificate of who asks."""
    key: str | None = None
    """A file with its key, if that is not in the same."""


class Login(NamedTuple):
    """As whom a server is asked."""

    headers: Mapping[str, str]
    trust: Trust


NOBODY = Login({}, Trust())


def login(url: str, settings: Mapping[str, str]) -> Login:
    """Give the login for an address of HTTP; the user's own `.netrc` is asked where nothing else says anything.

    Raises `RegistryError` for settings that are not followed here: no server unverified, no digest, no command.
    """
    headers = _headers(url, settings)
    if not all(text.isascii() and text.isprintable() for pair in headers.items() for text in pair):
        raise RegistryError(
            f"what is to be told to {urlsplit(url).hostname} has characters that no header may have",
            hint="look at token, custom_auth_header and password in .dvc/config.local",
        )
    return Login(headers, trust(settings))


def _headers(url: str, settings: Mapping[str, str]) -> Mapping[str, str]:
    parts = urlsplit(url)
    user, _, inline = parts.netloc.rpartition("@")[0].partition(":")
    user = settings.get("user") or unquote(user)
    if settings.get("auth", "").lower() == "digest":
        raise RegistryError("auth is digest, which neither DVC nor this reads", hint="set: auth basic")
    if "token" in settings:
        return {"Authorization": f"Bearer {settings['token']}"}
    host = parts.hostname or ""
    if "custom_auth_header" in settings:
        return {settings["custom_auth_header"]: _password(settings, settings["custom_auth_header"], host)}
    if user:
        password = unquote(inline) or _password(settings, user, host)
        return {"Authorization": basic(f"{user}:{password}")}
    return _netrc(host) if parts.scheme == "https" else {}


def basic(told: str) -> str:
    """Give what says `user:password` to a server."""
    return f"Basic {b64encode(told.encode()).decode()}"


def _password(settings: Mapping[str, str], user: str, host: str) -> str:
    if "password" in settings or not is_set(settings, "ask_password"):
        return settings.get("password", "")
    if not sys.stdin.isatty():
        raise RegistryError(
            f"the password of {user} at {host} is to be asked for, and nobody is there",
            hint="keep it: dvc remote modify --local NAME password …",
        )
    from getpass import getpass  # noqa: PLC0415 - who is asked has time

    return getpass(f"Password of {user} at {host}: ")


def is_set(settings: Mapping[str, str], name: str) -> bool:
    """Say whether something is switched on."""
    return settings.get(name, "").lower() in _YES


def _netrc(host: str) -> Mapping[str, str]:
    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111 - of most there is none
    if not os.path.exists(path):  # noqa: PTH110 - the same
        return {}
    import netrc  # noqa: PLC0415 - the same

    try:
        found = netrc.netrc(path).hosts.get(host)
    except (netrc.NetrcParseError, OSError) as error:
        why = getattr(error, "msg", "") or getattr(error, "strerror", "")
        raise RegistryError(f"cannot read {path}: {why}") from error
    return {"Authorization": basic(f"{found[0]}:{found[2] or ''}")} if found else {}


def trust(settings: Mapping[str, str]) -> Trust:
    """Give what TLS believes; raises `RegistryError` where that would be anybody."""
    told = settings.get("ssl_verify", "true")
    if told.lower() in _NO:
        raise RegistryError(
            "ssl_verify is false, and a server that is not verified may be anybody",
            hint="name the file of the authorities: dvc remote modify NAME ssl_verify FILE",
        )
    authorities = None if told.lower() in _YES else told
    return Trust(authorities, settings.get("cert_path"), settings.get("key_path"))
