"""Remotes over SSH are read by the system's `ssh`: whole, from known servers only, and on after a lost connection."""

import asyncio
import hashlib
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import SimpleQueue

import asyncssh
import pytest

import sshd
from modelry.errors import RegistryError
from modelry.storage import access, remotes, sftp, ssh, ssh_host
from sshd import PASSPHRASE, Folder, Server

pytestmark = pytest.mark.xdist_group("ssh")

MD5 = "ab" * 16
BODY = bytes(range(256)) * 20_000  # more than is asked for at a time


@pytest.fixture
def folder(ssh_server: Server, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("PATH", ssh_server.client())
    return ssh_server.folder()


def told(settings: Mapping[str, str]) -> access.Access:
    lines = "".join(f"    {name} = {value}\n" for name, value in settings.items())
    return access.Access(f"['remote \"models\"']\n{lines}".encode)


def read(where: str, how: access.Access) -> bytes:
    with remotes.open_object(where, how) as body:
        return b"".join(iter(lambda: body.read(1 << 20), b""))


def place(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


@pytest.mark.parametrize("data", [BODY, b"", b"weights"], ids=["large", "empty", "small"])
def test_an_object_is_read_whole_and_tells_its_size(folder: Folder, data: bytes) -> None:
    folder.fill({place(MD5): data})
    how = told(folder.settings)
    assert read(remotes.address(folder.url, MD5), how) == data
    assert remotes.size(remotes.address(folder.url, MD5), how) == len(data)


@pytest.mark.parametrize("chunk", [1, 1000, 300_000])
def test_any_number_of_bytes_may_be_asked_for(folder: Folder, chunk: int) -> None:
    data = BODY[: chunk * 20]
    folder.fill({place(MD5): data})
    with remotes.open_object(remotes.address(folder.url, MD5), told(folder.settings)) as body:
        found = list(iter(lambda: body.read(chunk), b""))
    assert (b"".join(found), max(map(len, found)) <= chunk) == (data, True)


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "nothing"])
def test_nothing_but_a_regular_file_is_read(folder: Folder, kind: str) -> None:
    path = folder.path / place(MD5)
    path.parent.mkdir(parents=True)
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("/etc/hostname")
        case "pipe":
            os.mkfifo(path)
    where, how = remotes.address(folder.url, MD5), told(folder.settings)
    with pytest.raises(RegistryError) as error:
        read(where, how)
    expected = "there is no such file" if kind == "nothing" else "is not a regular file"
    assert (str(error.value), remotes.size(where, how)) == (f"{where}: {expected}", None)


def test_many_are_looked_for_over_one_connection(folder: Folder) -> None:
    objects = {hashlib.md5(b"%d" % n).hexdigest(): b"x" * n for n in range(600)}
    folder.fill({place(md5): data for md5, data in objects.items()})
    found = remotes.sizes(folder.url, [*objects, "0" * 32], told(folder.settings))
    assert found == {**{md5: len(data) for md5, data in objects.items()}, "0" * 32: None}


def test_when_nobody_reads_any_more_the_connection_is_gone(folder: Folder) -> None:
    folder.fill({place(MD5): b"weights"})
    before = set(children(os.getpid()))
    how = told(folder.settings)
    for _ in range(3):
        read(remotes.address(folder.url, MD5), how)
    (client,) = set(children(os.getpid())) - before
    del how
    assert client not in children(os.getpid())


def test_what_is_forked_has_a_connection_of_its_own(folder: Folder) -> None:
    folder.fill({place(MD5): BODY})
    how = told(folder.settings)
    assert read(remotes.address(folder.url, MD5), how) == BODY
    child = os.fork()
    if child == 0:
        os._exit(0 if read(remotes.address(folder.url, MD5), how) == BODY else 1)
    assert read(remotes.address(folder.url, MD5), how) == BODY
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_lost_connection_goes_on_where_it_was(folder: Folder, waits: list[float]) -> None:
    folder.fill({place(MD5): BODY})
    how = told(folder.settings)
    before = set(children(os.getpid()))
    with remotes.open_object(remotes.address(folder.url, MD5), how) as body:
        begun = body.read(1 << 20)
        (client,) = set(children(os.getpid())) - before
        os.kill(client, signal.SIGKILL)
        rest = b"".join(iter(lambda: body.read(1 << 20), b""))
    assert begun + rest == BODY
    assert waits == [0.625]


