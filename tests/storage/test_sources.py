"""What is downloaded from an address that a version names, and what is refused on the way."""

import gzip
import hashlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import builders
from client.serving import Answer, answer
from modelry.errors import IntegrityError, RefusedError, RegistryError
from modelry.model.documents import Artifact
from modelry.model.pointer import Out, Pointer
from modelry.model.registry import Version
from modelry.storage import artifacts, documents, guard, sources
from modelry.storage.bodies import AbsentError
from modelry.storage.sources import Sources
from public import HOST, Public

DATA = builders.artifact("churn", "1.0.0")
URL = f"https://{HOST}/model.onnx"


def a_version(data: bytes = DATA, url: str = URL) -> Version:
    """Give a version whose bytes are to be had from an address."""
    artifact = {"path": "model.onnx", "format": "onnx", "size": len(data), "source": {"url": url}}
    artifact["sha256"] = hashlib.sha256(data).hexdigest()
    files = {**builders.a_registry(versions=1), **builders.a_version(data=data, artifact=artifact)}
    return builders.registry_of(files).model("churn").versions["1.0.0"]


def faults(version: Version, *hosts: str) -> tuple[str, ...]:
    return Sources(hosts or (HOST, "*.cdn.example")).faults(version)


def redirect(target: str, status: int = 302) -> Answer:
    return answer(status=status, Location=target)


def test_the_bytes_that_are_recorded_have_no_fault_and_are_fetched_once(public: Public) -> None:
    public.put("/model.onnx", DATA)

    assert (faults(a_version()), faults(a_version())) == ((), ())
    assert public.asked == [f"{HOST}/model.onnx"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (DATA[:-1] + b"!", f"has sha256 {hashlib.sha256(DATA[:-1] + b'!').hexdigest()}, expected "),
        (DATA + b"!", f"has {len(DATA) + 1} bytes, expected at most {len(DATA)}"),
        (DATA[:-1], f"has {len(DATA) - 1} bytes, expected {len(DATA)}"),
        (b"", f"has 0 bytes, expected {len(DATA)}"),
        (answer(DATA * 1000, length=-1), f"has more than {len(DATA)} bytes"),
        (answer(DATA + b"!", length=len(DATA) - 1), f"has {len(DATA) - 1} bytes, expected {len(DATA)}"),
        (
            answer(gzip.compress(bytes(1 << 20)), Content_Encoding="gzip"),
            "comes compressed, though asked for as it is",
        ),
        (answer(status=401), "cannot be downloaded by anybody: HTTP 401"),
        (answer(status=403), "cannot be downloaded by anybody: HTTP 403"),
        (answer(status=404), "cannot be downloaded by anybody: HTTP 404"),
        (answer(status=410), "cannot be downloaded by anybody: HTTP 410"),
        (answer(status=204), "answers HTTP 204, which is no file"),
        (answer(status=304), "answers HTTP 304, which is no file"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_anything_else_there_is_a_fault_of_the_version(
    public: Public, body: bytes | Answer, told: str
) -> None:
    public.put("/model.onnx", body)

    (fault,) = faults(a_version())
    assert fault.startswith(f"{URL} {told}")


def test_an_endless_body_is_read_one_byte_further_than_it_may_go(public: Public) -> None:
    sent: list[int] = []

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(1 << 16))
            sent.append(1 << 16)

    public.put("/model.onnx", pour)

    assert faults(a_version()) == (f"{URL} has more than {len(DATA)} bytes",)
    assert sum(sent) < 32 << 20  # what the sockets hold, and no more


def test_a_pointer_with_the_address_of_other_bytes_is_a_fault(public: Public) -> None:
    public.put("/model.onnx", DATA)
    version = a_version()
    md5 = hashlib.md5(DATA).hexdigest()

    with pytest.raises(
        IntegrityError, match=rf"^model\.onnx has the MD5 {md5}, and its pointer says 0{{32}}$"
    ):
        Sources([HOST]).fetch(
            version.record.must.artifact, Out(md5="0" * 32, size=1, hash="md5", path="model.onnx")
        )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_host_of_the_list_is_followed(public: Public, status: int) -> None:
    public.put("/model.onnx", redirect("https://EU.cdn.example/signed?x=%2F&y=a/b#part", status))
    public.put("/signed?x=%2F&y=a/b", DATA)

    assert faults(a_version()) == ()
    assert public.asked == [f"{HOST}/model.onnx", "eu.cdn.example/signed?x=%2F&y=a/b"]


def test_a_relative_redirect_stays_with_the_host(public: Public) -> None:
    public.put("/model.onnx", redirect("../there/model.onnx"))
    public.put("/there/model.onnx", DATA)

    assert faults(a_version()) == ()


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("https://elsewhere.example/x", "elsewhere.example is not on the list of policy"),
        ("//elsewhere.example/x", "elsewhere.example is not on the list of policy"),
        (f"https://{HOST}:8443/x", f"{HOST}:8443 is not on the list of policy"),
        (f"http://{HOST}/x", "that is no plain https:// address of a file"),
        ("file:///etc/passwd", "that is no plain https:// address of a file"),
        ("https://127.0.0.1/x", "that is no plain https:// address of a file"),
        ("https://[::1]/x", "that is no plain https:// address of a file"),
        ("https://2130706433/x", "that is no plain https:// address of a file"),
        (f"https://user@{HOST}/x", "that is no plain https:// address of a file"),
        (f"https://elsewhere.example\\@{HOST}/x", "that is no plain https:// address of a file"),
    ],
)
def test_a_redirect_to_anywhere_else_is_not_followed(public: Public, target: str, told: str) -> None:
    public.put("/model.onnx", redirect(target))

    (fault,) = faults(a_version())
    assert fault.startswith(f"{URL} redirects to ")
    assert fault.endswith(f": {told}")
    assert public.asked == [f"{HOST}/model.onnx"]
    assert public.resolved == [f"{HOST}:443"]


