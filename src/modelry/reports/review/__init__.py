"""What a reviewer needs to decide on a change: one `Review`, told as text, Markdown, JSON or one HTML page."""

from collections.abc import Callable
from dataclasses import asdict

from modelry import checks
from modelry.checks import Context, Finding
from modelry.model.standing import Standing
from modelry.reports.checked import Found, Skipped
from modelry.reports.findings import plain
from modelry.reports.review import html, json, markdown, models, moves, policies, staleness, text, versions
from modelry.reports.review.facts import Review, Section
from modelry.reports.review.subject import Subject

__all__ = ["FORMATS", "Review", "review"]

FORMATS: dict[str, Callable[[Review], str]] = {
    "text": text.text,
    "markdown": markdown.markdown,
    "json": json.json,
    "html": html.html,
}
"""How a review can be told."""

_WORST = ("fails", "needs a person", "passes")


def review(
    context: Context,
    standing: Standing | None = None,
    answered: Callable[[checks.Report], checks.Report] | None = None,
) -> Review:
    """Judge a change by main's policy and say what it means; raises `NotFoundError` where main's cannot be read.

    With `answered`, what somebody has to decide is shown with what the forge's approvals say to it.
    """
    report = checks.run(checks.ALL, context)
    report = answered(report) if answered is not None else report
    subject = Subject(context, context.before.policy.must, report, standing, answered is not None)
    sections = [section for room in (moves, versions, models, policies) for section in room.sections(subject)]
    conflicts = standing is not None and bool(standing.conflicts)
    return Review(
        verdict="fails" if conflicts else subject.verdict(),
        classes=context.classes,
        statements=tuple(staleness.statements(subject)),
        sections=tuple(sorted(sections, key=_badness)),
        findings=tuple(map(_found, report.findings)),
        skipped=tuple(Skipped(rule=rule, why=plain(why)) for rule, why in report.skipped),
    )


def _found(finding: Finding) -> Found:
    # A path that is no UTF-8 comes with half characters, which no stream takes.
    words = ("path", "message", "hint", "answer")
    texts = {name: plain(getattr(finding, name)) for name in words}
    return Found.model_validate(asdict(finding) | texts)


def _badness(section: Section) -> tuple[int, int]:
    return _WORST.index(section.verdict), -sum(one.tone == "bad" for one in section.statements)
