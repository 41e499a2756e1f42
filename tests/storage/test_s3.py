"""S3 is read by keys as DVC's users keep them, from a real server; and an error says what to do."""

import hashlib
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from client.serving import Answer, Web, answer
from modelry.errors import RegistryError
from modelry.storage import access, aws, remotes, web
from modelry.storage import s3 as reading
from seaweedfs import KEY, SECRET, Bucket, Server

pytestmark = pytest.mark.xdist_group("s3")

ANY = {"access_key_id": "a", "secret_access_key": "b"}
"""Keys for who does not look at them."""

DATA = bytes(range(256)) * 5000
MD5 = hashlib.md5(DATA).hexdigest()
PLACE = f"files/md5/{MD5[:2]}/{MD5[2:]}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ATTEMPTS", 1)


def told(url: str, **settings: str) -> access.Access:
    """Give what DVC is told of a remote."""
    lines = [f"    {name} = {value}" for name, value in {"url": url, **settings}.items()]
    config = "\n".join(["[core]", "    remote = models", "['remote \"models\"']", *lines, ""])
    return access.Access(config.encode)


def read(where: str, how: access.Access | None = None) -> bytes:
    with remotes.open_object(where, how) as body:
        return b"".join(iter(lambda: body.read(1 << 16), b""))


