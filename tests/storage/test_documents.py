"""Documents out of files: sound ones become values, and every fault has its place and its words."""

from typing import Any

import pytest
from pydantic import BaseModel

import builders
from modelry.errors import Exit, RegistryError
from modelry.model import documents as kinds
from modelry.model import examples, layout, schema
from modelry.model.files import Entry, Files, Tree
from modelry.model.places import Fault, Position
from modelry.model.pointer import Pointer
from modelry.storage import documents, yaml

START = Position(1, 1)
YANK = 'schema: yank/v1\nreason: trained on rows of the test set\nseverity: high\nreplacement: "1.2.1"\n'


def faults(text: str, kind: type[BaseModel] = kinds.Yank) -> tuple[Fault, ...]:
    value, found = documents.parse(text.encode(), kind)
    assert value is None
    return found


def a_tree(files: Files, mode: str = "100644") -> Tree:
    return Tree({path: Entry(mode, "") for path in sorted(files)}, lambda path: files[path])


def test_a_sound_document_becomes_a_value() -> None:
    assert documents.parse(YANK.encode(), kinds.Yank) == (
        kinds.Yank(
            schema="yank/v1", reason="trained on rows of the test set", severity="high", replacement="1.2.1"
        ),
        (),
    )


@pytest.mark.parametrize("kind", schema.KINDS)
def test_the_example_of_every_kind_is_sound(kind: str) -> None:
    value, found = documents.parse(builders.text(kind, examples.OF[kind]), schema.KINDS[kind])

    assert found == ()
    assert value is not None
    assert value.model_dump(mode="json", by_alias=True, exclude_unset=True).keys() == examples.OF[kind].keys()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "reason: trained on rows of the test set\n",
            "",
            Fault("`reason` is missing", START, "reason: Why it was withdrawn; consumers are shown this."),
            id="a field is missing",
        ),
        pytest.param(
            "severity",
            "severty",
            Fault("`severty` is not a field here", Position(3, 1), "did you mean severity?"),
            id="misspelt",
        ),
        pytest.param(
            "reason:",
            "raeson:",
            Fault("`raeson` is not a field here", Position(2, 1), "did you mean reason?"),
            id="misspelt, and so missing",
        ),
        pytest.param(
            "severity",
            "zzz",
            Fault("`zzz` is not a field here", Position(3, 1), "remove it"),
            id="no field at all",
        ),
        pytest.param(
            "yank/v1",
            "yank/v9",
            Fault("`schema` is 'yank/v9', expected yank/v1", Position(1, 9), "write schema: yank/v1"),
            id="another edition",
        ),
        pytest.param(
            "yank/v1",
            "[yank/v1]",
            Fault("`schema` is ['yank/v1'], expected yank/v1", Position(1, 9), "write schema: yank/v1"),
            id="a list for the edition",
        ),
        pytest.param(
            "high",
            "hihg",
            Fault(
                "`severity` is 'hihg', expected 'low', 'moderate', 'high' or 'critical'",
                Position(3, 11),
                "severity: How bad it is to keep using it.",
            ),
            id="no word of the list",
        ),
        pytest.param(
            '"1.2.1"',
            "1.2",
            Fault("`replacement` is the number 1.2, expected text", Position(4, 14), 'write "1.2" in quotes'),
            id="a number for a version",
        ),
        pytest.param(
            '"1.2.1"',
            "v1.2.1",
            Fault(
                "`replacement` is 'v1.2.1', expected a version by SemVer 2, such as 1.2.0", Position(4, 14)
            ),
            id="no version",
        ),
        pytest.param(
            "high",
            "true",
            Fault(
                "`severity` is true, expected 'low', 'moderate', 'high' or 'critical'",
                Position(3, 11),
                "severity: How bad it is to keep using it.",
            ),
            id="a truth for a word",
        ),
        pytest.param(
            "trained on rows of the test set",
            "true",
            Fault(
                "`reason` is true, expected text",
                Position(2, 9),
                "reason: Why it was withdrawn; consumers are shown this.",
            ),
            id="a truth for text",
        ),
        pytest.param(
            "trained on rows of the test set",
            "null",
            Fault(
                "`reason` is null, expected text",
                Position(2, 9),
                "reason: Why it was withdrawn; consumers are shown this.",
            ),
            id="nothing for text",
        ),
        pytest.param(
            "trained on rows of the test set",
            "x" * 201,
            Fault(
                "`reason` is 201 characters long, expected at most 200",
                Position(2, 9),
                "reason: Why it was withdrawn; consumers are shown this.",
            ),
            id="too long",
        ),
        pytest.param(
            "trained on rows of the test set",
            '" "',
            Fault("`reason` is ' ', expected one line of text without blanks around it", Position(2, 9)),
            id="blank",
        ),
        pytest.param(
            "replacement: ",
            "advisory: javascript:alert(1)\nreplacement: ",
            Fault(
                "`advisory` is 'javascript:alert(1)', expected an address that begins with https:// or http://",
                Position(4, 11),
            ),
            id="no address",
        ),
    ],
)
def test_a_fault_says_what_stands_there_and_what_to_write(old: str, new: str, expected: Fault) -> None:
    assert old in YANK
    assert faults(YANK.replace(old, new, 1)) == (expected,)


