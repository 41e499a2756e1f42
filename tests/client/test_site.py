"""A reference is answered from a published catalog, which is believed in nothing that it does not say well."""

import json
from typing import Any

import pytest

from client.serving import Web, answer
from modelry import client
from modelry.client.resolution import File, Resolution
from modelry.errors import IntegrityError, NotFoundError, RegistryError, YankedError
from modelry.model import digests

SHA256 = "ab" * 32
MD5 = "0123456789abcdef" * 2
COMMIT = "c0" * 20
CHURN = "/site/api/v1/models/churn.json"


def a_version(**overrides: object) -> dict[str, Any]:
    artifact = {"path": "model.onnx", "format": "onnx", "size": 7, "sha256": SHA256}
    return {
        "ordinal": 1,
        "created": "2026-03-01T12:00:00Z",
        "summary": "first",
        "artifact": artifact,
        "md5": MD5,
        "yanked": None,
    } | overrides


def a_document(**overrides: object) -> dict[str, Any]:
    return {
        "schema": "model-document/v1",
        "registry": "acme-models",
        "sequence": 12,
        "commit": COMMIT,
        "generated_at": "2026-03-02T12:00:00Z",
        "model": "churn",
        "title": "Churn",
        "latest": "1.2.0",
        "stages": {
            "production": {
                "version": "1.0.0",
                "sha256": SHA256,
                "size": 7,
                "previous": None,
                "reason": "first",
            }
        },
        "versions": {"1.0.0": a_version(), "1.2.0": a_version()},
        "remotes": [{"name": "store", "url": "https://models.example/dvc"}],
    } | overrides


def resolve(
    web: Web, reference: str, document: dict[str, Any] | None = None, *, allow_yanked: bool = False
) -> Resolution:
    web.put(CHURN, a_document() if document is None else document)
    return client.resolve(reference, f"{web.url}/site/", allow_yanked=allow_yanked)


def test_a_stage_is_answered_by_one_request(web: Web) -> None:
    assert resolve(web, "churn@production") == Resolution(
        reference="churn@production",
        registry="acme-models",
        model="churn",
        version="1.0.0",
        stage="production",
        sha256=SHA256,
        size=7,
        path="model.onnx",
        format="onnx",
        md5=MD5,
        files=None,
        addresses=(f"https://models.example/dvc/files/md5/01/{MD5[2:]}",),
        commit=COMMIT,
        sequence=12,
        source="site",
        yanked=None,
        replacement=None,
    )
    assert web.asked == [CHURN]


@pytest.mark.parametrize(("reference", "version"), [("churn", "1.2.0"), ("churn@1.0.0", "1.0.0")])
def test_latest_and_versions_are_answered(web: Web, reference: str, version: str) -> None:
    assert resolve(web, reference).version == version


@pytest.mark.parametrize("url", ["/site", "/site/", "/site/?from=mail", "/site/#top"])
def test_the_address_of_the_site_may_be_pasted_as_it_is(web: Web, url: str) -> None:
    web.put(CHURN, a_document())
    assert client.resolve("churn", web.url + url).version == "1.2.0"


def test_addresses_are_seen_from_the_document_unless_they_are_whole(web: Web) -> None:
    urls = ["../../store/", "s3://bucket/dvc", "file:///srv/dvc", "/srv/dvc", "s3://bucket/dvc"]
    found = resolve(web, "churn", a_document(remotes=[{"name": "x", "url": url} for url in urls]))
    place = f"files/md5/01/{MD5[2:]}"
    assert found.addresses == (
        f"{web.url}/site/store/{place}",
        f"s3://bucket/dvc/{place}",
        f"file:///srv/dvc/{place}",
        f"/srv/dvc/{place}",
    )


def test_a_folder_artifact_is_answered_with_its_files(web: Web) -> None:
    files = (File("a.bin", 3, "aa" * 32), File("b/c.bin", 4, "bb" * 32))
    sha256 = digests.of_folder(files)
    listed = [file._asdict() for file in files]
    artifact = {"path": "bert", "format": "safetensors", "size": 7, "sha256": sha256, "files": listed}
    document = a_document(versions={"1.2.0": a_version(artifact=artifact, md5=f"{MD5}.dir")})
    assert resolve(web, "churn", document).files == files


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("churn@1.0.1", "churn has no version 1.0.1", "did you mean 1.0.0?"),
        ("churn@productoin", "nothing holds productoin of churn", "did you mean production?"),
    ],
)
def test_what_does_not_exist_is_told_with_what_was_meant(
    web: Web, reference: str, message: str, hint: str
) -> None:
    with pytest.raises(NotFoundError) as error:
        resolve(web, reference)
    assert (str(error.value), error.value.hint) == (message, hint)


def test_a_model_without_a_version_to_take_has_no_latest(web: Web) -> None:
    with pytest.raises(NotFoundError, match="churn has no version to take"):
        resolve(web, "churn", a_document(latest=None))


def test_a_model_that_the_registry_does_not_have_does_not_exist(web: Web) -> None:
    web.put("/site/api/v1/index.json", {"schema": "index/v1"})
    web.put("/site/api/v1/catalog.json", {"schema": "catalog/v1", "models": [{"model": "churn"}]})
    with pytest.raises(NotFoundError) as error:
        client.resolve("chrun", f"{web.url}/site")
    assert (str(error.value), error.value.hint) == ("there is no model chrun", "did you mean churn?")


