"""The settings of a repository on GitHub, asked of its API: only read, with the token that the environment has."""

import json
import os
import random
import time
from collections.abc import Iterator
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from modelry.doctor import settings
from modelry.errors import RegistryError, UsageError
from modelry.storage import web

API = "https://api.github.com"
ATTEMPTS = 4
_LONGEST = 10 * 1024 * 1024
_LONGEST_WAIT = 30.0
_TOO_MANY = 429


def _place(page: str) -> tuple[str, str]:
    """Give where the API is, and OWNER/NAME of a repository's page.

    The token is sent to the one GitHub that the environment names, whatever a policy says. Raises `UsageError` for a
    page that is not there.
    """
    api = (os.environ.get("GITHUB_API_URL") or API).rstrip("/")
    found, known = urlsplit(page), urlsplit(api)
    parts = found.path.strip("/").removesuffix(".git").split("/")
    if found.netloc.lower() != known.netloc.lower().removeprefix("api.") or len(parts) != 2:  # noqa: PLR2004 - owner and name
        raise UsageError(
            f"{page} is no repository on {known.netloc}",
            hint="the policy's `repository` says where; for GitHub Enterprise set GITHUB_API_URL as well",
        )
    if known.scheme != "https" and not _is_here(known.hostname or ""):
        raise UsageError(f"GITHUB_API_URL is no https: {api}", hint="a token is sent over TLS alone")
    return api, "/".join(parts)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def dump(page: str) -> bytes:
    """Give the settings of the repository with this page, as a document `forge-settings/v1`."""
    api, name = _place(page)
    answers = {endpoint: _ask(api, endpoint, name) for endpoint in settings.ENDPOINTS}
    for endpoint in _rulesets(answers["rulesets"]):
        answers[endpoint] = _ask(api, endpoint, name)
    made = {"schema": "forge-settings/v1", "repository": name, "answers": answers}
    return (json.dumps(made, indent=2) + "\n").encode()


def _rulesets(listed: object) -> Iterator[str]:
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), int):
            yield f"rulesets/{one['id']}"


def _ask(api: str, endpoint: str, name: str) -> Any:  # noqa: ANN401 - whatever GitHub says
    """Give an endpoint's answer; an error of the forge is one too. Raises `RegistryError` where it cannot be reached."""
    query = "?per_page=100" if endpoint in {"rulesets", "environments"} else ""
    where = f"{api}/{settings.path(endpoint, name)}{query}"
    token = os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    attempt = 1
    while True:
        try:
            response = web.send(where, headers)
            with response:
                data, status = response.read(_LONGEST), response.status
        except (OSError, HTTPException) as error:
            told, wait = f"{where}: {getattr(error, 'reason', '') or error}", ""
        else:
            if status < 500 and status != _TOO_MANY:  # noqa: PLR2004 - the server's own fault
                return _said(data, status)
            told, wait = f"{where}: HTTP {status}", response.headers.get("Retry-After", "")
        if attempt == ATTEMPTS:
            raise RegistryError(f"could not look: {told} ({ATTEMPTS} attempts)", hint="try again later")
        seconds = float(wait) if wait.isascii() and wait.isdigit() else 0.25 * 2.0**attempt
        time.sleep(min(seconds, _LONGEST_WAIT) * random.uniform(1.0, 1.25))  # noqa: S311 - it spreads load
        attempt += 1


def _said(data: bytes, status: int) -> Any:  # noqa: ANN401 - whatever GitHub says
    try:
        said = json.loads(data) if data else {}
    except ValueError:
        said = {"message": "this is no JSON"}
        status = status if status >= 300 else 502  # noqa: PLR2004 - not an answer
    if status < 300:  # noqa: PLR2004 - it answers
        return said
    message = said.get("message") if isinstance(said, dict) else None
    return {"message": str(message or "refused"), "status": str(status)}
