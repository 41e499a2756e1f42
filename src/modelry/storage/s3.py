"""Objects in S3 and in whatever speaks its language: each request is signed, and sent as to any web server."""

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from modelry.errors import RegistryError
from modelry.storage import aws, logins, web
from modelry.storage.access import Access
from modelry.storage.bodies import AbsentError, ForbiddenError, shown
from modelry.storage.connections import Response

WORKERS = 8
"""How many requests are under way at a time."""

PAGE = "1000"
"""How many objects are told at a time."""

_LARGEST = 16 << 20
_NO_FIRST_BYTE = 416
_HINTS = {
    "NoSuchBucket": "look at the remote's address in registry.yaml, and at its endpointurl in .dvc/config",
    "AccessDenied": "these keys may not read it; S3 says so too of what is not there, to who may not list the bucket",
    "InvalidAccessKeyId": f"the server does not know this key: {aws.HINT}",
    "SignatureDoesNotMatch": f"the secret is not that of the key: {aws.HINT}",
    "ExpiredToken": "the keys have expired: fetch new ones",
    "RequestTimeTooSkewed": "set the clock of this machine",
}
_PASSING = {"RequestTimeout", "SlowDown", "InternalError"}


class _Answer(NamedTuple):
    """What a server says instead of an object."""

    code: str
    message: str
    region: str | None
    """Where the bucket is, when it was asked for elsewhere."""


class Bucket:
    """One bucket, as its objects are read. Threads may share it."""

    def __init__(self, name: str, settings: Mapping[str, str]) -> None:
        self.name = name
        account = aws.account(name, settings)
        self._keys, self._region, self._endpoint = account
        self._trust = _trust(settings)
        if self._endpoint and urlsplit(self._endpoint).scheme not in {"http", "https"}:
            raise RegistryError(f"{shown(self._endpoint)} is no endpoint", hint="it begins with https://")

    def open(self, where: str, start: int = 0, stop: int | None = None) -> web.Download:
        """Open an object, or some of its bytes; raises `AbsentError` where there is none."""

        def ask(begin: int, same: Mapping[str, str]) -> Response:
            return web.starting(self._ask(where, {}, {**web.ranged(begin, stop), **same}), begin, where)

        return web.Download(where, web.of_one(ask, start))

    def size(self, where: str) -> int:
        """Give the size of an object; raises `AbsentError` where there is none."""
        # HEAD would not say why it refuses.
        download = web.Download(where, lambda _: self._ask(where, {}, {"Range": "bytes=0-0"}, _NO_FIRST_BYTE))
        download.close()
        return download.total or 0

    def listed(self, prefix: str, pages: int) -> Sequence[tuple[str, int]] | None:
        """Give what begins so, with its size, each by what follows; None where that takes more pages."""
        found: list[tuple[str, int]] = []
        key = self._key(prefix)
        query = {"list-type": "2", "max-keys": PAGE, "prefix": key}
        for _ in range(pages):
            page = self._page(prefix, query)
            for item in page.iterfind("{*}Contents"):
                name, size = item.findtext("{*}Key", ""), item.findtext("{*}Size", "")
                found.append((name.removeprefix(key), int(size)))
            if page.findtext("{*}IsTruncated") != "true":
                return found
            query["continuation-token"] = page.findtext("{*}NextContinuationToken", "")
        return None

    def _page(self, prefix: str, query: Mapping[str, str]) -> ET.Element:
        where = f"s3://{self.name}/"
        download = web.Download(
            prefix, lambda start: web.starting(self._ask(where, query, {}), start, prefix)
        )
        data = bytearray()
        while (chunk := download.read(1 << 20)) and len(data) < _LARGEST:
            data += chunk
        download.close()
        try:
            return ET.fromstring(bytes(data))  # noqa: S314 - expat itself bounds what entities may become
        except ET.ParseError as error:
            raise RegistryError(
                f"{prefix}: the answer is no list of objects", hint=_HINTS["NoSuchBucket"]
            ) from error

    def _key(self, where: str) -> str:
        return where.removeprefix(f"s3://{self.name}").removeprefix("/")

    def _ask(
        self, where: str, query: Mapping[str, str], headers: Mapping[str, str], also: int = 200
    ) -> Response:
        """Send a signed request, once more if the bucket turns out to be in another region."""
        region = self._region
        response = self._send(where, query, headers)
        if response.status in {200, 206, also}:
            return response
        answer = _answer(response)
        if answer.region in {None, "", region}:
            raise _error(where, response, answer)
        self._region = str(answer.region)
        response = self._send(where, query, headers)
        if response.status in {200, 206, also}:
            return response
        raise _error(where, response, _answer(response))

    def _send(self, where: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        url = self._url(self._key(where), query)
        keys = self._keys()
        sent = aws.signed(url, headers, keys, self._region, datetime.now(UTC)) if keys else headers
        return web.send(url, sent, self._trust)

    def _url(self, key: str, query: Mapping[str, str]) -> str:
        if self._endpoint:
            base = f"{self._endpoint.rstrip('/')}/{self.name}"
        else:
            host = f"s3.{self._region}.amazonaws.com" + (".cn" if self._region.startswith("cn-") else "")
            # A certificate for *.s3 covers no name with a dot.
            base = f"https://{host}/{self.name}" if "." in self.name else f"https://{self.name}.{host}"
        told = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))
        return f"{base}/{quote(key, safe='/-_.~')}" + (f"?{told}" if told else "")


