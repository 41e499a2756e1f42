"""Where to talk about a model on the forge: addresses that open a filled form."""

import re
from typing import NamedTuple

from modelry.catalog.entries import ModelEntry
from modelry.model import layout
from modelry.model.policy import Policy


class Forms(NamedTuple):
    """What a reader can do about a model."""

    discuss: str
    """The issues that name it."""
    report: str
    """A new issue about it."""
    edit: str
    """Its document, in the forge's editor, which ends in a pull request."""


def of(policy: Policy, model: ModelEntry) -> Forms | None:
    """Give the addresses; None where nothing tells what runs at the repository."""
    home, path = policy.repository.rstrip("/"), layout.model(model.name)
    title, body = f"{model.name}: ", f"Model: {policy.url.rstrip('/')}/models/{model.name}/\n\n"
    match policy.forge or _guessed(home):
        case "github":
            new = _query({"title": title, "body": body})
            return Forms(
                f"{home}/issues?{_query({'q': model.name})}",
                f"{home}/issues/new?{new}",
                f"{home}/edit/main/{path}",
            )
        case "gitlab":
            new = _query({"issue[title]": title, "issue[description]": body})
            return Forms(
                f"{home}/-/issues?{_query({'search': model.name})}",
                f"{home}/-/issues/new?{new}",
                f"{home}/-/edit/main/{path}",
            )
        case "gitea" | "forgejo":
            new = _query({"title": title, "body": body})
            return Forms(
                f"{home}/issues?{_query({'q': model.name})}",
                f"{home}/issues/new?{new}",
                f"{home}/_edit/main/{path}",
            )
    return None


def _guessed(home: str) -> str:
    host = home.partition("://")[2].partition("/")[0]
    return next((forge for forge in ("github", "gitlab") if host == f"{forge}.com"), "")


def _query(fields: dict[str, str]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields.items())


def _quoted(text: str) -> str:
    # Nothing here may import what can fetch, and the standard library quotes in `urllib`.
    return re.sub(rb"[^A-Za-z0-9._~-]", lambda found: b"%%%02X" % found[0][0], text.encode()).decode()
