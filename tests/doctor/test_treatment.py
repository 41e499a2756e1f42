"""What `--fix` does: it mends what files can hold and nothing else in them, and its calls mend the forge's settings."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from doctor import forge, shown
from doctor.forge import Forge
from modelry import doctor, examining
from modelry.doctor import calls, mends
from modelry.errors import Exit
from modelry.storage import folders, sheets

BAD = [example for example in shown.folders() if example.name.startswith("bad-")]
SETTINGS = [example for example in BAD if (example / "settings.patch.json").is_file()]
FILES = [example for example in BAD if example.parent.name in mends.MENDS and (example / "after").is_dir()]
BY_HAND = {
    "pages-not-from-actions/bad-domain-not-verified",
    "self-hosted-in-public/bad-runners-though-no-job-says-so",
    "unowned-path/bad-a-team-that-may-not-write",
}
"""What no call can mend: somebody has to do something elsewhere."""
LEFT = {
    "permissions-not-empty/bad-everything-for-all-jobs",
    "permissions-not-empty/bad-write-all-in-a-job",
    "required-check-missing/bad-job-has-another-name",
    "unowned-path/bad-a-line-that-is-not-read",
}
"""What no machine should mend in a file: it is in doubt what was meant."""


def diagnosed(top: Path, settings: dict[str, Any]) -> doctor.Diagnosis:
    sheet = sheets.settings("settings.json", json.dumps(settings).encode())
    setup = examining.setup(folders.whole(top), sheet)
    return doctor.run([rule for rule in doctor.ALL if rule.id != "audit-finding"], setup)


@pytest.mark.parametrize("example", SETTINGS, ids=shown.name)
def test_the_calls_mend_what_they_are_for(example: Path, tmp_path: Path) -> None:
    top = shown.lay(example, tmp_path / "top")
    dump = json.loads((top / shown.SETTINGS).read_text("utf-8"))
    github = Forge(dump["answers"])
    setup = examining.setup(folders.whole(top), sheets.settings("settings.json", json.dumps(dump).encode()))
    named = frozenset(finding.rule for finding in doctor.run(doctor.ALL, setup).report.findings)

    for call in calls.calls(setup, named):
        assert github.take(call.method, f"{forge.HOME}/{call.endpoint}", call.body)[0] == 200

    left = {finding.rule for finding in diagnosed(top, dump).report.findings}
    assert left == ({example.parent.name} if shown.name(example) in BY_HAND else set())


@pytest.mark.parametrize("example", FILES, ids=shown.name)
def test_what_a_file_can_hold_is_mended_and_nothing_else(example: Path, tmp_path: Path) -> None:
    top = shown.lay(example, tmp_path / "top")
    before = shown.files(top)

    code, _ = shown.doctor(top, "--settings", shown.SETTINGS, "--fix")
    after = shown.files(top)

    if shown.name(example) in LEFT:
        assert code == Exit.FINDINGS
        return
    assert (code, shown.doctor(top, "--settings", shown.SETTINGS)) == (Exit.DONE, (Exit.DONE, "passes\n"))
    (path,) = [path for path in after if after[path] != before.get(path)]
    old, new = before[path].decode().splitlines(), iter(after[path].decode().splitlines())
    assert all(line in new for line in old), "a line went away, or its place"


def test_rights_move_from_a_workflow_into_its_jobs_and_comments_stay(tmp_path: Path) -> None:
    top = shown.lay(Path("nothing"), tmp_path / "top")
    workflow = top / ".github/workflows/check.yml"
    text = workflow.read_text("utf-8")
    workflow.write_text(
        text.replace("permissions: {}\n", "permissions: # what all need\n  contents: read\n")
        .replace("    permissions:\n      contents: read\n", "")
        .replace("          persist-credentials: false\n", "")
    )

    code, said = shown.doctor(top, "--fix", "--dry-run")

    assert code == Exit.FINDINGS
    assert said == (
        "--- a/.github/workflows/check.yml\n+++ b/.github/workflows/check.yml\n"
        "@@ -3,8 +3,7 @@\n on:\n   pull_request:\n   merge_group:\n"
        "-permissions: # what all need\n-  contents: read\n+permissions: {}\n"
        " concurrency:\n   group: check-${{ github.ref }}\n   cancel-in-progress: true\n"
        "@@ -14,10 +13,13 @@\n     name: registry\n     runs-on: ubuntu-latest\n     timeout-minutes: 10\n"
        "+    permissions:\n+      contents: read\n"
        "     steps:\n       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n"
        "         with:\n           fetch-depth: 0\n+          persist-credentials: false\n"
        "       - uses: $/.github/actions/modelry\n       - name: Check\n         env:\n"
    )
    assert workflow.read_text("utf-8") != text


def test_what_cannot_be_mended_safely_is_left_and_named(tmp_path: Path) -> None:
    top = shown.lay(Path("nothing"), tmp_path / "top")
    workflow = top / ".github/workflows/check.yml"
    # In brackets, the rights of a job have no line of their own to go to.
    workflow.write_text(
        "on: [pull_request, merge_group]\njobs: {registry: {runs-on: ubuntu-latest, steps: [run: date]}}\n"
    )
    before = shown.files(top)

    code, said = shown.doctor(top, "--fix")

    assert (code, said) == (Exit.FINDINGS, "")
    assert shown.files(top) == before


@pytest.fixture
def weak(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A registry on whose forge all is weak that a call can mend."""
    top = shown.lay(Path("nothing"), tmp_path / "top")
    dump = json.loads((top / shown.SETTINGS).read_text("utf-8"))
    for example in SETTINGS:
        if example.name in {
            "bad-who-started-it-may-approve",
            "bad-any-branch-may-publish",
            "bad-reported-by-anybody",
            "bad-administrators",
            "bad-an-app-for-tags",
            "bad-none",
            "bad-owners-not-asked",
            "bad-after-the-first-time",
            "bad-writes-by-default",
            "bad-all",
            "bad-can-be-moved",
            "bad-no-scanning",
            "bad-from-a-branch",
            "bad-never-switched-on",
        }:
            shown.patched(dump, json.loads((example / "settings.patch.json").read_text("utf-8")))
    (top / shown.SETTINGS).write_text(json.dumps(dump, indent=2))
    return top, dump


