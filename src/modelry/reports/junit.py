"""Findings as JUnit's XML, which every CI shows as tests: a rule is a case, and it fails where it forbids the merge."""

from modelry.checks import Finding, Report
from modelry.reports import findings


def junit(report: Report, excerpt: findings.Excerpt) -> str:  # noqa: ARG001 - the formats share a signature
    """Tell findings as test cases. What does not forbid the merge is a case's output, and fails nothing."""
    # Imported for those who ask for it: `check` starts for everybody.
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    skipped = dict(report.skipped)
    names = list(dict.fromkeys([*(rule.id for rule in report.rules), *(f.rule for f in report.findings)]))
    top = ET.Element("testsuites", name=f"modelry {report.command}")
    suite = ET.SubElement(top, "testsuite", name=f"modelry {report.command}", tests=str(len(names)))
    failed = 0
    for name in names:
        case = ET.SubElement(suite, "testcase", classname="modelry", name=name)
        errors = [finding for finding in report.errors if finding.rule == name]
        others = [finding for finding in report.findings if finding.rule == name and finding not in errors]
        if errors:
            failed += 1
            told = {"message": findings.plain(errors[0].message), "type": "error"}
            ET.SubElement(case, "failure", told).text = _lines(errors)
        elif name in skipped:
            ET.SubElement(case, "skipped", message=findings.plain(skipped[name]))
        if others:
            ET.SubElement(case, "system-out").text = _lines(others)
    suite.attrib |= {"failures": str(failed), "errors": "0", "skipped": str(len(suite.findall("*/skipped")))}
    ET.indent(top)
    # In ASCII the bytes are the same whatever the terminal speaks; all else is a reference.
    made: bytes = ET.tostring(top, "us-ascii", xml_declaration=True)
    return made.decode("ascii") + "\n"


def _lines(found: list[Finding]) -> str:
    lines = [
        f"{findings.plain(finding.path)}:{finding.line}:{finding.column}: {findings.grade(finding)}: {findings.sentence(finding)}"
        for finding in found
    ]
    return "\n".join(lines)
