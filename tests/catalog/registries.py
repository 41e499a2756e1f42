"""Registries for the catalog's tests, in memory, and the moments at which they are shown."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import builders
from modelry.catalog import Moment
from modelry.model import layout
from modelry.model.events import Event, What
from modelry.model.files import REGULAR, Entry, Files, Tree
from modelry.model.landings import Landing
from modelry.model.registry import Registry
from modelry.storage import documents

COMMIT = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
WHEN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
MOMENT = Moment(COMMIT, 7, WHEN)

HOSTILE = (
    '</div></pre><script>alert("1")</script>',
    "<img src=//evil.example/x onerror=alert(2)> {: onload=alert(3)}",
    '`x` [link](javascript:alert(4)) ![p](https://evil.example/p.png) --8<-- "/etc/passwd"',
    "{{ config.site_name }} {% raw %} [[wiki]] *[abbr]: x &lt;b&gt; &amp; \\u0026",
    "``` ~~~ # heading <!-- comment --> $x$ ==m== :smile: \"' onmouseover=alert(5)",
)
"""What must show as it is, wherever people may write."""


def registry(files: Files) -> Registry:
    """Read a registry from files in memory."""
    entries = {path: Entry(REGULAR, hashlib.sha1(data).hexdigest()) for path, data in sorted(files.items())}
    return documents.registry(Tree(entries, lambda path: files[path]))


def measured(auc: float, p99: float, *, slices: bool = False) -> list[dict[str, Any]]:
    """Give the evaluations of a version."""
    made: dict[str, Any] = {
        "dataset": {"name": "customers", "version": "1"},
        "metrics": {"auc": auc, "p99_ms": p99},
        "intervals": {"auc": {"low": auc - 0.01, "high": auc + 0.01}},
    }
    return [made | ({"slices": {"new-customers": {"auc": auc - 0.05}}} if slices else {})]


def a_rich_one() -> dict[str, bytes]:
    """Give a registry with all that pages know: a yank, a deprecation, evidence, an empty stage, a broken document."""
    files = {
        **builders.a_policy(
            metrics={
                "auc": {"goal": "maximize", "title": "AUC"},
                "p99_ms": {"goal": "minimize", "unit": "ms"},
            }
        )
    }
    files |= builders.a_model("churn", ())
    for number, auc, p99 in (
        ("1.0.0", 0.90, 14.0),
        ("1.1.0", 0.93, 12.5),
        ("1.2.0", 0.92, 11.0),
        ("2.0.0-rc.1", 0.94, 9.0),
    ):
        files |= builders.a_version("churn", number, evaluations=measured(auc, p99, slices=True))
    files |= builders.an_assignment(
        "churn", "1.0.0", "production", reason="the first that beats the rule of thumb"
    )
    files |= builders.an_assignment(
        "churn", "1.2.0", "staging", previous="1.1.0", evidence=["https://acme.example/1"]
    )
    yank = builders.a_document("yank", replacement="1.2.0")
    files[layout.version("churn", "1.1.0", "yanked.yaml")] = builders.text("yank", yank)
    evaluation = builders.a_document("evaluation")
    files[layout.evaluation("churn", "1.0.0", "fairness")] = builders.text("evaluation", evaluation)
    gone = {"reason": "superseded", "replacement": "churn"}
    files |= builders.a_model("attrition", ["0.9.0"], deprecated=gone, task="regression", tags=["old"])
    files |= builders.a_model("broken", ["1.0.0"])
    files[layout.version("broken", "1.0.0")] = b"schema: version/v1\nmodel: broken\nmodel: broken\n"
    return files


HISTORY: tuple[tuple[What, str, str | None, str | None], ...] = (
    ("registered", "1.0.0", None, None),
    ("promoted", "1.0.0", "production", None),
    ("registered", "1.1.0", None, None),
    ("promoted", "1.1.0", "production", "1.0.0"),
    ("yanked", "1.1.0", None, None),
    ("rolled back", "1.0.0", "production", "1.1.0"),
)


def events() -> tuple[Event, ...]:
    """Give what has happened to churn, oldest first, one commit a day."""
    return tuple(
        Event(
            what,
            "churn",
            version,
            stage,
            previous,
            Landing(f"{day:040x}", WHEN - timedelta(days=9 - day), f"{what} {version}", ("Ada Test",)),
            "so",
        )
        for day, (what, version, stage, previous) in enumerate(HISTORY)
    )


def a_hostile_one() -> dict[str, bytes]:
    """Give a registry in which every field that takes text is an attack."""
    one, two, three, four, five = HOSTILE
    files = builders.a_policy(title=one, metrics={"auc": {"goal": "maximize", "title": two, "unit": five}})
    files |= builders.a_model(
        "churn", (), title=one, summary=two, owners=["\"';alert(6)", "@bob"], deprecated={"reason": three}
    )
    training = builders.a_document("version")["training"]
    training |= {
        "data": [training["data"][0] | {"name": four, "uri": "javascript:alert(7)"}],
        "params": {one: two, five: [three, {four: one}]},
        "environment": {three: four},
        "hardware": two,
        "run": training["run"] | {"id": "<script>alert(8)</script>"},
    }
    evaluations = measured(0.9, 12.0, slices=True)
    for number in ("1.0.0", "1.1.0"):
        files |= builders.a_version(
            "churn",
            number,
            summary=five,
            authors=["'\"onfocus=alert(9)"],
            evaluations=evaluations,
            training=training | ({"hardware": three} if number == "1.1.0" else {}),
            signature={
                "inputs": [{"name": one, "dtype": "float32", "shape": [None]}],
                "outputs": [{"name": five, "dtype": "float32", "shape": []}],
            },
            parents=["javascript:alert(10)", 'https://x.example/"onclick=alert(11)'],
        )
        files[layout.version("churn", number, "card.md")] = CARD.encode()
    files |= builders.an_assignment(
        "churn", "1.0.0", "production", reason=four, evidence=["javascript:alert(12)"]
    )
    yank = builders.a_document("yank", reason=one, replacement="1.0.0")
    files[layout.version("churn", "1.1.0", "yanked.yaml")] = builders.text("yank", yank)
    evaluation = builders.a_document("evaluation", summary=three, authors=['"<&'.replace("<&", "x")])
    files[layout.evaluation("churn", "1.0.0", "fairness")] = builders.text("evaluation", evaluation)
    return files


CARD = "\n\n".join(
    (
        *HOSTILE,
        "# A heading {: onclick=alert(13)}",
        "<div onclick='alert(14)'>raw</div>",
        "<!-- hidden\nfrom\neyes -->",
        "</div></article><h1>Pwned</h1>",
        "```html\n</code></pre><script>alert(15)</script>\n```",
        "[a](javascript:alert(16)) [b](data:text/html,<script>alert(17)</script>) [c](//evil.example) [d](https://ok.example/?a=1&b=2)",
        "![picture](https://evil.example/track.png)",
        "zero\u200bwidth \u202eoverride",
        "| a | b |\n|---|---|\n| <script>alert(18)</script> | `x` |",
    )
)
