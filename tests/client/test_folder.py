"""A reference is answered from a clone, from the files that it needs and no others."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

import builders
from modelry import client
from modelry.client import folder
from modelry.client.resolution import Resolution
from modelry.errors import IntegrityError, NotFoundError, RegistryError, UsageError, YankedError
from modelry.model import layout, names
from modelry.storage import folders, remotes, top

SHA256 = "2261302cfe4efaad3e223b258d55c604a47f6424f60e7233c1172d3a755ce915"
PRODUCTION = layout.stage("churn", "production")
RECORD = layout.version("churn", "1.0.0")
POINTER = layout.version("churn", "1.0.0", "model.onnx.dvc")


def change(top: Path, path: str, old: str, new: str) -> None:
    text = (top / path).read_text("utf-8")
    assert old in text
    (top / path).write_text(text.replace(old, new, 1), "utf-8")


def yank(top: Path, version: str, **overrides: object) -> None:
    document = builders.a_document("yank", replacement=None, advisory=None) | overrides
    folders.write({layout.version("churn", version, "yanked.yaml"): builders.text("yank", document)}, top)


def test_a_stage_means_the_version_that_holds_it_and_where_its_bytes_lie(clone: Path) -> None:
    assert client.resolve("churn@production", str(clone)) == Resolution(
        reference="churn@production",
        registry="acme-models",
        model="churn",
        version="1.0.0",
        stage="production",
        sha256=SHA256,
        size=216,
        path="model.onnx",
        format="onnx",
        md5="e4a22166216f54097fa6663b63cb3b01",
        files=None,
        addresses=(f"{clone}/store/files/md5/e4/a22166216f54097fa6663b63cb3b01",),
        commit=None,
        sequence=None,
        source="folder",
        yanked=None,
        replacement=None,
    )


def test_it_is_given_to_programs_as_one_stable_document(clone: Path) -> None:
    assert client.resolve("churn@1.0.0", str(clone)).to_json() == {
        "schema": "resolution/v1",
        "reference": "churn@1.0.0",
        "registry": "acme-models",
        "model": "churn",
        "version": "1.0.0",
        "stage": None,
        "sha256": SHA256,
        "size": 216,
        "path": "model.onnx",
        "format": "onnx",
        "md5": "e4a22166216f54097fa6663b63cb3b01",
        "files": None,
        "addresses": [f"{clone}/store/files/md5/e4/a22166216f54097fa6663b63cb3b01"],
        "commit": None,
        "sequence": None,
        "source": "folder",
        "yanked": None,
        "replacement": None,
        "age": 0,
        "fallback": None,
        "stale": False,
    }


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("churn", "1.2.0"),
        ("churn@latest", "1.2.0"),
        ("churn@1.1.0", "1.1.0"),
        ("churn@v1.1.0", "1.1.0"),
        ("churn#staging", "1.2.0"),
    ],
)
def test_every_spelling_of_a_reference_is_answered(clone: Path, reference: str, version: str) -> None:
    assert client.resolve(reference, str(clone)).version == version


def test_the_registry_is_found_from_its_top_its_folder_and_from_below(clone: Path) -> None:
    below = clone / "registry/models/churn/versions"
    assert [top.find(start) for start in (clone, clone / "registry", below)] == [clone] * 3


def test_where_there_is_no_registry_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as error:
        client.resolve("churn", str(tmp_path))
    assert str(error.value) == f"there is no registry/registry.yaml in {tmp_path} or above"


def test_a_registry_is_read_by_folder_and_web_only() -> None:
    with pytest.raises(UsageError, match="not read by s3://"):
        client.resolve("churn", "s3://bucket/registry")


def test_latest_is_the_highest_release_that_may_be_taken(clone: Path) -> None:
    folders.write(builders.a_version("churn", "2.0.0-rc.1"), clone)
    yank(clone, "1.2.0")
    (clone / "registry/models/churn/versions/9.0.0").mkdir()
    (clone / "registry/models/churn/versions/9.0.0/model.onnx").write_bytes(b"left behind by a pull")
    assert client.resolve("churn", str(clone)).version == "1.1.0"


def test_latest_is_a_pre_release_where_there_is_no_release(clone: Path) -> None:
    folders.write(builders.a_model("fraud", ["1.0.0-rc.2", "1.0.0-rc.10"]), clone)
    assert client.resolve("fraud", str(clone)).version == "1.0.0-rc.10"


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("chrun", "there is no model chrun", "did you mean churn?"),
        ("chrun@1.0.0", "there is no model chrun", "did you mean churn?"),
        ("chrun@production", "there is no model chrun", "did you mean churn?"),
        ("x@production", "there is no model x", "see what there is: modelry list"),
        ("churn@1.0.9", "churn has no version 1.0.9", "did you mean 1.0.0?"),
        ("churn@produktion", "nothing holds produktion of churn", "did you mean production?"),
        ("churn@eu", "nothing holds eu of churn", "see what there is: modelry show churn"),
        ("empty", "empty has no version to take", "see what there is: modelry show empty"),
    ],
)
def test_what_does_not_exist_is_told_with_what_was_meant(
    clone: Path, reference: str, message: str, hint: str
) -> None:
    folders.write(builders.a_model("empty", []), clone)
    with pytest.raises(NotFoundError) as error:
        client.resolve(reference, str(clone))
    assert (str(error.value), error.value.hint) == (message, hint)


def test_a_withdrawn_version_is_refused_with_its_reason(clone: Path) -> None:
    yank(clone, "1.0.0", replacement="1.1.0")
    with pytest.raises(YankedError) as error:
        client.resolve("churn@production", str(clone))
    assert str(error.value) == "churn@1.0.0 was withdrawn: trained on rows of the test set"
    assert error.value.hint == "take churn@1.1.0 instead, or add --allow-yanked to take it anyway"


def test_a_withdrawn_version_can_be_had_by_those_who_say_so(clone: Path) -> None:
    yank(clone, "1.0.0")
    found = client.resolve("churn@1.0.0", str(clone), allow_yanked=True)
    assert (found.version, found.yanked, found.replacement) == (
        "1.0.0",
        "trained on rows of the test set",
        None,
    )


def test_a_stage_that_means_other_bytes_than_the_record_is_refused(clone: Path) -> None:
    change(clone, PRODUCTION, SHA256, "f" * 64)
    with pytest.raises(IntegrityError) as error:
        client.resolve("churn@production", str(clone))
    assert str(error.value) == (
        f"stage production assigns churn@1.0.0 with sha256 {'f' * 64}, but its record says {SHA256}"
    )


def test_a_pointer_to_another_artifact_than_the_record_is_refused(clone: Path) -> None:
    change(clone, POINTER, "size: 216", "size: 217")
    with pytest.raises(IntegrityError, match=r"model.onnx.dvc and version.yaml describe different artifacts"):
        client.resolve("churn@1.0.0", str(clone))


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (PRODUCTION, "1.0.0", "../1.0.0", f"{PRODUCTION}: `version` is '../1.0.0', expected a version"),
        (
            PRODUCTION,
            "schema: assignment/v1",
            "schema: assignment/v2",
            "`schema` is 'assignment/v2', expected assignment/v1",
        ),
        (RECORD, "model: churn", "model: fraud", f"{RECORD}: `model` is 'fraud', expected churn"),
        (RECORD, "path: model.onnx", "path: ../x", "`artifact.path` is '../x', expected a bare file name"),
        (RECORD, "size: 216", "size: true", "`artifact.size` is True, expected a whole number"),
        (RECORD, "size: 216", "size: -1", "`artifact.size` is -1, expected a whole number"),
        (RECORD, "sha256: ", "sha257: ", "`artifact.sha256` is missing, expected a SHA-256"),
        (
            POINTER,
            "md5: e4",
            "md5: ..",
            "`outs.0.md5` is '..a22166216f54097fa6663b63cb3b01', expected an MD5",
        ),
        (POINTER, "path: model.onnx", "path: /etc/x", "`outs.0.path` is '/etc/x', expected model.onnx"),
        (POINTER, "hash: md5", "hash: sha1", "`outs.0.hash` is 'sha1', expected md5"),
        (POINTER, "outs:", "deps:", "`outs` is missing, expected a list"),
        (POINTER, "outs:\n", "outs: [x]\nold:\n", "`outs.0` is 'x', expected a mapping"),
        (POINTER, "outs:\n", "outs: []\nold:\n", "it has 0 outs, expected one"),
        (layout.POLICY, "id: acme-models", "id: ' '", "registry/registry.yaml: `id` is ' ', expected a word"),
        (layout.POLICY, "url: ../store", 'url: "a b"', "`remotes.store.url` is 'a b', expected an address"),
        (layout.POLICY, "schema: ", "schema: {", "registry/registry.yaml:"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named_with_its_file(
    clone: Path, path: str, old: str, new: str, message: str
) -> None:
    change(clone, path, old, new)
    with pytest.raises(RegistryError) as error:
        client.resolve("churn@production", str(clone))
    assert message in str(error.value)
    assert "modelry check" in error.value.hint


def test_what_is_shown_of_a_wrong_field_is_short(clone: Path) -> None:
    change(clone, layout.POLICY, "id: acme-models", f"id: {'x' * 5000}")
    with pytest.raises(RegistryError) as error:
        client.resolve("churn@production", str(clone))
    assert len(str(error.value)) < 150


@pytest.mark.parametrize("path", [POINTER, layout.POLICY])
def test_a_missing_file_is_named(clone: Path, path: str) -> None:
    registry = top.find(clone)
    (clone / path).unlink()
    with pytest.raises(RegistryError) as error:
        folder.resolve(names.reference("churn@production"), registry)
    assert str(error.value) == f"{path} is missing"


def test_a_stage_of_a_version_that_is_not_there_is_no_answer(clone: Path) -> None:
    (clone / RECORD).unlink()
    with pytest.raises(NotFoundError, match=r"churn has no version 1\.0\.0"):
        client.resolve("churn@production", str(clone))


def test_a_file_that_is_a_link_is_not_followed(clone: Path) -> None:
    (clone / RECORD).rename(clone / "elsewhere.yaml")
    (clone / RECORD).symlink_to(clone / "elsewhere.yaml")
    with pytest.raises(RegistryError, match=r"version.yaml: cannot be read: is a symbolic link"):
        client.resolve("churn@production", str(clone))


def test_consumers_are_sent_to_the_public_address_first(clone: Path) -> None:
    stores = {
        "main": {"url": "s3://acme/dvc", "public": "https://models.acme.example/dvc/"},
        "disk": {"url": "../store"},
        "same": {"url": "../store/"},
    }
    folders.write(builders.a_policy(remotes=stores), clone)
    place = "files/md5/e4/a22166216f54097fa6663b63cb3b01"
    assert client.resolve("churn@1.0.0", str(clone)).addresses == (
        f"https://models.acme.example/dvc/{place}",
        f"s3://acme/dvc/{place}",
        f"{clone}/store/{place}",
    )


def test_a_folder_artifact_is_answered_with_its_files(bert: Path) -> None:
    found = client.resolve("bert", str(bert))
    assert found.files is not None
    assert [(file.path, file.size) for file in found.files] == [
        ("config.json", 14),
        ("weights/a.bin", 3000),
        ("weights/b.bin", 10),
    ]
    assert (found.size, found.md5.endswith(".dir"), found.to_json()["files"][0]) == (
        3024,
        True,
        {
            "path": "config.json",
            "size": 14,
            "sha256": "09d343c37de0bba143b7ff45f82c0ab9308531dcc78b56b8eb40c5938c4be418",
        },
    )


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("path: weights/a.bin", "path: ../a.bin", RegistryError, "expected a path inside the folder"),
        ("path: weights/a.bin", "path: /a.bin", RegistryError, "expected a path inside the folder"),
        ("path: weights/a.bin", "path: weights/c.bin", IntegrityError, "do not hash to its sha256"),
        ("size: 3024", "size: 3025", IntegrityError, "do not add up to its size"),
    ],
)
def test_the_files_of_a_folder_are_held_against_its_digest_and_size(
    bert: Path, old: str, new: str, error: type[RegistryError], message: str
) -> None:
    change(bert, layout.version("bert", "1.0.0"), old, new)
    with pytest.raises(error, match=message):
        client.resolve("bert", str(bert))


def test_only_the_files_that_are_needed_are_opened(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    really = remotes.open_file

    @contextmanager
    def watched(path: str) -> Iterator[BinaryIO]:
        opened.append(path.removeprefix(f"{clone}/"))
        with really(path) as file:
            yield file

    monkeypatch.setattr(remotes, "open_file", watched)
    client.resolve("churn@production", str(clone))
    assert opened == [
        PRODUCTION,
        RECORD,
        layout.POLICY,
        POINTER,
        layout.version("churn", "1.0.0", "yanked.yaml"),
    ]


def test_resolving_starts_quickly_since_it_imports_little(clone: Path) -> None:
    # Only what is imported from here on: a measurement of coverage has imported some already.
    script = (
        "import sys\nbefore = set(sys.modules)\nfrom modelry.cli import main\n"
        "try:\n    main(['resolve', 'churn@production'])\n"
        "finally:\n    print(*sys.modules.keys() - before, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=clone, capture_output=True, text=True, check=True
    )
    imported = set(done.stderr.split())
    heavy = {"pydantic", "dvc", "mkdocs", "yaml", "jinja2", "subprocess", "http", "hashlib", "difflib"}
    assert heavy & imported == set()
    assert "modelry.client.folder" in imported
    assert done.stdout.startswith("churn@1.0.0  sha256:")
