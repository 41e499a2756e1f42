"""Whom a policy names, and how each is told: signed CloudEvents, a chat's text, another repository's workflows."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.error import HTTPError

from modelry.errors import NotFoundError, UsageError
from modelry.forges import asking, github
from modelry.model import webhooks
from modelry.model.policy import Policy
from modelry.model.webhooks import Webhook
from modelry.reports import notices
from modelry.reports.notices import Message
from modelry.storage import web
from modelry.storage.connections import Response

FORMATS = ("cloudevents", "slack", "repository_dispatch")
_SECRET = "MODELRY_WEBHOOK_SECRET"  # noqa: S105 - a variable's name
_CHAT = "MODELRY_SLACK_URL"
_TOKEN = "MODELRY_DISPATCH_TOKEN"  # noqa: S105


class Way(Protocol):
    """How somebody is told."""

    def body(self, message: Message, /) -> bytes:
        """Give what is sent."""

    def send(self, message: Message, /) -> None:
        """Send it; raises `RegistryError` where nobody took it."""


@dataclass(frozen=True)
class Receiver:
    """Who is told, of what, and how."""

    name: str
    way: Way
    wish: Webhook | None = None
    """What of it; None for everything."""

    def wants(self, message: Message) -> bool:
        """Say whether it asked to be told of this."""
        wish, data = self.wish, message["data"]
        return wish is None or (
            (not wish.events or notices.kind(message) in wish.events)
            and (not wish.models or data["model"] in wish.models)
            and (not wish.stages or data["stage"] in {None, *wish.stages})
        )

    def send(self, message: Message) -> None:
        """Tell it; what fails for a reason that may pass is tried again, but not for ever."""
        self.way.send(message)


def of(policy: Policy, names: Sequence[str], environment: Mapping[str, str] = os.environ) -> list[Receiver]:
    """Give whom a policy names, or those of these names; raises `NotFoundError` for one that it does not."""
    for name in names:
        if name not in policy.webhooks:
            known = ", ".join(policy.webhooks) or "none"
            raise NotFoundError(f"there is no webhook {name}", hint=f"registry.yaml names {known}")
    return [
        Receiver(name, _way(name, wish, environment), wish)
        for name, wish in policy.webhooks.items()
        if not names or name in names
    ]


def at(url: str, format_: str, environment: Mapping[str, str] = os.environ) -> Receiver:
    """Give somebody whom no policy names."""
    ways: dict[str, Way] = {
        "cloudevents": Signed(url, _SECRET, environment.get(_SECRET, "")),
        "slack": Chat(_CHAT, url),
        "repository_dispatch": Dispatch(url, environment),
    }
    return Receiver(url, ways[format_])


def _way(name: str, wish: Webhook, environment: Mapping[str, str]) -> Way:
    match wish:
        case webhooks.CloudEvents():
            variable, secret = _told(_SECRET, name, environment)
            return Signed(wish.url, variable, secret)
        case webhooks.Slack():
            return Chat(*_told(_CHAT, name, environment))
        case webhooks.RepositoryDispatch():
            return Dispatch(wish.repository, environment)


def _told(variable: str, name: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Give what the environment says for one receiver, or for all; and the variable that would say it."""
    own = f"{variable}_{name.upper().replace('-', '_')}"
    return own, environment.get(own) or environment.get(variable, "")


@dataclass(frozen=True)
class Signed:
    """A program that takes CloudEvents over HTTP, and can tell who sent them."""

    url: str
    variable: str
    """The variable of the environment that has the secret."""
    secret: str

    def body(self, message: Message) -> bytes:
        """Give the notice itself."""
        return notices.body(message)

    def send(self, message: Message) -> None:
        """Post it, signed as Standard Webhooks have it, and as GitHub signs its own."""
        if not self.secret:
            raise UsageError(
                f"{self.variable} is empty: unsigned, anybody could say it",
                hint=f"agree on a secret with the receiver, and set {self.variable}",
            )
        body = self.body(message)
        headers = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
        _post(self.url, body, headers | signatures(self.secret, message["id"], int(time.time()), body))


@dataclass(frozen=True)
class Chat:
    """A channel of Slack, or of what takes Slack's messages; who knows its address may write there."""

    variable: str
    """The variable of the environment that has the address."""
    url: str

    def body(self, message: Message) -> bytes:
        """Give one line of text."""
        return json.dumps(notices.slack(message), ensure_ascii=False).encode()

    def send(self, message: Message) -> None:
        """Post it."""
        if not self.url:
            raise UsageError(f"{self.variable} is empty", hint="set it to the address of the chat's webhook")
        _post(self.url, self.body(message), {"Content-Type": "application/json"}, self.variable)


@dataclass(frozen=True)
class Dispatch:
    """A repository on GitHub, whose workflows begin by it."""

    page: str
    environment: Mapping[str, str]

    def body(self, message: Message) -> bytes:
        """Give what GitHub's API takes."""
        return json.dumps(notices.dispatch(message), ensure_ascii=False).encode()

    def send(self, message: Message) -> None:
        """Ask GitHub to begin them."""
        token = asking.token(self.environment, _TOKEN, "GH_TOKEN", "GITHUB_TOKEN")
        hub = github.connected(self.page, {**self.environment, **({"GH_TOKEN": token} if token else {})})
        hub.dispatch(notices.dispatch(message))


def signatures(secret: str, id_: str, now: int, body: bytes) -> dict[str, str]:
    """Give the headers by which a receiver knows who sent a body, and when."""
    key = _key(secret)
    told = hmac.digest(key, f"{id_}.{now}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{base64.b64encode(told).decode()}",
        "X-Hub-Signature-256": f"sha256={hmac.digest(key, body, hashlib.sha256).hex()}",
    }


def _key(secret: str) -> bytes:
    """Give the key: of `whsec_…`, as Standard Webhooks write secrets, what it encodes; else the text's own bytes."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise UsageError(
            "the secret begins with whsec_, and no Base64 follows", hint="set it again"
        ) from error


def _post(url: str, body: bytes, headers: Mapping[str, str], name: str = "") -> None:
    """Post a body until it was taken, a few times at most. No redirect is followed: policy names who is told."""

    def ask(_: int) -> Response:
        response = web.send(url, headers, method="POST", body=body)
        if response.status >= 300:  # noqa: PLR2004 - neither redirects nor errors took it
            response.close()
            raise HTTPError(url, response.status, response.reason, response.headers, None)
        return response

    web.Download(name or url, ask).close()
