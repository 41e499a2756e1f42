"""The workflow files themselves: what the linters say of them, what each must have, and that ours are those that ship."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelry.storage import folders
from workflows.runner import SHIPPED, STUBS, WORKFLOWS, uses

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PARSED: dict[str, Any] = {Path(path).stem: yaml.safe_load(data) for path, data in WORKFLOWS.items()}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for workflow, parsed in PARSED.items():
        for job, told in parsed["jobs"].items():
            yield f"{workflow}/{job}", told


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for place, job in jobs():
        yield from ((f"{place}/{step['name']}", step) for step in job.get("steps", []))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folders.write(SHIPPED, tmp_path)
    return tmp_path


def say(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_zizmor_as_an_auditor_finds_nothing(written: Path) -> None:
    code, said = say("zizmor", "--offline", "--quiet", "--persona=auditor", "--no-progress", written)
    assert (code, said.partition("(")[0].strip()) == (0, "No findings to report. Good job!")


def test_actionlint_and_shellcheck_find_nothing(written: Path) -> None:
    assert (BIN / "shellcheck").exists()
    files = sorted((written / ".github/workflows").iterdir())
    assert say("actionlint", "-shellcheck", str(BIN / "shellcheck"), *files) == (0, "")


def test_the_files_are_valid_by_the_vendors_schemas(written: Path) -> None:
    github = written / ".github"
    for schema, pattern in (
        ("github-workflows", "workflows/*.yml"),
        ("github-actions", "actions/*/action.yml"),
    ):
        files = sorted(github.glob(pattern))
        assert files
        assert say("check-jsonschema", f"--builtin-schema=vendor.{schema}", *files)[0] == 0


def test_every_action_is_pinned_by_a_commit_with_its_version_beside_it() -> None:
    pinned = re.compile(rb"uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    for path, data in SHIPPED.items():
        for line in data.splitlines():
            if b" uses:" in line and b"uses: ./" not in line:
                assert pinned.search(line), f"{path}: {line.decode()}"


def test_one_action_has_one_pin_everywhere() -> None:
    found = set(uses())
    assert len(found) == len({used.partition("@")[0] for used in found})


def test_every_action_has_a_stand_in_that_takes_what_it_is_given() -> None:
    for place, step in steps():
        used = step.get("uses", ".")
        if not used.startswith("."):
            folder = STUBS / used.partition("@")[0].partition("/")[2]
            stub = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
            assert set(step.get("with", {})) <= set(stub["inputs"]), place


def test_no_workflow_runs_with_rights_on_what_strangers_wrote() -> None:
    for name, workflow in PARSED.items():
        assert workflow["permissions"] == {}, name
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow[True]), name


def test_every_workflow_can_be_called_by_another_registry() -> None:
    assert all("workflow_call" in workflow[True] for workflow in PARSED.values())


def test_every_job_has_an_end_and_its_own_permissions() -> None:
    for place, job in jobs():
        assert "permissions" in job, place
        assert "uses" in job or job["timeout-minutes"] <= 120, place


def test_no_checkout_leaves_a_token_or_fetches_what_nobody_reads() -> None:
    for place, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            told = step["with"]
            assert (told["persist-credentials"], told["submodules"], told["lfs"]) == (False, False, False), (
                place
            )


def test_no_expression_stands_in_a_script_and_nothing_is_cached() -> None:
    for place, step in steps():
        assert "${{" not in step.get("run", ""), place
        assert "cache" not in step.get("uses", ""), place
        assert "cache" not in step.get("with", {}), place


def test_what_main_requires_always_runs_and_runs_in_a_queue() -> None:
    check = PARSED["check"]
    assert "merge_group" in check[True]
    assert check["jobs"]["registry"]["if"] == "always()"
    assert {job for job in check["jobs"] if job not in {"registry", "report", "scanning"}} == set(
        check["jobs"]["registry"]["needs"]
    )


ENDS = ("success", "failure", "cancelled", "skipped")


@pytest.mark.parametrize(("judged", "evidence", "fork"), list(product(ENDS, ENDS, ("true", "false"))))
def test_only_a_judged_change_with_its_evidence_may_merge(judged: str, evidence: str, fork: str) -> None:
    (step,) = PARSED["check"]["jobs"]["registry"]["steps"]
    told = {"JUDGED": judged, "EVIDENCE": evidence, "FORK": fork}
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env=told, capture_output=True, check=False)
    may = judged == "success" and (evidence == "success" or (evidence, fork) == ("skipped", "true"))
    assert done.returncode == (0 if may else 1)


def test_our_own_repository_uses_the_files_that_ship() -> None:
    for path, data in SHIPPED.items():
        if path.startswith((".github/workflows/", ".github/actions/")):
            assert (TOP / path).read_bytes() == data, f"cp src/modelry/scaffolding/github/{path} {path}"
    assert {f".github/workflows/{path.name}" for path in (TOP / ".github/workflows").iterdir()} == set(
        WORKFLOWS
    )
