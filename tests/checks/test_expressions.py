"""CEL is told right from wrong before it is run: by what it is made of, as the library would find when it runs it."""

from collections.abc import Mapping

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from modelry.checks import expression_faults, expression_reading, expression_syntax
from modelry.checks.expression_syntax import Node
from modelry.checks.expression_types import Type
from modelry.model import examples

POLICY = builders.registry_of(builders.a_registry()).policy.must
FACTS = {"version": examples.OF["version"], "metrics": {"auc": 0.9, "p99_ms": 12.0}}
GIVEN = {**FACTS, "champion": FACTS, "stage": "production"}


def told(expression: str) -> list[tuple[int, str]]:
    return [(wrong.start, wrong.message) for wrong in expression_faults.of(expression, POLICY)]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("metrics.auc = 0.9", (12, "`=` cannot stand here; write `==`")),
        ("metrics.auc > 0.9 and true", (18, "`and` cannot stand here; write `&&`")),
        ("(metrics.auc > 1.0", (18, "it ends too early: a ) is missing")),
        ("stage == 'a", (9, "a quotation mark is never closed")),
        ("true false", (5, "`false` cannot stand here")),
        ("true &&\n  #", (10, "`#` cannot stand here")),
    ],
)
def test_what_is_no_cel_is_told_in_plain_words(expression: str, why: tuple[int, str]) -> None:
    start, said = why
    assert told(expression) == [(start, f"the expression cannot be read: {said}")]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("version.lisence == 'MIT'", (8, "version has no lisence")),
        ("version.artifact.sise > 1", (17, "artifact has no sise")),
        ("champion.metrics.acu > 1.0", (17, "policy defines no metric acu")),
        ('metrics["acu"] > 1.0', (9, "policy defines no metric acu")),
        ("metrics.auc > 'a'", (0, "`metrics.auc > 'a'`: > is not for a number and text")),
        ("stage == 1", (0, "`stage == 1`: text is never a whole number")),
        ("metrics.auc * 2 > 1.0", (0, "`metrics.auc * 2`: * is not for a number and a whole number")),
        ("(metrics.auc)", (1, "`metrics.auc` is a number, expected true or false")),
        ("stage.name == 'a'", (0, "`stage.name`: text has no fields")),
        ("stage[0] == 'a'", (0, "`stage[0]`: text has no items")),
        ("version.tags['a'] == 'a'", (0, "`version.tags['a']`: text is no place in a list")),
        ("version.tags.exists(t, t == 1)", (23, "`t == 1`: text is never a whole number")),
        ("version.tags.map(t, size(t)).all(n, n == 'a')", (36, "`n == 'a'`: a whole number is never text")),
        ("1 in version.tags", (0, "`1 in version.tags`: a whole number is never in a list of text")),
        (
            "stage in stage",
            (0, "`stage in stage`: `in` looks into a list or a mapping, not into text"),
        ),
        ("size(1) > 0", (0, "`size(1)`: size() is not for a whole number")),
        ("size() > 0", (0, "`size()`: size() is not for nothing")),
        ("metric.auc > 0.9", (0, "there is no metric")),
        ("stage.all(c, c == 'a')", (0, "`stage.all(c, c == 'a')`: text has no items")),
        ("max(1, 2) > 0", (0, "there is no function max()")),
        ("stage.startWith('p')", (0, "there is no function startWith()")),
        ("all(x, true)", (0, "there is no function all()")),
        ("true ? metrics.auc : 1.0", (0, "`true ? metrics.auc : 1.0` is a number, expected true or false")),
        (
            "metrics.auc > champion.metrics.auc",
            (14, "cannot be judged as long as nobody holds the stage: champion is then null"),
        ),
        ("1 >", (3, "the expression cannot be read: it ends too early")),
        ("true &&\n1 >", (11, "the expression cannot be read: it ends too early")),
        ("Model{a: 1} == version", (0, "the expression cannot be read from `{a: 1} == version` on")),
        ("cel.bind(x, 1, x > 0)", (0, "there is no function bind()")),
        ("1" + " + 1" * 400 + " > 0", (0, "the expression is nested too deeply")),
    ],
)
def test_what_would_never_be_met_is_told_with_its_place(expression: str, found: tuple[int, str]) -> None:
    assert told(expression) == [found]


