"""What an audit says, for a person: one line for each move, below it what is wrong or missing."""

from collections.abc import Iterator
from typing import Any

from modelry.errors import Exit
from modelry.model.audit import Audit, Proof
from modelry.reports.findings import plain

_SHOWN = 12


def text(audit: Audit) -> str:
    """Tell an audit to a person."""
    return "".join(f"{plain(line)}\n" for proof in audit.proofs for line in _lines(proof))


def document(audit: Audit) -> dict[str, Any]:
    """Tell an audit to a program; the schema is `audit/v1`."""
    return audit.model_dump(mode="json")


def code(audit: Audit, *, strict: bool) -> Exit:
    """Say it by an exit code: contradictions are findings, and so, where one is strict, is what cannot be proven."""
    return Exit.FINDINGS if audit.contradicted or (strict and audit.unproven) else Exit.DONE


def summary(audit: Audit) -> str:
    """Sum an audit up, with what holds for all of it."""
    total = len(audit.proofs)
    told = (
        f"{total} decision{'' if total == 1 else 's'}: {audit.proven} proven, "
        f"{audit.contradicted} contradicted, {audit.unproven} cannot be proven"
    )
    return "".join(f"{line}\n" for line in (told, *(f"note: {caveat}" for caveat in audit.caveats)))


def _lines(proof: Proof) -> Iterator[str]:
    yield (
        f"{proof.outcome}: {proof.kind} {_what(proof)}, {proof.when:%Y-%m-%d %H:%M}Z, {proof.commit[:_SHOWN]}"
    )
    if proof.approvers:
        yield f"  approved by {', '.join(proof.approvers)}"
    if proof.pull_request:
        yield f"  {proof.pull_request}"
    yield from (f"  contradicted: {each}" for each in proof.contradictions)
    yield from (f"  missing: {each}" for each in proof.missing)


def _what(proof: Proof) -> str:
    match proof.kind:
        case "waiver":
            of = f"{proof.model}@{proof.after}" if proof.after else proof.model
            return f"{proof.waiver} of {of}"
        case "unyank":
            return f"of {proof.model}@{proof.after}"
    return f"of {proof.model} {proof.stage}, {proof.before or 'nothing'} to {proof.after or 'nothing'}"