@pytest.mark.parametrize(
    ("kind", "overrides", "expected"),
    [
        ("evaluation", {"metrics": {"auc": "0.93"}}, ["`metrics.auc` is '0.93', expected a number = write 0.93 without quotes"]),
        ("evaluation", {"metrics": {"auc": "high"}}, ["`metrics.auc` is 'high', expected a number = "]),
        ("evaluation", {"metrics": {"auc": True}}, ["`metrics.auc` is true, expected a number = "]),
        ("evaluation", {"metrics": {"auc": 1e300}}, ["`metrics.auc` is 1e+300, expected less than 1e+300 = "]),
        ("evaluation", {"metrics": {"AUC": 1}}, ["`metrics.AUC` is 'AUC', expected a metric's name: lower-case letters, digits and underscores = "]),
        ("evaluation", {"metrics": {"bool": "x", "str]": 1}}, ["`metrics.bool` is 'x', expected a number = ", "`metrics.str]` is 'str]', expected a metric's name: lower-case letters, digits and underscores = "]),
        ("evaluation", {"metrics": {}}, ["`metrics` is {}, expected at least one item = metrics: Results by metric name; finite numbers."]),
        ("evaluation", {"metrics": [1]}, ["`metrics` is [1], expected a mapping = metrics: Results by metric name; finite numbers."]),
        ("evaluation", {"dataset": "panel"}, ["`dataset` is 'panel', expected a mapping = dataset: What was measured on."]),
        ("evaluation", {"authors": "@bob"}, ["`authors` is '@bob', expected a list = authors: Who measured."]),
        ("evaluation", {"authors": []}, ["`authors` is [], expected at least one item = authors: Who measured."]),
        ("evaluation", {"authors": [""]}, ["`authors.0` is '', expected an account such as @alice, a team such as @acme/risk, an address or a name = "]),
        ("evaluation", {"created": "2026-02-30T00:00:00Z"}, ["`created` is not a time with its zone, such as 2026-03-01T12:00:00Z = "]),
        ("evaluation", {"created": 20260230}, ["`created` is not a time with its zone, such as 2026-03-01T12:00:00Z = "]),
        ("evaluation", {"dataset": {"name": "p", "version": "1", "nmae": "x"}}, ["`dataset.nmae` is not a field here = did you mean name?"]),
        ("waiver", {"expires": "2026-02-29"}, ["`expires` is not a date, such as 2026-03-01 = "]),
        ("waiver", {"stage": "latest"}, ["`stage` is not a stage's name: lower-case letters, digits and hyphens, a letter first, and neither latest nor v<digits> = "]),
        ("registry", {"stages": [{"name": "a", "gates": [{"metric": "auc"}]}]}, ["`stages.0.gates.0` is no gate: one of {metric, at_least | at_most | no_worse_than}, {require, message}, {evaluation}, {signed: true}, {scan: clean}, {fields} = "]),
        ("registry", {"stages": [{"name": "a", "gates": [{"metric": "auc", "at_least": 0.8, "at_most": 1}]}]}, ["`stages.0.gates.0.at_most` is not a field here = remove it"]),
        ("registry", {"stages": [{"name": "a", "gates": [{"metric": "auc", "at_least": "0.8"}]}]}, ["`stages.0.gates.0.at_least` is '0.8', expected a number = write 0.8 without quotes"]),
        ("registry", {"stages": [{"name": "a", "gates": [{"fields": []}]}]}, ["`stages.0.gates.0.fields` is [], expected at least one item = "]),
        ("registry", {"stages": [{"name": "a", "approvals": {"count": 0}}]}, ["`stages.0.approvals.count` is 0, expected at least 1 = count: How many people."]),
        ("registry", {"stages": [{"name": "a", "approvals": {"count": "two", "autor_may_approve": True}}]}, ["`stages.0.approvals.count` is 'two', expected a whole number = count: How many people.", "`stages.0.approvals.autor_may_approve` is not a field here = did you mean author_may_approve?"]),
        ("registry", {"stages": [{"name": "a", "approvals": {"author_may_approve": "yes"}}]}, ["`stages.0.approvals.author_may_approve` is 'yes', expected true or false = author_may_approve: Whether the proposal's author counts."]),
        ("registry", {"stages": [{"nmae": "a"}]}, ["`stages.0.nmae` is not a field here = did you mean name?"]),
        ("registry", {"stages": [1]}, ["`stages.0` is 1, expected a mapping = "]),
        ("registry", {"remotes": {"store": {"url": "s3://x", "pubic": "y"}}}, ["`remotes.store.pubic` is not a field here = remove it"]),
        ("registry", {"formats": {"v1": ["onnx"]}}, ["`formats.v1` is not a stage's name: lower-case letters, digits and hyphens, a letter first, and neither latest nor v<digits> = "]),
    ],
)  # fmt: skip
def test_faults_are_told_in_words(kind: str, overrides: dict[str, Any], expected: list[str]) -> None:
    found = faults(builders.text(kind, builders.a_document(kind, **overrides)).decode(), schema.KINDS[kind])

    assert [f"{fault.message} = {fault.hint}" for fault in found] == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"x": "a" * 10_001}, ["42:8 `training.params.x` is 10001 characters long, expected at most 10000"]),
        ({"": 1}, ["42:5 `training.params.` is '', expected text"]),
        ({"x": {"": 1}}, ["43:7 `training.params.x.` is '', expected text"]),
        ({"x": [1, "a" * 10_001]}, ["44:9 `training.params.x.1` is 10001 characters long, expected at most 10000"]),
        ({"x": [{"y": 1e301}]}, ["43:14 `training.params.x.0.y` is 1e+301, expected less than 1e+300"]),
        ({"bool": "a" * 10_001}, ["42:11 `training.params.bool` is 10001 characters long, expected at most 10000"]),
        (
            {"x": {"bool": "a" * 10_001, "": 1}},
            [
                "43:13 `training.params.x.bool` is 10001 characters long, expected at most 10000",
                "44:7 `training.params.x.` is '', expected text",
            ],
        ),
        ({"x\n" * 100: "a" * 10_001}, [f"42:309 `training.params.{'x�' * 92}` is 10001 characters long, expected at most 10000"]),
    ],
)  # fmt: skip
def test_a_fault_in_free_values_is_told_once_and_where_it_is(
    params: dict[str, Any], expected: list[str]
) -> None:
    training = examples.OF["version"]["training"] | {"params": params}
    text = builders.text("version", builders.a_document("version", training=training)).decode()
    found = faults(text, kinds.VersionRecord)

    assert [f"{fault.position.line}:{fault.position.column} {fault.message}" for fault in found] == expected