@pytest.mark.parametrize(
    "expression",
    [
        "champion == null || metrics.auc - champion.metrics.auc > 0.01",
        "has(metrics.auc) && metrics['auc'] > 0",
        "version.training.seed > 3 && version.artifact.size / 1000 < 200",
        "timestamp(version.created) - timestamp('2026-01-01T00:00:00Z') < duration('2400h')",
        "version.evaluations.all(e, e.metrics['auc'] > 0.5 && e.slices != null)",
        "version.training.params.max_depth < 7 || version.extra.anything",
        "version.training.params['max_depth'] in [1, 2, 3] // a comment",
        "version.tags.map(t, t.startsWith('q'), size(t)).filter(n, n > 2u).size() > 0",
        "[1.0, 2.0].exists_one(x, x == 1) ? !false : -1 < 0",
        "(version.license + r'\\' + '''a''' + \"\\\"b\").size() in [1, 24] || true",
        "{'a': [1], 'b': [],}['a'][0] == 0x1 && {}.size() == 0 && b'a' < b\"b\"",
        "dyn(stage) == 1 || type(stage) == type('a') || .5e1 > 1e0 || [1, 'a'][0] == 1",
        "version.signature.inputs[0].shape[1] == 12 && (true ? null : stage) != 'b'",
    ],
)
def test_what_can_be_judged_is_let_pass(expression: str) -> None:
    assert told(expression) == []


@pytest.mark.parametrize("text", ["a $", "a ? b", "a.1", "a b", "a ? b :", "[a b]", "{a b}", "\u00e9"])
def test_what_the_library_would_refuse_is_not_guessed_at(text: str) -> None:
    with pytest.raises(expression_syntax.UnreadError):
        expression_syntax.read(text)


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert told("version.lisence == 'MIT' && metrics.acu > 0.5") == [
        (8, "version has no lisence"),
        (36, "policy defines no metric acu"),
    ]


ATOMS = st.sampled_from(
    [
        *("metrics.auc", "champion.metrics['p99_ms']", "version.artifact.size", "stage", "version.license"),
        *("version.tags", "version.evaluations[0].metrics", "version.training.seed", "1", "2u", "0.5", "'a'"),
        *("b'a'", "true", "null", "[1, 2]", "['a']", "{'a': 1.5}", "timestamp(version.created)"),
        *("duration('1h')", "version.signature.inputs", "version.tags[0]", "-1", "0x1f", '"""b"""'),
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "in"])
    forms = st.sampled_from(
        [
            *(
                "({})",
                "!{}",
                "-{}",
                "size({})",
                "{}.size()",
                "string({})",
                "type({})",
                "[{}]",
                "{{'k': {}}}.k",
            ),
            *("[{}].map(x, x)[0]", "{}.exists(x, x == x)", "{}.filter(y, true)", "has(metrics.auc) || {}"),
        ]
    )
    return st.one_of(
        st.builds("({}) {} ({})".format, inner, signs, inner),
        st.builds("{} {} {}".format, inner, signs, inner),
        st.builds(lambda form, one: form.format(one), forms, inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
    )


class Reading(expression_reading._Reading):
    """A reading that knows whether it could tell the type of everything."""

    all_known = True

    def type(self, node: Node, scope: Mapping[str, Type]) -> Type:
        found = super().type(node, scope)
        self.all_known &= found.kind not in {"", "null_type"}
        return found


@settings(max_examples=1500, deadline=None)
@given(st.recursive(ATOMS, _larger, max_leaves=6))
def test_what_passes_never_fails_for_its_types_and_is_of_the_type_that_was_told(expression: str) -> None:
    try:
        cel.compile(expression)
    except ValueError:
        return
    reading = Reading(expression)
    kind = reading.type(expression_syntax.read(expression), expression_faults.scope(POLICY)).kind
    if reading.wrong:
        return
    try:
        found = cel.evaluate(f"type({expression})", GIVEN)
    except (ArithmeticError, LookupError):
        return  # of what is there, and not of its type
    except (TypeError, RuntimeError):
        assert not reading.all_known, expression
        return
    assert kind in {"", found} or not reading.all_known, expression