def bucket(where: str, access: Access) -> Bucket:
    """Give the bucket of an address."""
    name = where.removeprefix("s3://").partition("/")[0]
    if "@" in name:
        raise RegistryError(f"{shown(where)}: an address holds no keys", hint=aws.HINT)
    settings = access.settings(where)
    return access.once(f"s3://{name} {settings.get('url')}", lambda: Bucket(name, settings))


def opened(where: str, access: Access, start: int = 0, stop: int | None = None) -> web.Download:
    """Open an object, or some of its bytes; raises `AbsentError` where there is none."""
    return bucket(where, access).open(where, start, stop)


def size(where: str, access: Access) -> int:
    """Give the size of an object; raises `AbsentError` where there is none."""
    return bucket(where, access).size(where)


def sizes(remote: str, md5s: Collection[str], access: Access) -> Mapping[str, int] | None:
    """Give the sizes of all objects of a remote by MD5; None where asking for these takes fewer requests.

    None as well where one may not list, which says nothing about reading.
    """
    try:
        return _all(remote, len(md5s), access)
    except ForbiddenError:
        return None


def _all(remote: str, most: int, access: Access) -> Mapping[str, int] | None:
    place = bucket(remote, access)
    parts = "0123456789abcdef"

    def listed(part: str) -> Sequence[tuple[str, int]] | None:
        return place.listed(f"{remote}/files/md5/{part}", 1 + most // len(parts))

    with ThreadPoolExecutor(WORKERS) as pool:
        lists = list(pool.map(listed, parts))
    found: dict[str, int] = {}
    for part, one in zip(parts, lists, strict=True):
        if one is None:
            return None
        found.update((part + rest.replace("/", "", 1), size) for rest, size in one)
    return found


def _trust(settings: Mapping[str, str]) -> logins.Trust:
    trust = logins.trust(settings)
    return trust._replace(authorities=trust.authorities or os.environ.get("AWS_CA_BUNDLE"))


def _answer(response: Response) -> _Answer:
    region = response.headers.get("x-amz-bucket-region")
    texts: dict[str, str] = {}
    with response, suppress(OSError, ET.ParseError):
        found = ET.fromstring(response.read(_LARGEST))  # noqa: S314 - see `Bucket._page`
        texts = {element.tag.rpartition("}")[2]: element.text or "" for element in found}
    message = " ".join(texts.get("Message", response.reason).split())[:200]
    return _Answer(texts.get("Code", ""), message, region or texts.get("Region"))


def _error(where: str, response: Response, answer: _Answer) -> Exception:
    """Give what an answer means: there is nothing, one may not, or ask again."""
    status, code, message, _ = (response.status, *answer)
    if status >= 500 or status == 429 or code in _PASSING:  # noqa: PLR2004 - of the server, and of its patience
        status = status if status >= 429 else 503  # noqa: PLR2004
        return HTTPError(where, status, response.reason, response.headers, None)
    kind = AbsentError if code == "NoSuchKey" else ForbiddenError if code == "AccessDenied" else RegistryError
    told = f"HTTP {status} {code}: {message}" if code else f"HTTP {status} {message}"
    return kind(f"{where}: {told}", hint=_HINTS.get(code, ""))