def test_all_faults_are_told_in_the_order_of_the_text() -> None:
    assert faults("schema: yank/v1\nseverity: bad\nreason: 7\n") == (
        Fault(
            "`severity` is 'bad', expected 'low', 'moderate', 'high' or 'critical'",
            Position(2, 11),
            "severity: How bad it is to keep using it.",
        ),
        Fault("`reason` is the number 7, expected text", Position(3, 9), 'write "7" in quotes'),
    )


def test_a_list_with_a_wrong_item_is_not_told_to_be_short_besides() -> None:
    pointer = "outs:\n- md5: abc\n  size: 1\n  hash: md5\n  path: model.onnx\n"

    assert faults(pointer, Pointer) == (
        Fault(
            "`outs.0.md5` is 'abc', expected an MD5: 32 lower-case hexadecimal digits, and .dir for a folder",
            Position(2, 8),
        ),
    )


def test_a_pointer_has_one_out() -> None:
    out = "- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 1\n  hash: md5\n  path: a\n"

    assert [fault.message for fault in faults(f"outs:\n{out}{out}", Pointer)] == [
        "`outs` is [{'md5': 'd41d8cd98f00b204e9800998ecf8427e', 'size': 1, 'has…, expected at most 1 item"
    ]


def test_no_yaml_at_all_is_told_by_the_reader_of_yaml() -> None:
    assert faults("schema: yank/v1\nreason: [\n") == yaml.parse(b"schema: yank/v1\nreason: [\n").faults
    assert len(faults("schema: yank/v1\nreason: [\n")) == 1