def test_the_printed_script_mends_the_forge_when_gh_runs_it(
    weak: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    top, dump = weak
    code, script = shown.doctor(top, "--settings", shown.SETTINGS, "--fix")
    assert code == Exit.FINDINGS

    with forge.serving(dump, tmp_path) as github:
        by_gh(script, github, tmp_path)
        sent = {asked for asked in github.asked if asked[0] != "GET"}

    assert sent == {
        ("PATCH", "repository"),
        ("POST", "environments/github-pages/deployment-branch-policies"),
        ("PUT", "actions/permissions"),
        ("PUT", "actions/permissions/fork-pr-contributor-approval"),
        ("PUT", "actions/permissions/selected-actions"),
        ("PUT", "actions/permissions/workflow"),
        ("PUT", "environments/github-pages"),
        ("PUT", "environments/production"),
        ("PUT", "immutable-releases"),
        ("PUT", "pages"),
        ("PUT", "rulesets/1"),
        ("PUT", "rulesets/2"),
    }
    assert diagnosed(top, {**dump, "answers": github.answers}).report.findings == ()


def by_gh(script: str, github: Forge, folder: Path) -> str:
    """Run a script with gh, which asks the forge through its socket; give what it prints."""
    (folder / "gh").mkdir()
    (folder / "gh/config.yml").write_text(f"http_unix_socket: {github.socket}\n")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GH_CONFIG_DIR": str(folder / "gh"),
        "GH_HOST": "github.localhost",
        "GH_TOKEN": "token-of-a-test",
        "GH_NO_UPDATE_NOTIFIER": "1",
    }
    done = subprocess.run(
        ["bash", "-e"], input=script, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
