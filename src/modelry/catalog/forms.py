"""Where to talk about a model on the forge: addresses that open a filled form."""

from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

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
    home, path = policy.repository.rstrip("/"), quote(layout.model(model.name))
    title, body = f"{model.name}: ", f"Model: {policy.url.rstrip('/')}/models/{model.name}/\n\n"
    match policy.forge or _guessed(home):
        case "github":
            new = urlencode({"title": title, "body": body})
            return Forms(
                f"{home}/issues?{urlencode({'q': model.name})}",
                f"{home}/issues/new?{new}",
                f"{home}/edit/main/{path}",
            )
        case "gitlab":
            new = urlencode({"issue[title]": title, "issue[description]": body})
            return Forms(
                f"{home}/-/issues?{urlencode({'search': model.name})}",
                f"{home}/-/issues/new?{new}",
                f"{home}/-/edit/main/{path}",
            )
        case "gitea" | "forgejo":
            new = urlencode({"title": title, "body": body})
            return Forms(
                f"{home}/issues?{urlencode({'q': model.name})}",
                f"{home}/issues/new?{new}",
                f"{home}/_edit/main/{path}",
            )
    return None


def _guessed(home: str) -> str:
    host = urlsplit(home).hostname or ""
    return next((forge for forge in ("github", "gitlab") if host == f"{forge}.com"), "")
