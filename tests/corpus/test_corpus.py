"""The corpus of bad inputs: each case draws the findings that are written below it, and no other."""

import re
from itertools import pairwise

import pytest

from corpus import generated, inert, judged, tables
from modelry import checks
from modelry.catalog import cards
from storage.yaml_cases.cases import CASES

LEAST = {"paths": 150, "gates": 40, "pointers": 100, "trees": 40, "cards": 60, "configurations": 30}
DOCUMENTS = [kind for kind in judged.kinds() if kind not in LEAST]
OF_A_FINDING = re.compile(r"(policy: )?(\S+:|\".*\":)?[1-9][0-9]*:[1-9][0-9]* (?P<rule>[a-z0-9-]+): \S.*")


@pytest.mark.parametrize("kind", judged.kinds())
def test_each_case_draws_what_is_written_below_it_now_and_again(kind: str) -> None:
    cases = tables.read(kind)
    written = (tables.FOLDER / f"{kind}.txt").read_text("utf-8")
    assert tables.text({given: judged.judge(kind, given) for given in cases}) == written
    assert {given: judged.judge(kind, given) for given in reversed(cases)} == cases


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_field_of_every_document_is_bent_in_every_way(kind: str) -> None:
    assert set(generated.inputs(judged.sound(kind))) <= set(tables.read(kind))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_document_that_is_bent_draws_nothing_itself(kind: str) -> None:
    told = tables.read(kind)[generated.AS_IT_IS]
    # That an owner has to say yes to a waiver is no fault of the document.
    assert [line for line in told if " waiver-granted: " not in line] == (
        [] if kind == "waiver" else ["passes"]
    )


def test_whatever_a_card_of_the_corpus_holds_its_page_only_shows() -> None:
    shown = {given: cards.html(judged.card(given).decode(errors="replace")) for given in tables.read("cards")}
    assert {given: found for given, html in shown.items() if (found := inert.acts(html))} == {}


def test_every_finding_has_a_place_and_a_rule_that_exists() -> None:
    rules = {rule.id for rule in checks.ALL}
    for kind in judged.kinds():
        for given, findings in tables.read(kind).items():
            assert findings, (kind, given)
            for line in findings:
                if line != "passes" and not line.startswith("cannot be written: "):
                    told = OF_A_FINDING.fullmatch(line)
                    assert told is not None, (kind, line)
                    assert told["rule"] in rules, (kind, line)


def test_there_are_a_thousand_cases_and_enough_of_each_kind() -> None:
    counted = {kind: len(tables.read(kind)) for kind in judged.kinds()}
    assert {kind: counted[kind] for kind in LEAST if counted[kind] < LEAST[kind]} == {}
    assert sum(counted[kind] for kind in DOCUMENTS) >= 400
    assert sum(counted.values()) + sum(map(len, CASES.values())) >= 1_000


def test_no_case_is_there_twice() -> None:
    for kind in judged.kinds():
        written = (tables.FOLDER / f"{kind}.txt").read_text("utf-8").splitlines()
        inputs = sorted(line for line in written if line.startswith("== "))
        assert [one for one, other in pairwise(inputs) if one == other] == [], kind