def test_a_silent_server_is_not_waited_for_for_ever(
    folder: Folder, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.fill({place(MD5): BODY})
    where, how = remotes.address(folder.url, MD5), told(folder.settings)
    before = set(children(os.getpid()))
    read(where, how)
    (client,) = set(children(os.getpid())) - before
    monkeypatch.setattr(sftp, "TIMEOUT", 0.3)
    monkeypatch.setattr(ssh, "ATTEMPTS", 1)
    os.kill(client, signal.SIGSTOP)
    with pytest.raises(RegistryError) as error:
        read(where, how)
    assert (str(error.value), waits) == (f"{where}: the server was silent for 0.3 seconds (1 attempts)", [])


class TestNobodyIsLetIn:
    """The connection is not made, and the error says why and what to do."""

    def refused(self, folder: Folder, **settings: str) -> tuple[str, str]:
        with pytest.raises(RegistryError) as error:
            read(remotes.address(folder.url, MD5), told({**folder.settings, **settings}))
        return str(error.value).replace(f":{folder.server.port}", ":PORT"), error.value.hint

    def test_where_the_servers_key_is_not_known(
        self, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", folder.server.client(knows=None))
        who = folder.url.removeprefix("ssh://").partition("@")[0]
        assert self.refused(folder) == (
            "ssh://127.0.0.1:PORT: ssh does not know the server's key",
            (
                "connect once by hand, and compare what it shows: "
                f"ssh -p {folder.server.port} -i {folder.server.key('writer')} -l {who} 127.0.0.1"
            ),
        )

    def test_where_the_servers_key_is_another(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", folder.server.client(knows="stranger"))
        assert self.refused(folder) == (
            "ssh://127.0.0.1:PORT: the server's key is another than ssh knows",
            (
                "somebody may stand in between; if it really has a new key: "
                f"ssh-keygen -R '[127.0.0.1]:{folder.server.port}', and connect once by hand"
            ),
        )

    def test_where_the_key_is_not_welcome(self, folder: Folder) -> None:
        message, hint = self.refused(folder, keyfile=str(folder.server.key("stranger")))
        assert message == "ssh://127.0.0.1:PORT: the server lets nobody in by what ssh has"
        assert hint.startswith(
            "name a key: dvc remote modify --local NAME keyfile FILE, or give it to ssh-agent"
        )

    def test_where_nobody_answers(self, folder: Folder, waits: list[float]) -> None:
        message, _ = self.refused(folder, port="9")
        assert message == (
            f"{remotes.address(folder.url, MD5)}: ssh: connect to host 127.0.0.1 port 9: "
            "Connection refused (4 attempts)"
        ).replace(f":{folder.server.port}", ":PORT")
        assert waits == [0.625, 1.25, 2.5]

    def test_where_there_is_no_ssh(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert self.refused(folder) == (
            "ssh is not installed, and ssh:// remotes are read by it",
            "apt-get install openssh-client",
        )

    @pytest.mark.parametrize("name", ["-oProxyCommand=touch canary", "$(touch canary)", "a b", ""])
    def test_where_a_name_could_be_something_else(self, folder: Folder, name: str) -> None:
        with pytest.raises(RegistryError) as error:
            read(f"ssh://{name}/dvc/x", access.Access())
        assert error.value.hint == "write ssh://user@host:port/path"
        if name:
            assert self.refused(folder, user=name)[1] == error.value.hint

    def test_by_a_command_in_the_settings(self, folder: Folder) -> None:
        assert self.refused(folder, proxy_command="touch canary")[0] == (
            f"proxy_command is set for {remotes.shown(folder.url)}, and no configuration runs a command here"
        ).replace(f":{folder.server.port}", ":PORT")


def test_a_key_is_unlocked_by_the_passphrase_in_the_settings(folder: Folder) -> None:
    folder.fill({place(MD5): b"weights"})
    locked = {**folder.settings, "keyfile": str(folder.server.key("locked")), "allow_agent": "false"}
    assert read(remotes.address(folder.url, MD5), told({**locked, "passphrase": PASSPHRASE})) == b"weights"
    with pytest.raises(RegistryError, match="the server lets nobody in"):
        read(remotes.address(folder.url, MD5), told({**locked, "passphrase": "wrong"}))


class TestByPassword:
    """A server of another make, which asks for a password and gives little at a time."""

    @pytest.fixture
    def server(self, ssh_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
        folder = ssh_server.folder()

        class Asking(asyncssh.SSHServer):
            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("me", PASSPHRASE)

        class Little(asyncssh.SFTPServer):
            def read(self, file_obj: object, offset: int, size: int) -> bytes:
                data = super().read(file_obj, offset, min(size, 10_000))
                assert isinstance(data, bytes)
                return data

        async def serve() -> None:
            keys = [str(ssh_server.key("host"))]
            async with await asyncssh.create_server(
                Asking, "127.0.0.1", 0, server_host_keys=keys, sftp_factory=Little
            ) as listening:
                begun.put((listening.get_port(), asyncio.get_running_loop()))
                await over.wait()

        over = asyncio.Event()
        begun: SimpleQueue[tuple[int, asyncio.AbstractEventLoop]] = SimpleQueue()
        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        port, loop = begun.get(timeout=30)
        other = sshd.Server(port, ssh_server.root / "asking", ssh_server.stop)
        other.root.mkdir(exist_ok=True)
        (other.root / "host.pub").write_bytes((ssh_server.root / "host.pub").read_bytes())
        monkeypatch.setenv("PATH", other.client())
        yield Folder(f"ssh://me@127.0.0.1:{port}{folder.path}", folder.path, other)
        loop.call_soon_threadsafe(over.set)
        thread.join()

    def test_who_knows_it_is_let_in(self, server: Folder) -> None:
        server.fill({place(MD5): BODY[:1_000_000]})
        who = {"url": server.url, "password": PASSPHRASE}
        assert read(remotes.address(server.url, MD5), told(who)) == BODY[:1_000_000]

    def test_who_does_not_is_not(self, server: Folder) -> None:
        with pytest.raises(RegistryError, match="the server lets nobody in by what ssh has"):
            read(remotes.address(server.url, MD5), told({"url": server.url, "password": "wrong"}))


def test_a_file_that_gets_shorter_while_it_is_read_ends_early(folder: Folder) -> None:
    folder.fill({place(MD5): BODY})
    with remotes.open_object(remotes.address(folder.url, MD5), told(folder.settings)) as body:
        begun = body.read(1000)
        os.truncate(folder.path / place(MD5), 2000)
        rest = b"".join(iter(lambda: body.read(1 << 20), b""))
    assert BODY.startswith(begun + rest)
    assert len(begun + rest) < len(BODY)


def test_a_lost_connection_is_let_go_as_well(folder: Folder) -> None:
    folder.fill({place(MD5): BODY})
    how, before = told(folder.settings), set(children(os.getpid()))
    with remotes.open_object(remotes.address(folder.url, MD5), how) as body:
        assert body.read(1000) == BODY[:1000]
        (client,) = set(children(os.getpid())) - before
        os.kill(client, signal.SIGKILL)
        os.waitid(os.P_PID, client, os.WEXITED | os.WNOWAIT)


def test_the_settings_of_dvc_are_those_of_ssh() -> None:
    assert ssh_host._chosen({"gss_auth": "true"})["GSSAPIAuthentication"] == "yes"


def test_a_process_without_pipes_is_lost() -> None:
    with pytest.raises(sftp.LostError, match=r"^there is no pipe$"):
        ssh_host._piped(None)
