"""A proposal before it is made, for who makes it: what it would write, what it meets, what to do when it is refused."""

from modelry.checks import Context, Report
from modelry.checks import prospects as outlook
from modelry.model.files import Files
from modelry.proposals import Proposal


def shown(proposal: Proposal, files: Files) -> str:
    """Give what a proposal would write and remove, as text."""
    parts = [f"branch: {proposal.branch}\ntitle: {proposal.title}\n\n{proposal.body}"]
    for path, data in files.items():
        text = data.decode() if b"\0" not in data else f"({len(data)} bytes)\n"
        parts.append(f"--- {path}\n{text}")
    parts += [f"--- {path}\n(removed)\n" for path in proposal.removed]
    return "\n".join(parts)


def prospects(context: Context) -> str:
    """Give all that each promotion meets, with what was found; nothing where nothing is asked."""
    parts = []
    for prospect in outlook.prospects(context):
        lines = [f"{prospect.version} to {prospect.stage} meets"]
        for verdict in prospect.verdicts:
            excuse = f" (waived: {verdict.waived})" if verdict.waived else ""
            lines.append(
                f"  {'pass' if verdict.holds else 'MISS'}  {verdict.gate}: {verdict.measured}{excuse}"
            )
        parts += [*lines, ""] if prospect.verdicts else []
    return "".join(f"{line}\n" for line in parts)


def remedy(context: Context, report: Report, proposal: Proposal) -> str:
    """Say what to do about a refusal; where nothing but time is missing, when to run which command."""
    ends = outlook.soaks_until(context, report)
    if ends is None or not proposal.again:
        return "mend what the findings name, and run again"
    return f"from {ends:%Y-%m-%d %H:%M %Z} on: {proposal.again}"
