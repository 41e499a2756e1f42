"""The play itself: what is told, and what the user types, scene by scene."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TUMOR, DIGIT = "tumor-malignancy", "digit-reader"


@dataclass(frozen=True)
class Step:
    """One command of the play."""

    told: str
    """What is about to happen; empty when the step before said it."""
    command: str
    """What the user types, in the clone."""
    expected: int = 0
    """The exit code that belongs to the story."""


def steps(home: Path) -> Iterator[Step]:
    """Give the play, scene by scene; every command can be typed by hand in `home`/clone."""
    store = shlex.quote(str(home / "store"))
    yield Step(
        "A registry is a git repository. This one has a bare origin, as on a forge, and a DVC remote in a folder.",
        f"modelry init . --id demo --remote {store}",
    )
    yield Step(
        "Its policy says what a version must show to hold a stage.",
        "cp ../policy.yaml registry/registry.yaml",
    )
    yield Step("", "git add --all")
    yield Step("", "git commit --quiet --message 'Begin the registry'")
    yield Step("", "git push --quiet --set-upstream origin main")
    yield from _first()
    yield from _second()
    yield from _refusal()
    yield from _way_back()
    yield from _others()
    yield from _reading(home)


def _register(model: str, version: str, artifact: str = "model.onnx", more: str = "") -> str:
    folder = f"../training/{model}/{version}"
    first = f" {more}" if more else ""
    return f"modelry register {model} {folder}/{artifact} --version {version} --facts {folder}/facts.yaml --card {folder}/card.md{first}"


def _approved(branch: str) -> str:
    return f"GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=bob@example.org modelry merge {branch} --approve"


def _first() -> Iterator[Step]:
    about = "--title 'Tumor malignancy' --purpose 'Tells malignant from benign tumors by their cell nuclei.' --task tabular-classification --owner @alice"
    yield Step(
        "Alice registers a model: its bytes are hashed, pushed and read back; its facts become a branch.",
        _register(TUMOR, "1.0.0", more=about),
    )
    yield Step(
        "CI judges what main would be, by main's own policy.",
        f"modelry check --base main --head register/{TUMOR}/1.0.0",
    )
    yield Step("It passes, so it is merged.", f"modelry merge register/{TUMOR}/1.0.0")
    yield Step(
        "Promotion moves one small file, in a proposal of its own.",
        f"modelry promote {TUMOR}@1.0.0 staging --reason 'the first model'",
    )
    yield Step("", f"modelry merge promote/{TUMOR}/staging/1.0.0")
    yield Step("", f"modelry promote {TUMOR}@staging production --reason 'better than reading by hand'")
    yield Step(
        "Production asks for a person: Bob looks at it, and says yes.",
        _approved(f"promote/{TUMOR}/production/1.0.0"),
    )


def _second() -> Iterator[Step]:
    yield Step("A better version comes.", _register(TUMOR, "1.1.0"))
    yield Step("", f"modelry merge register/{TUMOR}/1.1.0")
    yield Step("", f"modelry promote {TUMOR}@1.1.0 staging --reason 'more recall'")
    yield Step("", f"modelry merge promote/{TUMOR}/staging/1.1.0")
    yield Step(
        "", f"modelry promote {TUMOR}@1.1.0 production --reason 'finds more tumors, no worse elsewhere'"
    )
    yield Step(
        "What Bob sees before he decides: challenger against champion.",
        f"modelry review --head promote/{TUMOR}/production/1.1.0",
    )
    yield Step("", _approved(f"promote/{TUMOR}/production/1.1.0"))


def _refusal() -> Iterator[Step]:
    yield Step("Two more versions come, and each is tried in staging.", _register(TUMOR, "1.2.0"))
    yield Step("", f"modelry merge register/{TUMOR}/1.2.0")
    yield Step("", f"modelry promote {TUMOR}@1.2.0 staging --reason 'best of all on held-out data'")
    yield Step("", f"modelry merge promote/{TUMOR}/staging/1.2.0")
    yield Step("", _register(TUMOR, "1.3.0"))
    yield Step("", f"modelry merge register/{TUMOR}/1.3.0")
    yield Step("", f"modelry promote {TUMOR}@1.3.0 staging --reason 'fewer false alarms'")
    yield Step("", f"modelry merge promote/{TUMOR}/staging/1.3.0")
    yield Step(
        "The second misses tumors that the champion finds. A gate refuses it before there is a branch.",
        f"modelry promote {TUMOR}@1.3.0 production --reason 'fewer false alarms'",
        expected=3,
    )
    yield Step(
        "Mended, as the finding says, by a version that meets the gate: the first of the two.",
        f"modelry promote {TUMOR}@1.2.0 production --reason 'best of all on held-out data'",
    )
    yield Step("", _approved(f"promote/{TUMOR}/production/1.2.0"))


def _way_back() -> Iterator[Step]:
    yield Step(
        "Then evidence comes: on images of another scanner it is worse. Evidence is added, never changed.",
        f"modelry evaluate {TUMOR}@1.2.0 ../training/{TUMOR}/1.2.0/scanner-shift.json --name scanner-shift",
    )
    yield Step("", f"modelry merge evaluate/{TUMOR}/1.2.0/scanner-shift")
    yield Step(
        "So production goes back: one command, one merge, and no gate in the way.",
        f"modelry rollback {TUMOR} production --reason 'worse on another scanner'",
    )
    yield Step("", f"modelry merge rollback/{TUMOR}/production/1.1.0")
    yield Step("Who did what, and why, is on record.", f"modelry history {TUMOR} --stage production")
    yield Step(
        "So it is for plain git.",
        f"git log --format='%h %an: %s' -- registry/models/{TUMOR}/stages/production.yaml",
    )


def _others() -> Iterator[Step]:
    about = "--title 'Digit reader' --purpose 'Reads a handwritten digit.' --task image-classification --owner @carol"
    yield Step("A model may be a folder as well as a file.", _register(DIGIT, "2.0.0", "digit-reader", about))
    yield Step("", f"modelry merge register/{DIGIT}/2.0.0")
    yield Step("", f"modelry promote {DIGIT}@2.0.0 staging --reason 'reads 98 of 100'")
    yield Step("", f"modelry merge promote/{DIGIT}/staging/2.0.0")


def _reading(home: Path) -> Iterator[Step]:
    yield Step(
        "Consumers ask for a stage and get bytes that are verified.", f"modelry resolve {TUMOR}@production"
    )
    yield Step("", f"modelry pull {TUMOR}@production ../deployed.onnx")
    yield Step("", f"modelry verify ../deployed.onnx {TUMOR}@production")
    yield Step(
        "Plain DVC gives the same bytes.",
        f"dvc pull --quiet registry/models/{TUMOR}/versions/1.1.0/model.onnx.dvc",
    )
    yield Step("", f"cmp ../deployed.onnx registry/models/{TUMOR}/versions/1.1.0/model.onnx")
    yield Step(
        "All that has merged becomes a catalog: pages for people, JSON for programs.",
        f"modelry build {shlex.quote(str(home / 'site'))}",
    )