def test_a_redirect_to_a_machine_inside_is_not_followed(public: Public) -> None:
    public.put("/model.onnx", redirect("https://eu.cdn.example/latest/meta-data/"))
    public.machines["eu.cdn.example"] = ["169.254.169.254"]

    assert faults(a_version()) == (
        "eu.cdn.example is 169.254.169.254, which is no address of the public internet",
    )
    assert public.asked == [f"{HOST}/model.onnx"]


def test_redirects_are_counted(public: Public) -> None:
    public.put("/model.onnx", redirect("/model.onnx"))

    assert faults(a_version()) == (f"{URL} redirects more than 5 times",)
    assert len(public.asked) == 6


def test_a_redirect_without_an_aim_goes_round_and_is_counted(public: Public) -> None:
    public.put("/model.onnx", answer(status=302))

    assert faults(a_version()) == (f"{URL} redirects more than 5 times",)


def test_nobody_could_look_where_the_server_fails_and_fails_again(public: Public, waits: list[float]) -> None:
    public.put("/model.onnx", answer(status=503, Retry_After="3"))

    with pytest.raises(
        RegistryError, match=rf"^{URL}: HTTP 503 Service Unavailable \(4 attempts\)$"
    ) as caught:
        faults(a_version())
    assert type(caught.value) is RegistryError
    assert (len(public.asked), waits) == (4, [3.75, 3.75, 3.75])


@pytest.mark.parametrize("status", [408, 429, 500, 502])
def test_what_may_be_there_later_is_asked_for_again(public: Public, waits: list[float], status: int) -> None:
    public.put("/model.onnx", answer(status=status), answer(DATA))

    assert faults(a_version()) == ()
    assert len(waits) == 1


def test_a_lost_connection_is_gone_on_with(public: Public, waits: list[float]) -> None:
    public.put("/model.onnx", answer(DATA[:10], length=len(DATA)), answer(DATA))

    assert faults(a_version()) == ()
    assert [headers.get("Range") for headers in public.headers] == [None, "bytes=10-"]
    assert len(waits) == 1


