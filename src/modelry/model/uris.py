"""`modelry://` addresses: a registry on the web, a reference and, if wanted, the digest that it must mean."""

import re
from typing import NamedTuple

from modelry.errors import UsageError
from modelry.model import names

_FORM = re.compile(
    r"modelry(?:\+(?P<scheme>https?))?://(?P<at>[^\s/?#@]+(?:/[^\s/?#@]+)*)/(?P<reference>[^\s/?#]+)(?:\?sha256=(?P<sha256>[0-9a-f]{64}))?"
)


class Uri(NamedTuple):
    """Which bytes of which registry, in one word: what a deployment can carry."""

    registry: str
    """The address of the catalog, `https://…` or `http://…`."""
    reference: str
    """What is asked for there, such as `churn@1.2.0`."""
    sha256: str | None = None
    """The digest that it must have; None where it is not pinned."""

    def __str__(self) -> str:
        scheme, _, at = self.registry.rstrip("/").partition("://")
        pin = f"?sha256={self.sha256}" if self.sha256 else ""
        return f"{'modelry' if scheme == 'https' else f'modelry+{scheme}'}://{at}/{self.reference}{pin}"


def is_uri(text: str) -> bool:
    """Whether the text is meant as such an address."""
    return text.startswith(("modelry://", "modelry+"))


def uri(text: str) -> Uri:
    """Read `modelry://HOST/PATH/MODEL@VERSION?sha256=…`, where the catalog lies at `https://HOST/PATH`.

    `modelry+http://…` is one that is served without TLS. Raises `UsageError` for anything else.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} is not the address of a version",
            hint="write modelry://HOST/PATH/MODEL@VERSION, for example modelry://acme.github.io/models/churn@1.2.0",
        )
    names.reference(found["reference"])
    return Uri(f"{found['scheme'] or 'https'}://{found['at']}", found["reference"], found["sha256"])
