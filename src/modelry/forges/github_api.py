"""GitHub's API, asked request by request: again where that may help, nowhere else than told, and silent about the token."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from modelry import __version__
from modelry.errors import NotFoundError, RegistryError
from modelry.forges.asking import ATTEMPTS, TIMEOUT, UnsureError

if TYPE_CHECKING:
    from github.Requester import Requester

LONGEST_WAIT = 60.0
"""For how many seconds we wait when we are asked to; for longer ones the user decides."""

_PAGE = 100
_HINTS = {
    401: "is the token right, and not expired?",
    403: "the token may not do this: give it the permission, or take another",
}
_MOVED = "name its address of today, without redirects, in registry.yaml or GITHUB_API_URL"


class _PassingError(RegistryError):
    """A request failed for a reason that may pass."""

    def __init__(self, message: str, *, hint: str, seconds: float = 0.0, is_lost: bool) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds
        """For how long the server asks to wait."""
        self.is_lost = is_lost
        """Whether it may have been carried out all the same."""


@dataclass(frozen=True)
class Api:
    """A GitHub server, and who asks it."""

    url: str
    token: str = field(repr=False)
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep, repr=False)
    now: Callable[[], float] = field(default_factory=lambda: time.time, repr=False)

    def ask(self, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
        """Send a request and give its answer; what failed for a reason that passes is sent again.

        Raises `NotFoundError` for what is not there or may not be seen, and `UnsureError` where a request that is no
        repeatable one may have been carried out or not.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(method, path, body, query)
            except _PassingError as error:
                self.sleep(_backed_off(attempt, error.seconds))
                if error.is_lost and method == "POST":
                    raise UnsureError(str(error), hint=error.hint) from error
        return self._once(method, path, body, query)

    def all(self, path: str, key: str | None = None, by: str = "id", **query: str) -> Iterator[Any]:
        """Give the items of all pages of a list, or of the list that an answer holds by a key; `by` tells them apart."""
        seen: set[int | str] = set()
        for page in count(1):
            found = self.ask("GET", path, per_page=str(_PAGE), page=str(page), **query)
            items = found[key] if key is not None else found
            if any(item[by] in seen for item in items):
                # A renamed repository answers by a redirect, and loses which page was asked for.
                raise RegistryError(f"{self.url}{path}: the same page comes again", hint=_MOVED)
            seen.update(item[by] for item in items)
            yield from items
            if len(items) < _PAGE:
                return

    @cached_property
    def _requester(self) -> "Requester":
        from github import Auth, Github  # noqa: PLC0415 - who asks no forge need not have it, nor wait for it

        # It masks what we send; what a server sends back it logs as it comes.
        logging.getLogger("github.Requester").addFilter(self._masked)
        return Github(
            auth=Auth.Token(self.token),
            base_url=self.url,
            timeout=TIMEOUT,
            user_agent=f"modelry/{__version__}",
            retry=0,  # what is worth asking again is decided here
            seconds_between_requests=None,
            seconds_between_writes=None,
        ).requester

    def _once(self, method: str, path: str, body: object, query: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
        from requests import RequestException  # noqa: PLC0415 - as above

        where = f"{method} {self.url}{path}"
        try:
            status, headers, text = self._requester.requestJson(method, path, query, None, body)
        except RequestException as error:
            raise self._passing(where, type(error).__name__, str(error)) from None
        except (
            RuntimeError
        ) as error:  # what PyGithub says of a redirect to elsewhere: it has sent nothing there
            raise RegistryError(self._told(where, "redirect", str(error)), hint=_MOVED) from None
        if status >= 400:  # noqa: PLR2004 - errors
            raise self._refused(where, status, headers, text)
        if status >= 300:  # noqa: PLR2004 - redirects that PyGithub does not follow
            told = f"to {headers.get('location', '?')}, which is not followed"
            raise RegistryError(self._told(where, "redirect", told), hint=_MOVED)
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise self._passing(where, str(status), "the answer is no whole JSON") from None

    def _refused(self, where: str, status: int, headers: dict[str, Any], text: str) -> RegistryError:
        seconds, message = self._wait(status, headers, text), _message(text)
        if seconds is not None and seconds > LONGEST_WAIT:
            told = self._told(where, str(status), f"asks to wait for {seconds:.0f} seconds")
            return RegistryError(told, hint="run the command again then")
        if seconds is not None or status >= 500:  # noqa: PLR2004 - errors of the server
            return self._passing(where, str(status), message, seconds or 0.0, is_lost=status >= 500)  # noqa: PLR2004
        told = self._told(where, str(status), message)
        if status == 404:  # noqa: PLR2004 - Not Found
            return NotFoundError(told, hint="is it there, and may the token see it?")
        return RegistryError(told, hint=_HINTS.get(status, ""))

    def _wait(self, status: int, headers: dict[str, Any], text: str) -> float | None:
        """Give for how long a server asks to wait; None where it asks for nothing of the kind."""
        if status not in {403, 429} and status < 500:  # noqa: PLR2004 - errors of the server
            return None
        if (asked := str(headers.get("retry-after", ""))).isdecimal() and asked.isascii():
            return float(asked)
        reset = str(headers.get("x-ratelimit-reset", ""))
        if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal() and reset.isascii():
            return max(float(reset) - self.now(), 1.0)
        # Of requests that come too fast GitHub speaks with 403, sometimes without a word of when.
        return 0.0 if status == 429 or (status == 403 and "rate limit" in text) else None  # noqa: PLR2004

    def _masked(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage().replace(self.token, "***"), ()
        return True

    def _passing(
        self, where: str, what: str, told: str, seconds: float = 0.0, *, is_lost: bool = True
    ) -> _PassingError:
        said = self._told(where, what, told)
        return _PassingError(said, hint="run the command again later", seconds=seconds, is_lost=is_lost)

    def _told(self, *parts: str) -> str:
        """Give what went wrong on one line, without the token: who answers may have been told it."""
        said = ": ".join(parts).replace(self.token, "***")
        return "".join(char if char.isprintable() else " " for char in said)[:500]


def _message(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return "no more is said"
    message = found.get("message") if isinstance(found, dict) else None
    errors = found.get("errors") if isinstance(found, dict) else None
    more = [each["message"] for each in errors or () if isinstance(each, dict) and "message" in each]
    return "; ".join(map(str, [message or "no more is said", *more]))


def _backed_off(attempt: int, asked: float) -> float:
    """Give how long to wait: what was asked for, or longer from attempt to attempt; never all at the same moment."""
    return float((asked or 0.5 * 2**attempt) * random.uniform(1.0, 1.25))  # noqa: S311 - it spreads load, it hides nothing
