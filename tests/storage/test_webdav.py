"""WebDAV remotes are read like any web server, listed where that is less work, and let in whom DVC's settings name."""

import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from certificates import Paths
from client.serving import Web, answer
from modelry.errors import RegistryError
from modelry.storage import access, logins, remotes
from modelry.storage import web as downloads
from webdav import PASSWORD, USER, Folder, Server, running

pytestmark = pytest.mark.xdist_group("webdav")

MD5 = "ab" * 16


@pytest.fixture
def folder(dav: Server, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return dav.folder()


def told(settings: Mapping[str, str]) -> access.Access:
    lines = "".join(f"    {name} = {value}\n" for name, value in settings.items())
    return access.Access(f"['remote \"models\"']\n{lines}".encode)


def read(where: str, how: access.Access) -> bytes:
    with remotes.open_object(where, how) as body:
        return b"".join(iter(lambda: body.read(1000), b""))


def place(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def test_an_object_is_read_whole_and_tells_its_size(folder: Folder) -> None:
    folder.fill({place(MD5): b"weights" * 1000, place("00" * 16): b""})
    how = told(folder.settings)
    assert read(remotes.address(folder.url, MD5), how) == b"weights" * 1000
    assert read(remotes.address(folder.url, "00" * 16), how) == b""
    found = [remotes.size(remotes.address(folder.url, md5), how) for md5 in (MD5, "00" * 16, "11" * 16)]
    assert found == [7000, 0, None]


def test_what_is_not_there_is_absent(folder: Folder) -> None:
    where = remotes.address(folder.url, MD5)
    with pytest.raises(remotes.AbsentError) as error:
        read(where, told(folder.settings))
    assert str(error.value) == f"{where}: HTTP 404 Not Found"


class TestMany:
    """Presence of many objects."""

    OBJECTS = {hashlib.md5(b"%d" % n).hexdigest(): b"x" * n for n in range(400)}  # noqa: RUF012 - read only

    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        asked: list[str] = []
        really = downloads.send

        def counting(*args: object, **more: object) -> object:
            asked.append(str(more.get("method")))
            return really(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(downloads, "send", counting)
        return asked

    def test_is_told_by_listing_their_folders(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.fill({place(md5): data for md5, data in self.OBJECTS.items()})
        (folder.path / place("ff" * 16)).mkdir(parents=True)  # a folder in an object's place
        asked = self.asked(monkeypatch)
        wanted = [*self.OBJECTS, "ff" * 16, "1" * 32]
        found = remotes.sizes(folder.url, wanted, told(folder.settings))
        expected = {**{md5: len(data) for md5, data in self.OBJECTS.items()}, "ff" * 16: None, "1" * 32: None}
        assert {md5: found.get(md5) for md5 in wanted} == expected
        assert asked == ["PROPFIND"] * len({md5[:2] for md5 in wanted})

    def test_is_asked_one_by_one_where_each_has_a_folder_of_its_own(
        self, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = {md5[:2]: md5 for md5 in self.OBJECTS}
        folder.fill({place(md5): self.OBJECTS[md5] for md5 in first.values()})
        asked = self.asked(monkeypatch)
        found = remotes.sizes(folder.url, list(first.values()), told(folder.settings))
        assert found == {md5: len(self.OBJECTS[md5]) for md5 in first.values()}
        assert asked == ["GET"] * len(first)

    @pytest.mark.parametrize("answered", [answer(status=405), answer(b"<!doctype html>"), answer(status=403)])
    def test_is_asked_one_by_one_where_there_is_no_list(self, web: Web, answered: object) -> None:
        url = web.url.replace("http://", "webdav://")
        wanted = [f"ab{number:030}" for number in range(40)]
        for md5 in wanted[:-1]:
            web.put(f"/{place(md5)}", answer(b"x", 206, Content_Range="bytes 0-0/7"))
        web.put("/files/md5/ab/", answered)  # type: ignore[arg-type]
        found = remotes.sizes(url, wanted, access.Access())
        assert found == {**dict.fromkeys(wanted[:-1], 7), wanted[-1]: None}
        assert web.asked[0] == "/files/md5/ab/"

    def test_is_nothing_where_their_folder_is_not_there(self, web: Web) -> None:
        wanted = [f"ab{number:030}" for number in range(40)]
        found = remotes.sizes(web.url.replace("http://", "webdav://"), wanted, access.Access())
        assert {md5: found.get(md5) for md5 in wanted} == dict.fromkeys(wanted)
        assert web.asked == ["/files/md5/ab/"]


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({}, logins.HINT),
        ({"user": USER}, downloads._UNKNOWN),
        ({"user": USER, "password": "wrong"}, downloads._UNKNOWN),
        ({"token": "wrong"}, downloads._UNKNOWN),
    ],
    ids=["nobody", "no password", "a wrong password", "a wrong token"],
)
def test_who_is_not_let_in_is_told_what_to_do(folder: Folder, settings: dict[str, str], hint: str) -> None:
    where = remotes.address(folder.url, MD5)
    with pytest.raises(RegistryError) as error:
        read(where, told({"url": folder.url, **settings}))
    assert (str(error.value), error.value.hint) == (f"{where}: HTTP 401 Unauthorized", hint)


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"user": "me", "password": "päss:word"}, ("Authorization", "Basic bWU6cMOkc3M6d29yZA==")),
        ({"token": "abc", "user": "me", "password": "x"}, ("Authorization", "Bearer abc")),
        ({"custom_auth_header": "X-Key", "password": "abc"}, ("X-Key", "abc")),
        ({"auth": "basic", "user": "me", "password": "abc"}, ("Authorization", "Basic bWU6YWJj")),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "webdav"])
