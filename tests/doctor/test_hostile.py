"""Whatever a forge answers and whatever lies in a repository is data: it is judged, and never crashes the doctor."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctor import shown
from modelry import doctor, examining, treating
from modelry.doctor import Setup, calls, mends
from modelry.doctor.settings import ENDPOINTS
from modelry.model.files import FOLDER, REGULAR, Entry, Files, Paths, Tree
from modelry.reports import treatment
from modelry.reports.formats import FORMATS
from modelry.storage import sheets

DUMP = json.loads((shown.SOUND / shown.SETTINGS).read_text("utf-8"))
SOUND = {path: data for path, data in shown.files(shown.SOUND).items() if path != shown.SETTINGS}
RULES = [rule for rule in doctor.ALL if rule.id != "audit-finding"]

law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@st.composite
def dumps(draw: st.DrawFn) -> dict[str, Any]:
    """Give a dump in which some value, deep or not, is anything; or with answers that are anything."""
    dump = json.loads(json.dumps(DUMP))
    for _ in range(draw(st.integers(1, 4))):
        inner: Any = dump["answers"]
        key: Any = draw(st.sampled_from(sorted({*ENDPOINTS, "rulesets/1", "rulesets/2"})))
        while isinstance(inner.get(key) if isinstance(inner, dict) else inner[key], dict | list):
            deeper = inner[key]
            if not deeper or draw(st.booleans()):
                break
            inner = deeper
            keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
            key = draw(st.sampled_from(keys))
        inner[key] = draw(anything)
    return dump  # type: ignore[no-any-return]


def a_tree(files: Files) -> Tree:
    def folder(path: str) -> dict[str, Entry]:
        prefix = f"{path}/" if path else ""
        found = {name.removeprefix(prefix).partition("/") for name in files if name.startswith(prefix)}
        return {name: Entry(FOLDER if slash else REGULAR, "") for name, slash, _ in found}

    entries = Paths(folder, lambda: {path: Entry(REGULAR, "") for path in files})
    return Tree(entries, lambda path: files[path])


def examined(files: Files, dump: Any) -> doctor.Diagnosis:
    """Do all that the command does, but for asking others."""
    tree = a_tree(files)
    sheet = sheets.settings("settings.json", json.dumps(dump).encode()) if dump is not None else None
    setup: Setup = examining.setup(tree, sheet)
    found = doctor.run(RULES, setup)
    for tell in FORMATS.values():
        assert tell(found.report, examining.excerpt(tree, sheet)) is not None
    named = frozenset(rule.id for rule in RULES)
    script = treatment.script(calls.calls(setup, named), setup.repository)
    treated = treating.of(tree, mends.mends(setup, named))
    assert treatment.told(treated.files, treated.left, written=False) is not None
    assert script.isascii()
    return found


@law
@given(dump=dumps())
def test_no_answer_of_a_forge_crashes_the_doctor(dump: dict[str, Any]) -> None:
    examined(SOUND, dump)


@law
@given(answers=st.dictionaries(st.sampled_from(sorted({*ENDPOINTS, "rulesets/1"})), anything))
def test_answers_of_another_shape_are_never_sound(answers: dict[str, Any]) -> None:
    dump = {"schema": "forge-settings/v1", "repository": "acme/models", "answers": answers}

    report = examined(SOUND, dump).report
    spoke = {finding.rule for finding in report.findings} | {rule for rule, _ in report.skipped}

    assert {"ruleset-weakened", "token-too-strong", "any-action-allowed", "secret-can-be-pushed"} <= spoke


@law
@given(
    path=st.sampled_from(sorted(SOUND)),
    start=st.integers(0, 2000),
    length=st.integers(0, 60),
    text=st.text(max_size=30)
    | st.sampled_from(["\n- ", ": ", "{", "[", '"', "&a ", "*a", "#", "\t", "on", "jobs:\n"]),
)
def test_no_file_crashes_the_doctor(path: str, start: int, length: int, text: str) -> None:
    old = SOUND[path].decode()
    at = start % (len(old) + 1)
    changed = (old[:at] + text + old[at + length :]).encode("utf-8", "surrogatepass")

    examined({**SOUND, path: changed}, None)


@law
@given(value=anything)
def test_no_workflow_of_another_shape_crashes_the_doctor(value: Any) -> None:
    # JSON is YAML, so this is a workflow to a forge.
    data = json.dumps({"on": value, "permissions": value, "jobs": {"registry": value, "x": {"steps": value}}})

    examined({**SOUND, ".github/workflows/check.yml": data.encode()}, None)
