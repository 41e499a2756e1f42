"""What is under review: the change, main's policy, what the rules found, and what several sections ask of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from modelry.checks import Context, Report, Severity
from modelry.model.documents import Assignment, Yank
from modelry.model.policy import Policy
from modelry.model.registry import Document, Model, Version
from modelry.model.standing import Standing
from modelry.reports.review import differences, results
from modelry.reports.review.facts import Comparison, Consumer, Statement, Tone, Verdict

_TONES: tuple[Tone, ...] = ("bad", "look", "good", "plain")


@dataclass(frozen=True)
class Subject:
    """A change, and all that is known of it."""

    context: Context
    policy: Policy
    """Main's."""
    report: Report
    standing: Standing | None
    """None where no branch is looked at, but two folders."""
    is_asked: bool = False
    """Whether the forge has said who approved."""

    @property
    def author(self) -> str:
        """Say who made it."""
        return self.standing.author if self.standing is not None else "the author"

    def verdict(self, paths: Collection[str] | None = None) -> Verdict:
        """Sum up what the rules found at these paths; at all unless told."""
        grades = {
            one.severity
            for one in self.report.findings
            if not one.on_base and not one.answer and (paths is None or one.path in paths)
        }
        if Severity.ERROR in grades:
            return "fails"
        return "needs a person" if grades else "passes"

    def before(self, model: str) -> Model | None:
        """Give a model as main has it."""
        return self.context.before.models.get(model)

    def consumers(self, model: str) -> tuple[Consumer, ...]:
        """Give whom to tell, as main's `model.yaml` has it."""
        info = self.context.info(model)
        return tuple(
            Consumer(name=one.name, contact=one.contact, url=one.url)
            for one in (info.consumers or () if info is not None else ())
        )


def comparison(
    subject: Subject, champion: Version | None, challenger: Version, role: str, stage: str | None
) -> Comparison:
    """Hold a version against another by all that is on record of both."""
    told = (
        differences.of(champion.record.value, challenger.record.value)
        if champion is not None and champion.record.value is not None and challenger.record.value is not None
        else ()
    )
    asked = subject.policy.stage(stage) if stage is not None else None
    return Comparison(
        against=champion.label if champion is not None else None,
        role=role,
        results=results.of(
            champion.measurements if champion is not None else (),
            challenger.measurements,
            subject.policy,
            asked,
        ),
        differences=told,
    )


def meaning(comparison: Comparison, champion: Version | None, challenger: Version) -> Iterator[Statement]:
    """Say what a comparison means."""
    if champion is None:
        return
    yield from results.statements(comparison.results, champion, challenger)
    if champion.record.value is not None and challenger.record.value is not None:
        yield from differences.statements(champion.record.value, challenger.record.value)


def ordered(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Give statements once each, the reasons against first."""
    return tuple(sorted(dict.fromkeys(statements), key=lambda one: _TONES.index(one.tone)))


def said(document: Document[Assignment] | Document[Yank] | None) -> str:
    """Give the author's words in a document; nothing where it cannot be read."""
    return document.value.reason if document is not None and document.value is not None else ""