def test_a_body_that_never_gets_to_its_length_is_no_verdict(public: Public, waits: list[float]) -> None:
    public.put("/model.onnx", answer(DATA[:10], length=len(DATA)))

    with pytest.raises(RegistryError, match="the connection ended after 10 of ") as caught:
        faults(a_version())
    assert type(caught.value) is RegistryError
    assert len(waits) == 3


def test_a_download_ends_when_its_time_is_over(
    public: Public, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.rfile.read(1)  # until the other side goes

    public.put("/model.onnx", stall)
    monkeypatch.setattr(sources, "PATIENCE", 0.3)

    with pytest.raises(RegistryError, match=rf"^{URL}: it takes too long$"):
        faults(a_version())
    assert (len(public.asked), len(waits)) == (1, 1)


def test_a_name_that_nobody_knows_is_no_verdict(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[tuple[str, int]]:
        raise OSError(-2, f"Name or service not known ({host}:{port})")

    monkeypatch.setattr(guard, "NETWORK", guard.Network(resolve=unknown))
    with pytest.raises(RegistryError, match="Name or service not known") as caught:
        faults(a_version())
    assert type(caught.value) is RegistryError
    assert len(waits) == 3


FILES = {"weights/net.bin": b"net" * 5, "labels.json": b"[]", "weights.txt": b"three"}


def a_folder() -> Artifact:
    rows = [(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in sorted(FILES.items())]
    return Artifact.model_validate(
        {
            "path": "reader",
            "format": "onnx",
            "size": sum(size for _, size, _ in rows),
            "sha256": "0" * 64,  # of the list; a rule's question
            "files": [{"path": path, "size": size, "sha256": sha256} for path, size, sha256 in rows],
            "source": {"url": f"https://{HOST}/reader/"},
        }
    )


def test_a_folder_is_fetched_file_by_file_and_has_the_address_that_dvc_gives_it(
    public: Public, tmp_path: Path
) -> None:
    for path, data in FILES.items():
        public.put(f"/reader/{path}", data)
        (tmp_path / "reader" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "reader" / path).write_bytes(data)
    (pointer,) = artifacts.pointed(
        tmp_path / "reader", "churn", "1.0.0", tmp_path / "scratch"
    ).pointer.values()
    out = documents.parse(pointer, Pointer)[0]

    assert out is not None
    Sources([HOST]).fetch(a_folder(), out.out, tmp_path / "fetched")
    found = {path: (tmp_path / "fetched" / path).read_bytes() for path in FILES}
    assert found == FILES


def test_a_file_that_a_folder_lacks_is_a_fault(public: Public) -> None:
    public.put("/reader/labels.json", FILES["labels.json"])

    with pytest.raises(AbsentError, match=rf"^https://{HOST}/reader/weights\.txt cannot be downloaded"):
        Sources([HOST]).fetch(a_folder(), Out(md5="0" * 32 + ".dir", size=1, hash="md5", path="reader"))


def test_what_is_not_known_yet_is_downloaded_to_a_place_of_its_own(public: Public, tmp_path: Path) -> None:
    public.put("/model.onnx", DATA)
    ticks: list[int] = []

    got = Sources([HOST], ticks.append).download(URL, 1 << 20, tmp_path / "here/model.onnx")
    assert got == (len(DATA), hashlib.sha256(DATA).hexdigest(), hashlib.md5(DATA).hexdigest())
    assert ((tmp_path / "here/model.onnx").read_bytes(), sum(ticks)) == (DATA, len(DATA))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://elsewhere.example/x", "elsewhere.example is not on the list of policy"),
        (
            "http://models.acme.example/x",
            "http://models.acme.example/x is no plain https:// address of a file",
        ),
    ],
)
def test_nothing_is_downloaded_from_where_policy_does_not_allow(
    public: Public, tmp_path: Path, url: str, told: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        Sources([HOST]).download(url, 10, tmp_path / "file")
    assert (str(caught.value), public.resolved) == (told, [])