def test_who_asks_is_told_as_dvc_tells_it(
    web: Web, settings: dict[str, str], header: tuple[str, str], scheme: str
) -> None:
    url = f"{web.url}/dvc".replace("http", scheme)
    web.put(f"/dvc/{place(MD5)}", b"weights")
    assert read(remotes.address(url, MD5), told({"url": url, **settings})) == b"weights"
    assert web.headers[0][header[0]] == header[1]


def test_a_user_in_the_address_counts(folder: Folder) -> None:
    folder.fill({place(MD5): b"weights"})
    url = folder.url.replace("://", f"://{USER}@")
    assert read(remotes.address(url, MD5), told({"url": url, "password": PASSWORD})) == b"weights"


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        (
            {"bearer_token_command": "touch /tmp/canary"},
            "bearer_token_command is set for webdav://127.0.0.1/dvc, and no configuration runs a command here",
            "dvc remote modify NAME --unset bearer_token_command, and keep a token in .dvc/config.local",
        ),
        ({"auth": "digest"}, "auth is digest, which neither DVC nor this reads", "set: auth basic"),
        (
            {"ssl_verify": "false"},
            "ssl_verify is false, and a server that is not verified may be anybody",
            "name the file of the authorities: dvc remote modify NAME ssl_verify FILE",
        ),
        (
            {"token": "canary\n        more"},
            "what is to be told to 127.0.0.1 has characters that no header may have",
            "look at token, custom_auth_header and password in .dvc/config.local",
        ),
        (
            {"user": "me", "ask_password": "true"},
            "the password of me at 127.0.0.1 is to be asked for, and nobody is there",
            "keep it: dvc remote modify --local NAME password …",
        ),
    ],
)
def test_what_is_not_followed_is_refused_by_name(settings: dict[str, str], message: str, hint: str) -> None:
    url = "webdav://127.0.0.1/dvc"
    with pytest.raises(RegistryError) as error:
        read(remotes.address(url, MD5), told({"url": url, **settings}))
    assert (str(error.value), error.value.hint) == (message, hint)


def test_a_person_is_asked_for_the_password_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.fill({place(MD5): b"weights"})
    prompts: list[str] = []

    def asked(prompt: str) -> str:
        prompts.append(prompt)
        return PASSWORD

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", asked)
    how = told({"url": folder.url, "user": USER, "ask_password": "yes"})
    assert [read(remotes.address(folder.url, MD5), how) for _ in range(2)] == [b"weights"] * 2
    assert prompts == [f"Password of {USER} at 127.0.0.1: "]


class TestSecurely:
    """A server whose authority only the settings know."""

    @pytest.fixture
    def url(self, davs: Server, folder: Folder) -> str:
        folder.fill({place(MD5): b"weights"})
        return f"{davs.url}/{folder.path.name}"

    def test_is_read_by_whom_trusts_the_authority(self, url: str, tls: Paths) -> None:
        who = {"url": url, "user": USER, "password": PASSWORD, "ssl_verify": str(tls.authority)}
        assert read(remotes.address(url, MD5), told(who)) == b"weights"

    def test_is_not_read_by_anybody_else(self, url: str) -> None:
        with pytest.raises(RegistryError) as error:
            read(remotes.address(url, MD5), told({"url": url, "user": USER, "password": PASSWORD}))
        assert str(error.value).startswith(f"{remotes.address(url, MD5)}: [SSL: CERTIFICATE_VERIFY_FAILED]")

    def test_is_not_read_by_an_authority_that_is_no_file(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(RegistryError) as error:
            read(remotes.address(url, MD5), told({"url": url, "ssl_verify": f"{tmp_path}/missing.pem"}))
        assert str(error.value) == f"cannot read {tmp_path}/missing.pem: No such file or directory"

    def test_lets_in_whom_netrc_names(
        self, url: str, tls: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = tmp_path / "netrc"
        own.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n", "utf-8")
        own.chmod(stat.S_IRUSR)
        monkeypatch.setenv("NETRC", str(own))
        how = told({"url": url, "ssl_verify": str(tls.authority)})
        assert read(remotes.address(url, MD5), how) == b"weights"
        own.chmod(0o600)
        own.write_text("machine\n", "utf-8")
        with pytest.raises(RegistryError, match=f"^cannot read {own}: "):
            read(remotes.address(url, MD5), told({"url": url, "ssl_verify": str(tls.authority)}))

    def test_shows_who_one_is_by_a_certificate(
        self, url: str, tls: Paths, dav: Server, tmp_path: Path
    ) -> None:
        with running(tmp_path, "--client-ca", str(tls.authority), served=dav.served, tls=tls) as server:
            its = f"{server.url}/{url.rpartition('/')[2]}"
            who = {"url": its, "user": USER, "password": PASSWORD, "ssl_verify": str(tls.authority)}
            with pytest.raises(RegistryError):
                read(remotes.address(its, MD5), told(who))
            mine = {"cert_path": str(tls.certificate), "key_path": str(tls.key)}
            assert read(remotes.address(its, MD5), told({**who, **mine})) == b"weights"


def test_netrc_is_not_told_without_tls(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "netrc"
    own.write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    own.chmod(0o600)
    monkeypatch.setenv("NETRC", str(own))
    assert read(web.put("/o", b"weights"), access.Access()) == b"weights"
    assert "Authorization" not in web.headers[0]