@pytest.mark.parametrize(
    "listed", [{}, {"models": 3}, {"models": [{"model": "../x"}]}, {"models": ["churn"]}]
)
def test_a_list_of_models_that_cannot_be_read_only_costs_the_hint(web: Web, listed: dict[str, Any]) -> None:
    web.put("/site/api/v1/index.json", {"schema": "index/v1"})
    web.put("/site/api/v1/catalog.json", listed)
    with pytest.raises(NotFoundError) as error:
        client.resolve("chrun", f"{web.url}/site")
    assert error.value.hint == "see what there is: modelry list"


def test_an_index_of_another_kind_is_no_index_of_ours(web: Web) -> None:
    web.put("/site/api/v1/index.json", {"schema": "python-packages/v1"})
    with pytest.raises(RegistryError, match="`schema` is 'python-packages/v1', expected index/v1"):
        client.resolve("churn", f"{web.url}/site")


def test_a_place_without_an_index_is_no_registry(web: Web) -> None:
    with pytest.raises(RegistryError) as error:
        client.resolve("churn", f"{web.url}/elsewhere/")
    assert str(error.value) == f"{web.url}/elsewhere/ is no modelry registry: it has no api/v1/index.json"
    assert error.value.code == 1


def test_a_withdrawn_version_is_refused_with_its_reason(web: Web) -> None:
    yanked = {"reason": "leaks", "severity": "high", "replacement": "1.2.1"}
    document = a_document(versions={"1.2.0": a_version(yanked=yanked)})
    with pytest.raises(YankedError, match=r"churn@1\.2\.0 was withdrawn: leaks"):
        resolve(web, "churn@1.2.0", document)
    found = resolve(web, "churn@1.2.0", document, allow_yanked=True)
    assert (found.yanked, found.replacement) == ("leaks", "1.2.1")


def test_a_stage_that_means_other_bytes_than_the_version_is_refused(web: Web) -> None:
    stages = {"production": {"version": "1.0.0", "sha256": "cd" * 32}}
    with pytest.raises(IntegrityError, match=r"stage production assigns churn@1\.0\.0 with sha256 cdcd"):
        resolve(web, "churn@production", a_document(stages=stages))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"schema": "model-document/v2"}, "`schema` is 'model-document/v2', expected model-document/v1"),
        ({"model": "fraud"}, "`model` is 'fraud', expected churn"),
        ({"registry": None}, "`registry` is missing, expected a word"),
        ({"sequence": 1.5}, "`sequence` is 1.5, expected a whole number"),
        ({"commit": "HEAD"}, "`commit` is 'HEAD', expected a full commit id"),
        ({"versions": []}, r"`versions` is \[\], expected a mapping"),
        ({"versions": {"1.2.0": None}}, "`versions.1.2.0` is missing, expected a mapping"),
        ({"versions": {"1.2.0": a_version(md5="../x")}}, "`versions.1.2.0.md5` is '../x', expected an MD5"),
        (
            {"versions": {"1.2.0": a_version(yanked=True)}},
            "`versions.1.2.0.yanked` is True, expected a mapping",
        ),
        ({"versions": {"1.2.0": a_version(yanked={"reason": "\x1b[2J"})}}, "expected a line of text"),
        ({"latest": "../../x"}, r"`latest` is '../../x', expected a version"),
        ({"remotes": {}}, "`remotes` is {}, expected a list"),
        ({"remotes": [{"url": "a b"}]}, "`remotes.0.url` is 'a b', expected an address"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named_with_the_address(
    web: Web, overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(RegistryError, match=message) as error:
        resolve(web, "churn", a_document(**overrides))
    assert str(error.value).startswith(f"{web.url}{CHURN}: ")


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><title>Log in</title>", b"", b"\xff\xfe", b"[" * 200_000, b'{"schema": '],
    ids=["html", "empty", "no text", "deep", "half"],
)
def test_an_answer_that_is_no_json_is_told_as_what_it_is(web: Web, body: bytes) -> None:
    web.put(CHURN, body)
    with pytest.raises(RegistryError) as error:
        client.resolve("churn", f"{web.url}/site")
    assert str(error.value) == f"{web.url}{CHURN}: the answer is not JSON but begins with {body[:40]!r}"
    assert error.value.hint == "is the address right, and does this network demand a login first?"


def test_an_answer_that_is_no_object_is_refused(web: Web) -> None:
    web.put(CHURN, b"[]")
    with pytest.raises(RegistryError, match=r"churn.json: it is \[\], expected a mapping"):
        client.resolve("churn", f"{web.url}/site")


def test_an_answer_without_end_is_not_read_to_its_end(web: Web) -> None:
    web.put(CHURN, answer(b" " * (9 << 20), length=-1))
    with pytest.raises(RegistryError, match="the answer has more than 8 MiB"):
        client.resolve("churn", f"{web.url}/site")


def test_a_site_that_stumbles_once_is_asked_again(web: Web, waits: list[float]) -> None:
    web.put(CHURN, answer(status=500), answer(json.dumps(a_document()).encode()))
    assert client.resolve("churn", f"{web.url}/site").version == "1.2.0"
    assert waits == [0.625]
