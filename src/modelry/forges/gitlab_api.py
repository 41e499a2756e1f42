"""GitLab's API, asked request by request: again where that may help, nowhere else than told, and silent about the token."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from modelry import __version__
from modelry.errors import ConflictError, NotFoundError, RegistryError
from modelry.forges.asking import ATTEMPTS, TIMEOUT, UnsureError

if TYPE_CHECKING:
    from gitlab import Gitlab

_PAGE = 100
_HINTS = {
    401: "is the token right, and not expired?",
    403: "the token may not do this: it needs the scope api, and the role Developer; CI_JOB_TOKEN never may",
}


@dataclass(frozen=True)
class Api:
    """A GitLab server, and who asks it."""

    url: str
    """Without `/api/v4`."""
    token: str = field(repr=False)

    def ask(self, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
        """Send a request and give its answer; what failed for a reason that passes is sent again.

        Raises `NotFoundError` for what is not there or may not be seen, `ConflictError` for what is there already, and
        `UnsureError` where something may have been made or not.
        """
        from gitlab.exceptions import GitlabHttpError  # noqa: PLC0415 - who asks no forge need not have it
        from requests import RequestException, TooManyRedirects  # noqa: PLC0415 - as above

        where = f"{method} {self.url}/api/v4{path}"
        try:
            answer = self._server.http_request(
                method.lower(),
                path,
                query_data=query,
                post_data=cast("dict[str, Any] | None", body),
                retry_transient_errors=method != "POST",
                max_retries=ATTEMPTS - 1,
            )
            return answer.json() if answer.content else None
        except GitlabHttpError as error:
            raise self._refused(where, method, error.response_code or 0, str(error.error_message)) from None
        except TooManyRedirects:
            hint = "name its address of today in registry.yaml, and in GITLAB_HOST"
            raise RegistryError(self._told(where, "a redirect, which is not followed"), hint=hint) from None
        except RequestException as error:
            raise self._lost(where, method, f"{type(error).__name__}: {error}") from None

    def all(self, path: str, **query: str) -> Iterator[Any]:
        """Give the items of all pages of a list."""
        for page in range(1, 1000):
            items = self.ask("GET", path, per_page=str(_PAGE), page=str(page), **query)
            yield from items
            if len(items) < _PAGE:
                return

    @cached_property
    def _server(self) -> "Gitlab":
        from gitlab import Gitlab  # noqa: PLC0415 - as above
        from requests import Session  # noqa: PLC0415 - as above

        session = Session()
        session.max_redirects = 0  # who follows one takes the token along
        return Gitlab(
            self.url,
            private_token=self.token,
            timeout=TIMEOUT,
            user_agent=f"modelry/{__version__}",
            session=session,
        )

    def _refused(self, where: str, method: str, status: int, message: str) -> RegistryError:
        told = self._told(where, str(status), message)
        if status == 404:  # noqa: PLR2004 - Not Found
            return NotFoundError(told, hint="is it there, and may the token see it?")
        if status == 409:  # noqa: PLR2004 - Conflict
            return ConflictError(told, hint="run the command again")
        if status >= 500:  # noqa: PLR2004 - errors of the server
            return self._lost(where, method, f"{status}: {message}")
        return RegistryError(told, hint=_HINTS.get(status, ""))

    def _lost(self, where: str, method: str, told: str) -> RegistryError:
        kind = UnsureError if method == "POST" else RegistryError
        return kind(self._told(where, told), hint="run the command again later")

    def _told(self, *parts: str) -> str:
        """Give what went wrong on one line, without the token: who answers may have been told it."""
        said = ": ".join(parts).replace(self.token, "***")
        return "".join(char if char.isprintable() else " " for char in said)[:500]