def test_a_missing_file_is_a_document_with_a_fault() -> None:
    document = documents.load(a_tree({}), layout.model("churn"), kinds.ModelInfo)

    assert (document.path, document.value, document.faults) == (
        "registry/models/churn/model.yaml",
        None,
        (Fault("model.yaml is missing", START, "add it"),),
    )
    assert document.locate(["title"]) == START
    with pytest.raises(
        RegistryError, match=r"^registry/models/churn/model\.yaml cannot be read: model\.yaml is missing$"
    ) as error:
        document.must  # noqa: B018 - asking is the test
    assert error.value.code is Exit.FAILED


@pytest.mark.parametrize("mode", ["120000", "160000", "100755"])
def test_what_is_no_regular_file_is_not_read(mode: str) -> None:
    def never(path: str) -> bytes:
        raise AssertionError(path)

    tree = Tree({layout.POLICY: Entry(mode, "")}, never)
    document = documents.load(tree, layout.POLICY, schema.KINDS["registry"])

    assert document.faults == (Fault("is not a regular file", START, "replace it by a plain file"),)
    assert documents.text(tree, layout.POLICY) is None


def test_text_is_given_only_where_it_is_utf_8() -> None:
    tree = a_tree({"a": "é\n".encode(), "b": "é\n".encode("latin-1")})

    assert (documents.text(tree, "a"), documents.text(tree, "b"), documents.text(tree, "c")) == (
        "é\n",
        None,
        None,
    )


def test_a_document_that_is_not_utf_8_has_a_fault() -> None:
    value, found = documents.parse(YANK.replace("rows", "r\xf6ws").encode("latin-1"), kinds.Yank)

    assert value is None
    assert len(found) == 1


def test_a_sound_document_tells_where_its_fields_stand() -> None:
    path = layout.version("churn", "1.0.0", "yanked.yaml")
    document = documents.load(a_tree({path: YANK.encode()}), path, kinds.Yank)

    assert document.faults == ()
    assert document.must.severity == "high"
    assert document.locate(["severity"]) == Position(3, 11)


def test_documents_are_written_with_the_line_that_editors_read() -> None:
    made = documents.files(
        {
            layout.POLICY: {"schema": "registry/v1"},
            layout.version("churn", "1.0.0", "yanked.yaml"): {"schema": "yank/v1"},
        }
    )

    assert made == {
        "registry/registry.yaml": b"# yaml-language-server: $schema=https://modelry.github.io/modelry/schemas/registry/v1.json\nschema: registry/v1\n",
        "registry/models/churn/versions/1.0.0/yanked.yaml": b"# yaml-language-server: $schema=https://modelry.github.io/modelry/schemas/yank/v1.json\nschema: yank/v1\n",
    }


def test_a_registry_reads_a_document_when_it_is_asked_for() -> None:
    read = []
    files = builders.a_registry()

    def reading(path: str) -> bytes:
        read.append(path)
        return files[path]

    registry = documents.registry(Tree({path: Entry("100644", "") for path in sorted(files)}, reading))

    assert list(registry.models["churn"].versions) == ["1.0.0", "1.1.0"]
    assert read == []
    assert registry.policy.must.id == "acme-models"
    assert read == ["registry/registry.yaml"]