def test_a_request_is_signed_as_amazons_own_example() -> None:
    keys = aws.Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
    signed = aws.signed(
        "https://examplebucket.s3.amazonaws.com/test.txt",
        {"Range": "bytes=0-9"},
        keys,
        "us-east-1",
        datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert signed["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_an_object_is_read_whole_and_tells_its_size(bucket: Bucket) -> None:
    bucket.put(PLACE, DATA)
    where = remotes.address(bucket.url, MD5)
    with remotes.open_object(where) as body:
        assert body.size == len(DATA)
        assert b"".join(iter(lambda: body.read(1000), b"")) == DATA
    assert remotes.size(where) == len(DATA)


def test_an_object_without_bytes_is_an_object(bucket: Bucket) -> None:
    bucket.put("empty", b"")
    assert (read(f"{bucket.url}/empty"), remotes.size(f"{bucket.url}/empty")) == (b"", 0)


def test_a_key_may_have_any_sign(bucket: Bucket) -> None:
    bucket.put("a b+c%20é&=~'(1)", b"x")
    assert read(f"{bucket.url}/a b+c%20é&=~'(1)") == b"x"


def test_what_is_not_there_is_absent(bucket: Bucket) -> None:
    with pytest.raises(remotes.AbsentError) as error:
        read(f"{bucket.url}/{PLACE}")
    assert str(error.value).startswith(f"{bucket.url}/{PLACE}: HTTP 404 NoSuchKey: ")
    assert remotes.size(f"{bucket.url}/{PLACE}") is None


def test_a_folder_in_place_of_an_object_is_none(bucket: Bucket) -> None:
    bucket.put(f"{PLACE}/below", b"x")
    assert remotes.size(f"{bucket.url}/{PLACE}") is None


def test_a_bucket_that_is_not_there_is_not_an_object_that_is_not_there(bucket: Bucket) -> None:
    for ask in (read, remotes.size):
        with pytest.raises(RegistryError) as error:
            ask(f"s3://nobodys/dvc/{PLACE}")
        assert not isinstance(error.value, remotes.AbsentError)
        assert str(error.value).startswith(f"s3://nobodys/dvc/{PLACE}: HTTP 404 NoSuchBucket")
        assert error.value.hint.startswith("look at the remote's address")
    assert bucket.paths == []


@pytest.mark.parametrize(
    ("key", "secret", "code", "hint"),
    [
        (KEY, "wrong", "SignatureDoesNotMatch", "the secret is not that of the key"),
        ("nobody", SECRET, "InvalidAccessKeyId", "the server does not know this key"),
    ],
)
def test_who_is_not_let_in_is_told_why(bucket: Bucket, key: str, secret: str, code: str, hint: str) -> None:
    how = told(bucket.url, access_key_id=key, secret_access_key=secret)
    with pytest.raises(RegistryError) as error:
        read(f"{bucket.url}/x", how)
    assert str(error.value).startswith(f"{bucket.url}/x: HTTP 403 {code}: ")
    assert error.value.hint.startswith(hint)
    assert secret not in str(error.value)


def test_a_server_that_is_gone_is_named(bucket: Bucket) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        how = told(bucket.url, endpointurl=f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(RegistryError) as error:
            read(f"{bucket.url}/x", how)
    assert str(error.value) == f"{bucket.url}/x: Connection refused (1 attempts)"


class TestKeys:
    """Where keys are looked for."""

    @pytest.fixture(autouse=True)
    def nothing_told(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        bucket.put("x", b"x")
        for name in bucket.server.environment:
            monkeypatch.delenv(name)

    @pytest.fixture
    def profile(self, s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        """An AWS profile as the AWS command line keeps it, whose keys are right."""
        (tmp_path / "keys").write_text(
            f"[acme]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n", "utf-8"
        )
        (tmp_path / "config").write_text(
            f"[profile acme]\nregion = us-east-1\nendpoint_url = {s3.url}\n", "utf-8"
        )
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "keys"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        return iter(["acme"])

    def test_in_dvcs_settings(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        how = told(bucket.url, endpointurl=bucket.server.url, access_key_id=KEY, secret_access_key=SECRET)
        assert read(f"{bucket.url}/x", how) == b"x"

    def test_in_the_environment(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        assert read(f"{bucket.url}/x", told(bucket.url, endpointurl=bucket.server.url)) == b"x"

    def test_in_the_profile_that_dvc_names(self, bucket: Bucket, profile: Iterator[str]) -> None:
        assert read(f"{bucket.url}/x", told(bucket.url, profile=next(profile))) == b"x"

    def test_in_the_profile_that_the_environment_names(
        self, bucket: Bucket, profile: Iterator[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_PROFILE", next(profile))
        assert read(f"{bucket.url}/x") == b"x"

    def test_in_the_files_that_dvc_names(
        self, bucket: Bucket, profile: Iterator[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")
        monkeypatch.delenv("AWS_CONFIG_FILE")
        how = told(
            bucket.url,
            profile=next(profile),
            credentialpath=str(tmp_path / "keys"),
            configpath=str(tmp_path / "config"),
        )
        assert read(f"{bucket.url}/x", how) == b"x"

    def test_a_profile_that_is_not_there_is_named(self, bucket: Bucket) -> None:
        with pytest.raises(RegistryError) as error:
            read(f"{bucket.url}/x", told(bucket.url, profile="nobody"))
        assert str(error.value) == (
            f"there are no keys for s3://{bucket.name}: The config profile (nobody) could not be found"
        )

    def test_nowhere(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        with pytest.raises(RegistryError) as error:
            read(f"{bucket.url}/x")
        assert str(error.value) == f"there are no keys for s3://{bucket.name}"
        assert error.value.hint == f"{aws.HINT}, or name an AWS profile"

    def test_without_botocore_a_profile_cannot_be_read(
        self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "botocore.session", None)
        with pytest.raises(RegistryError) as error:
            read(f"{bucket.url}/x", told(bucket.url, profile="acme"))
        assert str(error.value) == f"there are no keys for s3://{bucket.name}"
        assert error.value.hint.endswith("pip install 'modelry[s3]'")

    def test_keys_that_end_and_cannot_be_renewed_are_told(
        self, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET, "Expiration": soon}
        (tmp_path / "keys.json").write_text(json.dumps(keys), "utf-8")
        # It gives its keys once, as a login that ends does.
        once = f"sh -c 'cat {tmp_path}/keys.json && rm {tmp_path}/keys.json'"
        (tmp_path / "config").write_text(f"[profile brief]\ncredential_process = {once}\n", "utf-8")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        with pytest.raises(RegistryError) as error:
            read(f"{bucket.url}/x", told(bucket.url, profile="brief"))
        assert str(error.value).startswith(f"the keys for s3://{bucket.name} could not be had: ")

    def test_nobody_may_be_asked_as_nobody(self, web: Web) -> None:
        web.put("/models/x", b"x")
        how = told("s3://models", endpointurl=web.url, allow_anonymous_login="true")
        assert read("s3://models/x", how) == b"x"
        assert "Authorization" not in web.headers[0]

    def test_a_session_has_a_token(self, web: Web) -> None:
        web.put("/models/x", b"x")
        how = told("s3://models", endpointurl=web.url, session_token="c", **ANY)  # noqa: S106 - nobody's
        assert read("s3://models/x", how) == b"x"
        assert web.headers[0]["x-amz-security-token"] == "c"
        assert ";x-amz-security-token," in web.headers[0]["Authorization"]


def keyed(url: str, web: Web) -> access.Access:
    return told(url, endpointurl=web.url, **ANY)


def refusal(code: str, status: int, more: str = "", region: str = "") -> Answer:
    body = f"<Error><Code>{code}</Code><Message>No.</Message>{more}</Error>".encode()
    return answer(body, status, x_amz_bucket_region=region) if region else answer(body, status)


@pytest.mark.parametrize("how", ["in a header", "in the answer"])
def test_a_bucket_in_another_region_is_asked_there(web: Web, how: str) -> None:
    more = "<Region>eu-west-1</Region>" if how == "in the answer" else ""
    region = "" if more else "eu-west-1"
    web.put("/models/x", refusal("AuthorizationHeaderMalformed", 400, more, region), answer(b"x"))
    assert read("s3://models/x", keyed("s3://models", web)) == b"x"
    scopes = [headers["Authorization"].split("/")[2] for headers in web.headers]
    assert scopes == ["us-east-1", "eu-west-1"]


def test_a_bucket_that_is_nowhere_is_not_looked_for_for_ever(web: Web) -> None:
    answers = [refusal("PermanentRedirect", 301, region=region) for region in ("eu-west-1", "eu-west-2")]
    web.put("/models/x", *answers)
    with pytest.raises(RegistryError, match=r"HTTP 301 PermanentRedirect: No\."):
        read("s3://models/x", keyed("s3://models", web))
    assert len(web.asked) == 2


@pytest.fixture
def safe(web: Web, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """What `web` serves, by https; and the file of who vouches for it."""
    authority, key = tmp_path / "authority.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=modelry", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", authority], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    plain = int(web.url.rpartition(":")[2])

    class Forwarding(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = HTTPConnection("127.0.0.1", plain)
            connection.request("GET", self.path)
            data = connection.getresponse().read()
            connection.close()
            answer(data)(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Forwarding) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", authority
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("by", ["dvc", "environment"])
def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    web: Web, safe: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    url, authority = safe
    web.put("/models/x", b"x")
    with pytest.raises(RegistryError, match="certificate verify failed"):
        read("s3://models/x", told("s3://models", endpointurl=url, **ANY))
    if by == "environment":
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority))
    more = {"ssl_verify": str(authority)} if by == "dvc" else {}
    assert read("s3://models/x", told("s3://models", endpointurl=url, **ANY, **more)) == b"x"


def test_a_body_that_breaks_off_goes_on_where_it_was(
    web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelry.storage.web.ATTEMPTS", 4)
    rest = answer(DATA[3000:], 206, Content_Range=f"bytes 3000-{len(DATA) - 1}/{len(DATA)}")
    web.put("/models/x", answer(DATA[:3000], length=len(DATA)), rest)
    assert read("s3://models/x", keyed("s3://models", web)) == DATA
    assert [headers.get("Range") for headers in web.headers] == [None, "bytes=3000-"]
    assert waits == [0.625]


@pytest.mark.parametrize(
    "passing", [("SlowDown", 503), ("InternalError", 500), ("RequestTimeout", 400), ("x", 429)]
)
def test_a_passing_failure_is_tried_again(
    web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch, passing: tuple[str, int]
) -> None:
    monkeypatch.setattr("modelry.storage.web.ATTEMPTS", 4)
    web.put("/models/x", refusal(*passing), answer(b"x"))
    assert read("s3://models/x", keyed("s3://models", web)) == b"x"
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"", "HTTP 403 Forbidden"), (b"<html>", "HTTP 403 Forbidden"), (b"<a/>", "HTTP 403 Forbidden")],
)
def test_a_refusal_without_a_reason_is_believed(web: Web, body: bytes, message: str) -> None:
    web.put("/models/x", answer(body, 403))
    with pytest.raises(RegistryError) as error:
        read("s3://models/x", keyed("s3://models", web))
    assert str(error.value) == f"s3://models/x: {message}"


def test_a_redirect_is_not_followed(web: Web) -> None:
    web.put("/models/x", answer(status=302, Location="/elsewhere"))
    with pytest.raises(RegistryError, match="HTTP 302"):
        read("s3://models/x", keyed("s3://models", web))
    assert web.asked == ["/models/x"]


@pytest.mark.parametrize(
    ("name", "region", "url"),
    [
        ("models", "us-east-1", "https://models.s3.us-east-1.amazonaws.com/a%20b"),
        ("models.acme", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/models.acme/a%20b"),
        ("models", "cn-north-1", "https://models.s3.cn-north-1.amazonaws.com.cn/a%20b"),
    ],
)
def test_amazon_is_asked_at_the_buckets_own_name(name: str, region: str, url: str) -> None:
    how = told(f"s3://{name}", region=region, **ANY)
    assert reading.bucket(f"s3://{name}/x", how)._url("a b", {}) == url


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"endpointurl": "file:///etc"}, "file:///etc is no endpoint"),
        ({"ssl_verify": "false"}, "ssl_verify is false, and a server that is not verified may be anybody"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(settings: dict[str, str], message: str) -> None:
    how = told("s3://models", **ANY, **settings)
    with pytest.raises(RegistryError) as error:
        read("s3://models/x", how)
    assert str(error.value) == message


def test_keys_do_not_belong_in_an_address() -> None:
    with pytest.raises(RegistryError) as error:
        read("s3://key:secret@models/x")
    assert str(error.value) == "s3://models/x: an address holds no keys"


class TestMany:
    """Objects that are asked for together."""

    OBJECTS = {hashlib.md5(bytes([n])).hexdigest(): bytes([n]) * n for n in range(60)}  # noqa: RUF012
    SIZES = {md5: len(data) for md5, data in OBJECTS.items()}  # noqa: RUF012

    @pytest.fixture
    def url(self, bucket: Bucket) -> str:
        bucket.fill({f"files/md5/{md5[:2]}/{md5[2:]}": data for md5, data in self.OBJECTS.items()})
        bucket.fill({"files/md5/ab/other": b"x", "runs/ab/cd": b"x"})
        return bucket.url

    def test_a_few_are_asked_for_one_by_one(self, url: str) -> None:
        asked = [*list(self.OBJECTS)[:5], "0" * 32]
        expected = {**dict(list(self.SIZES.items())[:5]), "0" * 32: None}
        assert remotes.sizes(url, asked, access.Access()) == expected

    @pytest.mark.parametrize("most", ["1000", "2"])
    def test_many_are_told_by_listing(self, url: str, most: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "PAGE", most)
        found = remotes.sizes(url, list(self.OBJECTS), access.Access())
        assert {md5: found.get(md5) for md5 in self.OBJECTS} == self.SIZES
        assert found.get("0" * 32) is None

    def test_a_list_that_takes_longer_than_to_ask_for_each_is_left(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "PAGE", "1")
        asked = list(self.OBJECTS)[:33]
        assert reading.sizes(url, asked, access.Access()) is None
        assert remotes.sizes(url, asked, access.Access()) == {md5: self.SIZES[md5] for md5 in asked}

    def test_who_may_not_list_asks_for_each(self, web: Web) -> None:
        how = keyed("s3://models", web)
        for md5, data in self.OBJECTS.items():
            answered = answer(data[:1], 206 if data else 416, Content_Range=f"bytes 0-0/{len(data)}")
            web.put(f"/models/files/md5/{md5[:2]}/{md5[2:]}", answered)
        for digit in "0123456789abcdef":
            query = f"list-type=2&max-keys=1000&prefix=files%2Fmd5%2F{digit}"
            web.put(f"/models/?{query}", refusal("AccessDenied", 403))
        assert remotes.sizes("s3://models", list(self.OBJECTS), how) == self.SIZES

    def test_a_list_that_is_none_is_an_error(self, web: Web) -> None:
        for digit in "0123456789abcdef":
            query = f"list-type=2&max-keys=1000&prefix=files%2Fmd5%2F{digit}"
            web.put(f"/models/?{query}", b"<!doctype html><title>Log in")
        with pytest.raises(RegistryError, match="the answer is no list of objects"):
            remotes.sizes("s3://models", list(self.OBJECTS), keyed("s3://models", web))
