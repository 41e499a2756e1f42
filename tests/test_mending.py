"""What a machine mends in a registry's documents, what it leaves, and that it never changes what a sound one says."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from modelry import judging, mending
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import examples, layout, schema
from modelry.model.files import Files
from modelry.storage import documents, folders, yaml

POLICY = layout.POLICY
MODEL = layout.model("churn")
RECORD = layout.version("churn", "1.0.0")
POINTER = layout.version("churn", "1.0.0", "model.onnx.dvc")
YANKED = layout.version("churn", "1.0.0", "yanked.yaml")
EVIDENCE = layout.evaluation("churn", "1.0.0", "fairness")
STAGE = layout.stage("churn", "staging")
WAIVER = "registry/models/churn/waivers/late.yaml"
PATHS = {
    "registry": POLICY,
    "model": MODEL,
    "version": RECORD,
    "yank": YANKED,
    "evaluation": EVIDENCE,
    "assignment": STAGE,
    "waiver": WAIVER,
}
HEAD = schema.header("assignment")


def mended(files: Files) -> Files:
    registry = builders.registry_of(files)
    return mending.files(registry, registry.tree.entries)


def text_of(path: str, data: bytes) -> str:
    """Give one document mended, and see that mending it again changes nothing."""
    once = mended({path: data})
    assert mended({path: data, **once}) == {}
    return {path: data, **once}[path].decode()


def assignment(**lines: str) -> str:
    told = {
        "schema": "assignment/v1",
        "version": "1.0.0",
        "sha256": "a" * 64,
        "previous": "null",
        "reason": "better",
    } | lines
    return HEAD + "".join(f"{name}: {value}\n" for name, value in told.items())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("reason: 1.10", 'reason: "1.10"'),
        ("reason: 1.10  # why", 'reason: "1.10"  # why'),
        ("reason: 7", 'reason: "7"'),
        ("reason: 0x1F", 'reason: "0x1F"'),
        ("reason: 010", 'reason: "010"'),
        ("reason: Yes", 'reason: "Yes"'),
        ("reason: off", 'reason: "off"'),
        ("reason: 12:30", 'reason: "12:30"'),
        ("reason: .inf", 'reason: ".inf"'),
        ("reason: <<", 'reason: "<<"'),
        (f"reason: {'9' * 50}", f'reason: "{"9" * 50}"'),
        ("reason: true", "reason: true"),
        ("reason: null", "reason: null"),
        ("previous: NULL", "previous: null"),
        ("previous: ~", "previous: null"),
        ("previous: 1.10", 'previous: "1.10"'),
        ("evidence: 5", "evidence: 5"),
    ],
)
def test_where_text_is_expected_it_is_quoted(line: str, expected: str) -> None:
    name = line.partition(":")[0]
    given = assignment(**{name: line.partition(": ")[2]})
    assert text_of(STAGE, given.encode()) == given.replace(f"\n{line}\n", f"\n{expected}\n")


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("personal_data", "Yes", "true"),
        ("personal_data", "OFF", "false"),
        ("personal_data", "TRUE", "true"),
        ("rows", "1_000", "1000"),
        ("rows", "+7", "7"),
        ("rows", "NULL", "null"),
        ("energy_kwh", "0.10", "0.1"),
        ("energy_kwh", ".5", "0.5"),
        ("energy_kwh", "0.12345678901234567891", "0.12345678901234567891"),
        ("energy_kwh", ".nan", ".nan"),
        ("params.anything", "True", "true"),
        ("params.anything", "yes", "yes"),
        ("params.anything", "1.10", "1.10"),
        ("params.anything", "1e5", "1e5"),
    ],
)
def test_a_spelling_becomes_the_plain_one_where_one_reading_is_left(
    field: str, written: str, expected: str
) -> None:
    document = builders.a_document("version")
    inner: Any = document["training"]
    if field in {"personal_data", "rows"}:
        inner = inner["data"][0]
    if field == "params.anything":
        inner, field = inner["params"], "anything"
    inner[field] = 77777
    given = builders.text("version", document).decode().replace("77777", written)
    assert text_of(RECORD, given.encode()) == given.replace(f"{field}: {written}", f"{field}: {expected}")


@pytest.mark.parametrize(
    "given",
    [
        assignment(reason="!!str 1.10"),
        assignment(reason="1.10\nreason: 1.10"),
        assignment(reason="a\tb 1.10"),
        assignment(**{"1.10": "x"}),
        assignment(reason="[1.10"),
        f"{HEAD}- 1.10\n",
        HEAD,
        "",
        "# only this\n\n",
        assignment(evidence=f"[{', '.join(map(str, range(300)))}]", reason="7"),
    ],
)
def test_what_else_is_wrong_is_left_to_people(given: str) -> None:
    assert text_of(STAGE, given.encode()) == given


def test_line_ends_of_windows_and_a_byte_order_mark_go() -> None:
    given = assignment()
    assert text_of(STAGE, b"\xef\xbb\xbf" + given.replace("\n", "\r\n").encode()) == given
    pointer = builders.a_version()[POINTER]
    assert text_of(POINTER, pointer.replace(b"\n", b"\r\n")).encode() == pointer
    assert mended({layout.version("churn", "1.0.0", "card.md"): b"# Card\r\n"}) == {}
    assert mended({"registry/models/churn/training/a.yaml": b"a: 1\r\n"}) == {}


def test_what_is_no_text_or_no_plain_file_is_left() -> None:
    registry = builders.registry_of({STAGE: assignment().removeprefix(HEAD).encode()})
    linked = {path: entry._replace(mode="120000") for path, entry in registry.tree.entries.items()}
    tree = type(registry.tree)(linked, registry.tree.read)
    assert mending.files(documents.registry(tree), tree.entries) == {}
    assert mended({STAGE: b"\xff\r\n"}) == {}
    assert mending.files(registry, ["registry/models/churn/stages/gone.yaml"]) == {}


def test_the_line_that_editors_need_is_added_once() -> None:
    for kind, path in PATHS.items():
        given = builders.text(kind, builders.a_document(kind)).decode()
        assert text_of(path, given.removeprefix(schema.header(kind)).encode()) == given
    other = "# ours\n# yaml-language-server: $schema=../local.json\n" + assignment().removeprefix(HEAD)
    assert text_of(STAGE, other.encode()) == other
    marked = "---\n" + assignment().removeprefix(HEAD)
    assert text_of(STAGE, marked.encode()) == HEAD + marked


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("reason: b\nowners:\n  - x # y\nschema: s\n", None),
        (
            "{head}reason: better # so\n# of what\nversion: 1.0.0\nschema: assignment/v1\nprevious: null\nsha256: {sha}\n",
            "{head}schema: assignment/v1\n# of what\nversion: 1.0.0\nsha256: {sha}\nprevious: null\nreason: better # so\n",
        ),
        (
            "{head}version: 1.0.0\nsha256: {sha}\nprevious: null\nreason: |-\n  # no comment\nschema: assignment/v1",
            "{head}schema: assignment/v1\nversion: 1.0.0\nsha256: {sha}\nprevious: null\nreason: |-\n  # no comment\n",
        ),
        (
            "{head}evidence:\n- https://a.example/1\n  # the second\n- https://a.example/2\nschema: assignment/v1\nversion: 1.0.0\nsha256: {sha}\nprevious: null\nreason: better\n",
            "{head}schema: assignment/v1\nversion: 1.0.0\nsha256: {sha}\nprevious: null\nreason: better\nevidence:\n- https://a.example/1\n  # the second\n- https://a.example/2\n",
        ),
        # whose is the comment, or the blank line?
        (
            "{head}# all of it\nversion: 1.0.0\nschema: assignment/v1\nsha256: {sha}\nprevious: null\nreason: better\n",
            None,
        ),
        (
            "{head}version: 1.0.0\n\nschema: assignment/v1\nsha256: {sha}\nprevious: null\nreason: better\n",
            None,
        ),
        (
            "{head}version: 1.0.0\nschema: assignment/v1\nsha256: {sha}\nreason: better\nprevious:\n",
            None,
        ),
        (
            '{head}{{"version": 1.0.0, schema: assignment/v1, sha256: {sha}, previous: null, reason: b}}\n',
            None,
        ),
        ("{head}--- \nversion: 1.0.0\nschema: assignment/v1\nsha256: {sha}\nreason: b\nprevious: null\n", ""),
    ],
)
def test_keys_stand_in_the_order_of_the_fields_with_their_comments(given: str, expected: str | None) -> None:
    filled = given.format(head=HEAD, sha="a" * 64)
    if not filled.startswith(HEAD):
        filled = HEAD + filled
    told = text_of(STAGE, filled.encode())
    if expected == "":
        assert told.startswith(f"{HEAD}--- \nschema: assignment/v1\nversion: 1.0.0\n")
    else:
        assert told == (filled if expected is None else expected.format(head=HEAD, sha="a" * 64))


def test_an_evaluation_keeps_the_order_in_which_it_was_told() -> None:
    document = builders.a_document("evaluation")
    given = builders.text("evaluation", dict(reversed(document.items())))
    assert mended({EVIDENCE: given}) == {}


def test_an_assignment_gets_the_digest_of_the_record() -> None:
    good = builders.an_assignment("churn", "1.0.0")
    sha256 = documents.parse(good[STAGE], schema.KINDS["assignment"])[0].sha256  # type: ignore[union-attr]
    wrong = good[STAGE].replace(sha256.encode(), b"b" * 64 + b" # copied")
    files = {**builders.a_model(), STAGE: wrong}
    assert mended(files) == {STAGE: wrong.replace(b"b" * 64, sha256.encode())}
    # also of a record that is itself only now readable
    assert mended({**files, RECORD: files[RECORD].replace(b"\n", b"\r\n")}) == {
        STAGE: wrong.replace(b"b" * 64, sha256.encode()),
        RECORD: files[RECORD],
    }


@pytest.mark.parametrize(
    "files",
    [
        {},
        {RECORD: b"schema: version/v1\n"},
        {RECORD: builders.a_version("churn", "1.1.0")[layout.version("churn", "1.1.0")]},
    ],
    ids=["no version", "no sound record", "the record of another version"],
)
def test_without_a_sound_record_the_digest_stays(files: Files) -> None:
    wrong = assignment(sha256="b" * 64).encode()
    assert STAGE not in mended({STAGE: wrong, **files})


def test_where_the_digest_cannot_be_written_alone_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise RegistryError("cannot be changed without changing more")

    monkeypatch.setattr(yaml, "edit", refuse)
    assert mended({**builders.a_model(), STAGE: assignment(sha256="b" * 64).encode()}) == {}


def test_a_digest_in_brackets_is_mended_too() -> None:
    model = builders.a_model()
    sha256 = documents.parse(model[RECORD], schema.KINDS["version"])[0].artifact.sha256  # type: ignore[union-attr]
    flow = f"{HEAD}{{schema: assignment/v1, version: 1.0.0, sha256: {'b' * 64}, previous: null, reason: b}}\n"
    assert mended({**model, STAGE: flow.encode()}) == {STAGE: flow.replace("b" * 64, sha256).encode()}


def test_what_modelry_writes_needs_no_mend() -> None:
    assert mended(builders.a_registry(models=2, versions=2)) == {}


def test_our_own_registry_needs_no_mend() -> None:
    registry = documents.registry(folders.tree(Path(__file__).parents[1]))
    assert mending.files(registry, registry.tree.entries) == {}


@st.composite
def untidy(draw: st.DrawFn) -> tuple[str, dict[str, Any], bytes]:
    """Give a sound document, written as people might: another order, comments, other line ends."""
    kind = draw(st.sampled_from(list(PATHS)))
    document = examples.OF[kind]
    keys = draw(st.permutations(list(document)))
    lines = [schema.header(kind).rstrip()] if draw(st.booleans()) else []
    for key in keys:
        if draw(st.integers(0, 4)) == 0:
            lines.append(draw(st.sampled_from(["# why", "", "  # deeper", "#", "# yaml: no"])))
        lines += yaml.dump({key: document[key]}).rstrip("\n").split("\n")
        if draw(st.integers(0, 6)) == 0:
            lines[-1] += "  # so" if "|" not in lines[-1] else ""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return kind, document, mark + end.join([*lines, ""]).encode()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(untidy())
def test_mending_never_changes_what_a_document_says_nor_loses_a_comment(
    given: tuple[str, dict[str, Any], bytes],
) -> None:
    kind, document, data = given
    told = text_of(PATHS[kind], data)
    assert yaml.parse(told.encode()).value == yaml.parse(yaml.dump(document).encode()).value
    before = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    assert sorted(told.replace(schema.header(kind), "").split("\n")) == sorted(
        line for line in before if not line.startswith("# yaml-language-server")
    )


BROKEN = st.sampled_from(
    [
        *[
            "1.10",
            "Yes",
            "NULL",
            "~",
            "true",
            "007",
            "0x1f",
            "1_000",
            ".5",
            "[1.10]",
            "&a",
            "!!str",
            "|-",
            "#",
            "'",
        ],
        "{a: on}",
        '"x',
        "- on",
        "\t",
        "",
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(list(PATHS)), st.lists(st.tuples(st.integers(0, 200), BROKEN), min_size=1, max_size=4))
def test_mending_twice_is_mending_once_whatever_is_wrong(kind: str, breaks: list[tuple[int, str]]) -> None:
    lines = builders.text(kind, builders.a_document(kind)).decode().split("\n")
    for at, wrong in breaks:
        line = lines[at % len(lines)]
        lines[at % len(lines)] = f"{line.partition(': ')[0]}: {wrong}" if ": " in line else f"{line}{wrong}"
    text_of(PATHS[kind], "\n".join(lines).encode())


# What may be written: nothing that merged, nothing that lies otherwise.


def bare(path: Path) -> bytes:
    """Take the first line from a document on the disk, and give it whole."""
    whole = path.read_bytes()
    path.write_bytes(whole.partition(b"\n")[2])
    return whole


def test_in_a_plain_folder_everything_is_mended(tmp_path: Path) -> None:
    folders.write(builders.a_registry(), tmp_path)
    whole = {path: bare(tmp_path / path) for path in (RECORD, MODEL)}
    mends = mending.of(judging.folder(tmp_path, offline=True), tmp_path)
    assert mends == mending.Mends(dict(sorted(whole.items())), ())
    (tmp_path / MODEL).chmod(0o600)
    mending.write(mends.files, tmp_path)
    assert {path: (tmp_path / path).read_bytes() for path in whole} == whole
    assert (tmp_path / MODEL).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / MODEL).parent.iterdir()) == [
        "model.yaml",
        "stages",
        "versions",
    ]


def test_with_git_a_version_that_it_has_is_left(a_repo: Repository) -> None:
    top = a_repo.top
    whole = {path: bare(top / path) for path in (RECORD, MODEL)}
    new = builders.a_version("churn", "1.3.0")
    folders.write(new, top)
    record = layout.version("churn", "1.3.0")
    bare(top / record)
    mends = mending.of(judging.folder(top, offline=True), top)
    assert mends == mending.Mends({MODEL: whole[MODEL], record: new[record]}, (RECORD,))
    chosen = mending.of(judging.folder(top, offline=True), top, {record})
    assert chosen == mending.Mends({record: new[record]}, ())


def test_a_registry_below_the_top_of_its_repository_is_known_to_git(tmp_path: Path) -> None:
    folders.write(builders.a_registry(), tmp_path / "ml")
    repository = Repository(tmp_path)
    repository.run("init", "--quiet")
    assert mending.merged(tmp_path / "ml") == frozenset()
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "Begin")
    assert RECORD in mending.merged(tmp_path / "ml")
    assert mending.merged(tmp_path) == {f"ml/{path}" for path in builders.a_registry()}


def test_where_git_cannot_be_asked_nothing_is_written(tmp_path: Path) -> None:
    folders.write(builders.a_registry(), tmp_path)
    (tmp_path / ".git").write_text("gitdir: nowhere\n", "utf-8")
    with pytest.raises(RegistryError, match="git cannot read the repository"):
        mending.of(judging.folder(tmp_path, offline=True), tmp_path)


def test_of_a_change_only_what_it_adds_or_may_edit_is_mended(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    folders.write(builders.a_registry(), before)
    folders.write({**builders.a_registry(), **builders.a_version("churn", "1.3.0")}, after)
    bare(before / MODEL)
    (after / MODEL).write_bytes((before / MODEL).read_bytes())
    record = layout.version("churn", "1.3.0")
    whole = {path: bare(after / path) for path in (RECORD, record, STAGE)}
    mends = mending.of(judging.folders_change(before, after), after)
    assert mends == mending.Mends({record: whole[record], STAGE: whole[STAGE]}, (RECORD,))


def test_what_lies_otherwise_than_it_was_judged_or_behind_a_link_is_left(tmp_path: Path) -> None:
    top = tmp_path / "here"
    folders.write(builders.a_registry(), top)
    for path in (MODEL, STAGE):
        bare(top / path)
    context = judging.folder(top, offline=True)
    data = {path: context.after.tree.read(path) for path in context.after.tree.entries}
    object.__setattr__(context.after.tree, "read", data.__getitem__)
    (top / MODEL).write_bytes(b"# mine\n")
    (top / "registry/models/churn/stages").rename(tmp_path / "elsewhere")
    (top / "registry/models/churn/stages").symlink_to(tmp_path / "elsewhere")
    mends = mending.of(context, top)
    assert mends == mending.Mends({}, (MODEL, STAGE))
    assert mending.told(mends, written=True) == (
        f"left as it is: {MODEL} is merged, or lies otherwise on the disk\n"
        f"left as it is: {STAGE} is merged, or lies otherwise on the disk\n"
    )


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text("old", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        mending.write({"a.yaml": b"new"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
    assert (tmp_path / "a.yaml").read_text("utf-8") == "old"


def test_a_diff_is_one_that_git_applies(a_repo: Repository) -> None:
    path = a_repo.top / MODEL
    whole = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + whole.partition(b"\n")[2].rstrip(b"\n").replace(b"\n", b"\r\n"))
    context = judging.folder(a_repo.top, offline=True)
    mends = mending.of(context, a_repo.top)
    shown = mending.diff(context.after.tree, mends.files)
    assert shown.startswith(f"--- a/{MODEL}\n+++ b/{MODEL}\n@@ -1,")
    assert shown.endswith("\n\\ No newline at end of file\n")
    a_repo.run("apply", "-", given=shown.encode())
    assert path.read_bytes() == mends.files[MODEL]
    assert path.read_bytes() + b"\n" == whole
