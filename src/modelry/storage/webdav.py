"""Remotes on web servers: by plain HTTP, and by WebDAV, which is HTTP that can be listed."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from modelry.errors import RegistryError
from modelry.storage import logins, web
from modelry.storage.access import Access
from modelry.storage.bodies import AbsentError
from modelry.storage.connections import Response

WORKERS = 8
"""How many folders are listed at a time."""

_LARGEST = 64 << 20
_ASKED = b'<propfind xmlns="DAV:"><prop><getcontentlength/><resourcetype/></prop></propfind>'
_NO_FIRST_BYTE = 416


def opened(where: str, access: Access, start: int = 0, stop: int | None = None) -> web.Download:
    """Open an object, or some of its bytes where the server gives parts; raises `AbsentError` where there is none."""
    url, login = _url(where), _login(where, access)

    def ask(begin: int, same: Mapping[str, str]) -> Response:
        return web.request(url, begin, login, same, manner=web.Manner(stop=stop))

    return web.Download(where, web.of_one(ask, start))


def size(where: str, access: Access) -> int | None:
    """Give the size of an object; raises `AbsentError` where there is none."""
    url, login = _url(where), _login(where, access)

    def ask(_: int) -> Response:
        # HEAD is forbidden here and there, and its answers do not say why.
        return web.request(url, 0, login, {"Range": "bytes=0-0"}, manner=web.Manner(_NO_FIRST_BYTE))

    download = web.Download(where, ask)
    download.close()
    return download.total or 0


def sizes(remote: str, md5s: Collection[str], access: Access) -> Mapping[str, int] | None:
    """Give the sizes of the objects in the folders of these; None where to ask for each is less work, or all that can be done."""
    folders = {md5[:2] for md5 in md5s}
    if not remote.startswith("webdav") or len(folders) >= len(md5s):
        return None
    login = _login(remote, access)
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            lists = list(pool.map(lambda name: list(_listed(f"{remote}/files/md5/{name}/", login)), folders))
    except RegistryError:
        return None  # what is wrong, if anything is, each of the objects will say
    pairs = zip(folders, lists, strict=True)
    return {folder + rest: length for folder, found in pairs for rest, length in found}


def _listed(where: str, login: logins.Login) -> Iterator[tuple[str, int]]:
    """Give the files in a folder: name and size; none where there is no folder."""
    url = _url(where)

    def ask(_: int) -> Response:
        told = {"Depth": "1", "Content-Type": "application/xml"}
        return web.request(url, 0, login, told, method="PROPFIND", body=_ASKED)

    try:
        download = web.Download(where, ask)
    except AbsentError:
        return
    data = bytearray()
    while (chunk := download.read(1 << 20)) and len(data) < _LARGEST:
        data += chunk
    download.close()
    try:
        answers = ET.fromstring(bytes(data))  # noqa: S314 - expat itself bounds what entities may become
    except ET.ParseError as error:
        raise RegistryError(f"{where}: the answer is no list of files") from error
    for answer in answers.iterfind("{DAV:}response"):
        length = answer.findtext(".//{DAV:}getcontentlength", "")
        if length.isdigit() and answer.find(".//{DAV:}collection") is None:
            path = unquote(urlsplit(answer.findtext("{DAV:}href", "")).path)
            yield path.rpartition("/")[2], int(length)


def _url(where: str) -> str:
    return "http" + where.removeprefix("webdav") if where.startswith("webdav") else where


def _login(where: str, access: Access) -> logins.Login:
    parts = urlsplit(where)
    settings = access.settings(where)
    key = f"{parts.scheme}://{parts.netloc} {settings.get('url')}"
    return access.once(key, lambda: logins.login(_url(where), settings))
