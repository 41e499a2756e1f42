"""`modelry check --verify`: whatever was done to the bytes in a remote is found, and who could not look says so."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import digests, layout
from modelry.storage import folders, web
from seaweedfs import Bucket

FILE = builders.artifact("churn", "1.0.0") * 20
TREE = {"config.json": b'{"layers": 2}\n', "weights/a.bin": b"a" * 3000, "weights/b.bin": b"b" * 10}


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def place(address: str) -> str:
    return f"files/md5/{address[:2]}/{address[2:]}"


LIST = json.dumps([{"md5": md5(data), "relpath": path} for path, data in TREE.items()]).encode()
OTHER = b"the bytes of another valid object"
OBJECTS = {
    place(md5(FILE)): FILE,
    place(f"{md5(LIST)}.dir"): LIST,
    **{place(md5(data)): data for data in TREE.values()},
    place(md5(OTHER)): OTHER,
}
TARGETS = {
    "a file": place(md5(FILE)),
    "a folder's list": place(f"{md5(LIST)}.dir"),
    "a file of a folder": place(md5(TREE["weights/a.bin"])),
}


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda data: bytes(byte ^ (index == at % len(data)) for index, byte in enumerate(data))


MUTATIONS: dict[str, Callable[[bytes], bytes] | None] = {
    "the first bit flipped": flipped(0),
    "a middle bit flipped": lambda data: flipped(len(data) // 2)(data),
    "the last bit flipped": flipped(-1),
    "a byte less": lambda data: data[:-1],
    "no byte": lambda _: b"",
    "a byte more": lambda data: data + b"\n",
    "swapped with another": lambda _: OTHER,
    "missing": None,
}


def registry(url: str) -> dict[str, bytes]:
    """Give a registry with churn, whose artifact is a file, and bert, whose artifact is a folder."""
    its = {"format": "safetensors", "path": "bert", "size": sum(map(len, TREE.values()))}
    sha256s = {path: hashlib.sha256(data).hexdigest() for path, data in TREE.items()}
    listed = [{"path": path, "size": len(data), "sha256": sha256s[path]} for path, data in TREE.items()]
    its |= {"sha256": digests.of_folder((one["path"], one["size"], one["sha256"]) for one in listed)}  # type: ignore[misc]
    churn = {
        "path": "model.onnx",
        "format": "onnx",
        "size": len(FILE),
        "sha256": hashlib.sha256(FILE).hexdigest(),
    }
    files = {**builders.a_policy(remotes={"store": {"url": url}}), **builders.a_model("churn", [])}
    files |= builders.a_version("churn", "1.0.0", artifact=churn)
    files |= builders.a_model("bert", []) | builders.a_version(
        "bert", "1.0.0", artifact=its | {"files": listed}
    )
    del files[layout.version("bert", "1.0.0", "model.onnx.dvc")]
    return files | {
        layout.version("churn", "1.0.0", "model.onnx.dvc"): _pointer("model.onnx", md5(FILE), len(FILE)),
        layout.version("bert", "1.0.0", "bert.dvc"): _pointer(
            "bert", f"{md5(LIST)}.dir", int(str(its["size"])), 3
        ),
    }


def _pointer(path: str, address: str, size: int, count: int | None = None) -> bytes:
    files = f"  nfiles: {count}\n" if count else ""
    return f"outs:\n- md5: {address}\n  size: {size}\n{files}  hash: md5\n  path: {path}\n".encode()


def check(top: Path, *args: str) -> Result:
    return CliRunner().invoke(group, ["check", "--registry", str(top), *args], catch_exceptions=False)


def rules(result: Result) -> list[str]:
    return [line.split("error[")[1].split("]")[0] for line in result.stdout.splitlines() if "error[" in line]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """The registry, its remote a folder beside it."""
    folders.write(registry("../store"), tmp_path / "clone")
    folders.write(OBJECTS, tmp_path / "clone/store")
    return tmp_path / "clone"


def test_right_bytes_pass(top: Path) -> None:
    result = check(top, "--verify")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "passes\n", "")


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("mutation", [*MUTATIONS, "a folder in its place", "a link in its place"])
def test_whatever_happened_to_an_object_in_a_folder_is_found(top: Path, target: str, mutation: str) -> None:
    path = top / "store" / target
    data = path.read_bytes()
    path.rename(top / "aside")
    mutate = MUTATIONS.get(mutation)
    if mutate is not None:
        path.write_bytes(mutate(data))
    elif mutation == "a folder in its place":
        path.mkdir()
    elif mutation == "a link in its place":
        path.symlink_to(top / "aside")
    result = check(top, "--verify")
    assert result.exit_code == 3
    assert set(rules(result)) <= {"artifact-corrupted", "artifact-unreachable"}
    assert len(rules(result)) == 1


@pytest.mark.xdist_group("s3")
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_whatever_happened_to_an_object_in_s3_is_found(bucket: Bucket, tmp_path: Path, target: str) -> None:
    folders.write(registry(bucket.url), tmp_path)
    bucket.fill(OBJECTS)
    right = check(tmp_path, "--verify")
    assert (right.exit_code, right.stdout) == (0, "passes\n")
    data = bucket.get(target)
    for mutation, mutate in MUTATIONS.items():
        if mutate is None:
            bucket.remove(target)
        else:
            bucket.put(target, mutate(data))
        result = check(tmp_path, "--verify")
        assert (mutation, result.exit_code, len(rules(result))) == (mutation, 3, 1)


def test_the_finding_says_what_is_wrong_where(top: Path) -> None:
    (top / "store" / TARGETS["a file of a folder"]).write_bytes(b"a" * 2999 + b"x")
    found = hashlib.sha256(b"a" * 2999 + b"x").hexdigest()
    expected = hashlib.sha256(TREE["weights/a.bin"]).hexdigest()
    assert check(top, "--verify").stdout == (
        "registry/models/bert/versions/1.0.0/bert.dvc:2:8: error[artifact-corrupted]: "
        f"store: weights/a.bin has sha256 {found}, expected {expected}\n"
        f"  2 | - md5: {md5(LIST)}.dir\n"
        "    |        ^\n"
        "  = remove that object, and put the right bytes in its place\n"
        "\n"
        "fails (1 error)\n"
    )


@pytest.mark.parametrize(
    ("target", "mutation", "message"),
    [
        ("a file", "a byte less", f"store: model.onnx has {len(FILE) - 1} bytes, expected {len(FILE)}"),
        ("a file", "missing", "model.onnx is in no remote of this registry"),
        ("a file of a folder", "missing", "store: weights/a.bin is not there"),
        ("a folder's list", "missing", "bert is in no remote of this registry"),
        (
            "a folder's list",
            "a byte more",
            "store: bert: its list of files is not the one that the pointer means",
        ),
    ],
)
def test_each_fault_has_its_own_words(top: Path, target: str, mutation: str, message: str) -> None:
    path, mutate = top / "store" / TARGETS[target], MUTATIONS[mutation]
    if mutate is None:
        path.unlink()
    else:
        path.write_bytes(mutate(path.read_bytes()))
    assert f"]: {message}\n" in check(top, "--verify").stdout


def test_of_a_version_that_cannot_be_read_other_rules_speak(top: Path) -> None:
    (top / layout.version("churn", "1.0.0")).write_text("schema: version/v1\n", "utf-8")
    (top / "store" / TARGETS["a file"]).write_bytes(b"x" * len(FILE))
    assert set(rules(check(top, "--verify"))) == {"invalid-document"}


def test_without_verify_bytes_are_not_read(top: Path) -> None:
    (top / "store" / TARGETS["a file"]).write_bytes(b"x" * len(FILE))
    assert check(top).exit_code == 0


def test_every_remote_that_has_an_object_must_have_it_right(top: Path) -> None:
    both = {"store": {"url": "../store"}, "mirror": {"url": "../mirror"}}
    folders.write(builders.a_policy(remotes=both), top)
    shutil.copytree(top / "store", top / "mirror")
    (top / "mirror" / TARGETS["a folder's list"]).unlink()  # of what a remote has nothing of, another has it
    assert check(top, "--verify").exit_code == 0
    (top / "mirror" / TARGETS["a file"]).write_bytes(b"x" * len(FILE))
    result = check(top, "--verify")
    assert (result.exit_code, rules(result)) == (3, ["artifact-corrupted"])
    assert "]: mirror: model.onnx has sha256 " in result.stdout


def test_a_remote_that_could_not_be_asked_is_no_verdict(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ATTEMPTS", 1)
    both = {"store": {"url": "../store"}, "gone": {"url": "http://127.0.0.1:9/dvc"}}
    folders.write(builders.a_policy(remotes=both), top)
    result = check(top, "--verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: could not look: http://127.0.0.1:9/dvc/files/md5/")


def test_a_remote_inside_the_repository_is_read_from_its_tree(tmp_path: Path) -> None:
    folders.write(registry(".store"), tmp_path)
    folders.write(OBJECTS, tmp_path / "registry/.store")
    assert check(tmp_path, "--verify").exit_code == 0
    (tmp_path / "registry/.store" / TARGETS["a file of a folder"]).unlink()
    (tmp_path / "registry/.store" / TARGETS["a file"]).write_bytes(b"x" * len(FILE))
    assert rules(check(tmp_path, "--verify")) == ["artifact-corrupted", "artifact-corrupted"]


class TestAChange:
    """What a change brings or promotes is read, and nothing else."""

    @pytest.fixture(autouse=True)
    def spoilt(self, a_repo: Repository, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """All objects of main are other bytes of the same size."""
        for path in store.rglob("*"):
            if path.is_file():
                path.write_bytes(b"x" * path.stat().st_size)
        monkeypatch.chdir(a_repo.top)

    def change(self, a_repo: Repository, files: dict[str, bytes]) -> Result:
        tree = a_repo.write("main", files)
        a_repo.move("change", a_repo.record(tree, [a_repo.commit("main")], "a change"), None)
        return check(a_repo.top, "--base", "main", "--head", "change", "--verify")

    def test_of_a_promotion_the_promoted_version(self, a_repo: Repository) -> None:
        result = self.change(a_repo, builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0"))
        assert (result.exit_code, rules(result)) == (3, ["artifact-corrupted"])
        assert result.stdout.startswith(layout.version("churn", "1.1.0", "model.onnx.dvc"))

    def test_of_a_promotion_a_version_that_is_gone(self, a_repo: Repository, store: Path) -> None:
        shutil.rmtree(store / "files")
        result = self.change(a_repo, builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0"))
        assert (result.exit_code, rules(result)) == (3, ["artifact-unreachable"])

    def test_of_a_registration_the_new_version(self, a_repo: Repository, store: Path) -> None:
        data = builders.artifact("churn", "1.3.0")
        where = store / place(md5(data))
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data)
        assert self.change(a_repo, builders.a_version("churn", "1.3.0")).exit_code == 0

    def test_of_anything_else_nothing(self, a_repo: Repository) -> None:
        assert (
            self.change(a_repo, builders.an_assignment("churn", "1.2.0", "staging", previous=None)).exit_code
            != 1
        )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--offline",), "--offline asks no remote, and --verify reads them"),
        (("--base", "."), ". is no revision: between folders no remote is asked"),
        (("--subset", "3/2"), "3/2 is no part of a whole"),
    ],
)
def test_what_cannot_be_verified_is_wrong_usage(top: Path, args: tuple[str, ...], message: str) -> None:
    result = check(top, "--verify", *args)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (2, f"error: {message}")


def test_one_of_all_parts_finds_what_is_wrong(top: Path) -> None:
    for target in TARGETS.values():
        path = top / "store" / target
        data = path.read_bytes()
        path.write_bytes(flipped(5)(data))
        found = [check(top, "--verify", "--subset", f"{number}/5") for number in range(1, 6)]
        whole = check(top, "--verify")
        assert sorted({result.stdout for result in found}) == sorted({"passes\n", whole.stdout})
        path.write_bytes(data)


def test_a_part_of_nothing_is_wrong_usage(top: Path) -> None:
    result = check(top, "--subset", "1/7")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: --subset is a part of what --verify reads\n hint: add --verify, or leave it out\n",
    )
