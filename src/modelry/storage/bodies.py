"""An object of a remote while it is read, and the ways in which there is none."""

from typing import Protocol

from modelry.errors import RegistryError


class AbsentError(RegistryError):
    """Nothing lies at the address; another remote may have it."""


class IrregularError(RegistryError):
    """Something lies at the address that can be no object: a folder, a link, a device."""


class ForbiddenError(RegistryError):
    """The server knows who asks, and says no; of another object, or to another question, it may say yes."""


class Body(Protocol):
    """The bytes of an object as they come."""

    size: int | None
    """How many there will be, where that is known before."""

    def read(self, limit: int, /) -> bytes:
        """Give at most so many bytes more; none only at the end of the whole object. Raises `RegistryError`."""


def shown(url: str) -> str:
    """Give an address without the password that it may hold."""
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{sign}{host.rpartition('@')[2]}{slash}{path}" if sign else url
