"""`modelry check` beyond its happy path: some files alone, mending, pre-commit, and when nobody could look."""

import http.server
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from threading import Thread

import pytest
import yaml
from click.testing import CliRunner, Result
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import builders
from modelry import judging
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import folders, web

TOP = Path(__file__).parents[2]
MODEL = layout.model("churn")
STAGE = layout.stage("churn", "staging")
RECORD = layout.version("churn", "1.0.0")
HOOKS = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(a_repo.top)
    return a_repo.top


def run(*args: str) -> Result:
    return CliRunner().invoke(group, ["check", "--offline", *args], catch_exceptions=False)


def bend(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# Some files alone.


def test_of_some_files_only_what_was_found_in_them_is_told(here: Path) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    bend(here / MODEL, "title:", "titel:")
    alone = run(MODEL)
    assert alone.exit_code == 3
    assert f"{MODEL}:" in alone.stdout
    assert f"{STAGE}:" not in alone.stdout
    assert alone.stderr == "in other files: 1 finding; see all: modelry check\n"
    assert run(STAGE, MODEL).stderr == ""


def test_files_without_findings_pass_and_what_is_elsewhere_is_said(here: Path) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    result = run(MODEL)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "passes")
    assert result.stderr == "in other files: 1 finding; see all: modelry check\n"


def test_a_file_is_found_from_anywhere(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    monkeypatch.chdir(here / "registry/models/churn/versions")
    assert run("../stages/staging.yaml").exit_code == 3
    assert run("../model.yaml").exit_code == 0


def test_with_a_folder_everything_is_told(here: Path) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    assert run(MODEL, "registry/models/churn").exit_code == 3


def test_files_of_two_registries_are_not_checked_together(here: Path, tmp_path: Path) -> None:
    folders.write(builders.a_registry(), tmp_path / "other")
    other = tmp_path / "other" / MODEL
    result = run(MODEL, str(other))
    assert (result.exit_code, result.stderr) == (
        2,
        f"error: {other} is not in {here}\n hint: check one registry at a time\n",
    )


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    result = run("registry/nothing.yaml")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


# Several reports.


def test_one_judgement_is_told_in_several_formats(here: Path, tmp_path: Path) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    files = {name: tmp_path / name for name in ("sarif", "junit", "markdown")}
    targets = [f"--report={name}={file}" for name, file in files.items()]
    result = run("--report", "github=-", *targets)
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout == run("--format", "github").stdout
    for name, file in files.items():
        assert file.read_bytes() == run("--format", name).stdout_bytes


def test_beside_files_stdout_has_what_format_names(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert run("--report", f"json={file}").stdout == ""
    assert run("--format", "text", "--report", f"json={file}").stdout == run().stdout
    assert file.read_bytes() == run("--format", "json").stdout_bytes


def test_two_reports_do_not_share_stdout() -> None:
    result = run("--format", "github", "--report", "json=-")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: two reports cannot share stdout\n hint: ")


@pytest.mark.parametrize("value", ["sarif", "sarif=", "pdf=check.pdf"])
def test_a_report_needs_a_known_format_and_a_file(value: str) -> None:
    result = run("--report", value)
    assert result.exit_code == 2
    assert f"'{value}' is not FORMAT=FILE, with a format out of text, json, markdown" in result.stderr


def test_a_report_that_cannot_be_written_is_no_verdict(tmp_path: Path) -> None:
    result = run("--report", f"json={tmp_path}")
    assert (result.exit_code, result.stderr) == (1, f"error: [Errno 21] Is a directory: '{tmp_path}'\n")


# Mending.


def test_fix_mends_and_judges_again(here: Path) -> None:
    whole = (here / STAGE).read_bytes()
    (here / STAGE).write_bytes(whole.partition(b"\n")[2].replace(b"\n", b"\r\n"))
    assert run().exit_code == 3
    result = run("--fix")
    assert (result.exit_code, result.stderr) == (0, f"mended {STAGE}\n")
    assert result.stdout.endswith("\npasses\n")
    assert (here / STAGE).read_bytes() == whole
    assert run("--fix").stderr == ""


def test_what_fix_cannot_mend_still_fails(here: Path) -> None:
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    bend(here / MODEL, "title: Customer churn", "title: 1.10")
    result = run("--fix")
    assert (result.exit_code, result.stderr) == (3, f"mended {MODEL}\n")
    assert 'title: "1.10"\n' in (here / MODEL).read_text("utf-8")


def test_fix_leaves_a_version_that_git_has(here: Path) -> None:
    bend(here / RECORD, "# yaml-language-server", "# server")
    result = run("--fix")
    assert f"left as it is: {RECORD} is merged, or lies otherwise on the disk\n" in result.stderr
    assert (here / RECORD).read_text("utf-8").startswith("# server")


def test_diff_shows_and_writes_nothing(here: Path) -> None:
    bend(here / MODEL, "title: Customer churn", "title: 1.10")
    before = (here / MODEL).read_bytes()
    result = run("--diff")
    assert result.exit_code == 3
    assert result.stdout.startswith(f"--- a/{MODEL}\n+++ b/{MODEL}\n@@ ")
    assert '\n-title: 1.10\n+title: "1.10"\n' in result.stdout
    assert result.stderr.startswith(f"would mend {MODEL}\n")
    assert result.stderr.endswith("\nfails (1 error)\n")
    assert (here / MODEL).read_bytes() == before
    assert run("--fix", "--diff").stdout == result.stdout


def test_fix_of_a_branch_mends_what_the_branch_adds_and_judges_what_would_merge(
    here: Path, a_repo: Repository
) -> None:
    new = builders.a_version("churn", "1.3.0")
    record = layout.version("churn", "1.3.0")
    whole = new[record]
    bare = whole.partition(b"\n")[2].replace(b"\n", b"\r\n")
    a_repo.run("checkout", "--quiet", "-b", "register")
    folders.write({**new, record: bare}, here)
    a_repo.run("add", "--all", "--force")
    a_repo.run("-c", "core.autocrlf=false", "commit", "--quiet", "--message", "Register churn 1.3.0")
    assert run("--base", "main").exit_code == 3
    result = run("--base", "main", "--fix")
    assert result.stderr == f"mended {record}\n"
    assert "carriage return" not in result.stdout
    assert (here / record).read_bytes() == whole
    again = run("--base", "main", "--fix")  # the commit has it still, and the disk has it mended
    assert again.stderr == f"left as it is: {record} is merged, or lies otherwise on the disk\n"


def test_fix_of_a_change_between_folders_leaves_what_the_change_did_not_touch(
    here: Path, tmp_path: Path
) -> None:
    bend(here / MODEL, "# yaml-language-server", "# server")
    shutil.copytree(here / "registry", tmp_path / "before/registry")
    bend(here / STAGE, "# yaml-language-server", "# server")
    result = run("--base", str(tmp_path / "before"), "--fix")
    assert result.stderr == f"mended {STAGE}\n"
    assert (here / MODEL).read_text("utf-8").startswith("# server")


# pre-commit.


def test_pre_commit_takes_the_hook() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(TOP / ".pre-commit-hooks.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_hook_is_for_the_registry_and_brings_what_the_rules_import() -> None:
    (hook,) = HOOKS
    sources = "".join(path.read_text("utf-8") for path in (TOP / "src/modelry/checks").glob("*.py"))
    imported = re.findall(r"^ *(?:import|from) (\w+)", sources, re.MULTILINE)
    known = metadata.packages_distributions()
    needed = {canonicalize_name(name) for module in imported for name in known.get(module, ())}
    extras = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert hook["id"] == "modelry-check"
    assert hook["files"] == "^registry/"
    assert hook["additional_dependencies"] == [
        requirement
        for requirement in extras["registry"]
        if canonicalize_name(Requirement(requirement).name) in needed
    ]


def test_the_hook_works_as_pre_commit_calls_it(here: Path) -> None:
    (hook,) = HOOKS
    script = Path(sys.executable).parent / hook["entry"].split()[0]
    bend(here / STAGE, "version: 1.2.0", "version: 1.9.0")
    command = [script, *hook["entry"].split()[1:], *hook["args"]]
    bad = subprocess.run([*command, STAGE], capture_output=True, text=True, check=False)
    good = subprocess.run([*command, MODEL], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stderr) == (3, "")
    assert bad.stdout.startswith(f"{STAGE}:3:10: error[unknown-version]: churn has no version 1.9.0\n")
    assert good.returncode == 0


def test_the_hook_needs_no_more_than_it_brings(here: Path) -> None:
    others = ["dvc", "jinja2", "mkdocs", "material"]
    code = f"import sys\nfor name in {others}: sys.modules[name] = None\nfrom modelry.cli import main; main()"
    command = [sys.executable, "-c", code, "check", "--offline", "--fix", MODEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")


# When nobody could look.


class _Broken(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_broken_server() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Broken)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dvc"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def look(here: Path, **urls: str) -> Result:
    policy = builders.a_policy(remotes={name: {"url": url} for name, url in urls.items()})
    folders.write(policy, here)
    return CliRunner().invoke(group, ["check"], catch_exceptions=False)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ATTEMPTS", 1)


def test_a_server_that_fails_is_no_verdict(here: Path) -> None:
    with a_broken_server() as url:
        result = look(here, broken=url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"error: could not look: {url}/files/md5/")
    assert "HTTP 500" in result.stderr


def test_a_server_that_is_gone_is_no_verdict(here: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = look(here, gone=f"http://127.0.0.1:{closed.getsockname()[1]}/dvc")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: could not look: http://127.0.0.1:")


def test_a_remote_of_a_kind_that_cannot_be_asked_is_no_verdict(here: Path) -> None:
    result = look(here, cloud="gs://acme/dvc")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "error: could not look: gs://acme/dvc: gs:// is not read by this version\n"
    )


def test_what_another_remote_has_is_there_whichever_fails(here: Path, store: Path) -> None:
    result = look(here, cloud="s3://acme/dvc", store=str(store))
    assert (result.exit_code, result.stdout) == (0, "passes\n")


def test_a_remote_that_answers_that_it_has_nothing_is_a_finding(here: Path, tmp_path: Path) -> None:
    result = look(here, empty=str(tmp_path))
    assert result.exit_code == 3
    assert "error[artifact-unreachable]: model.onnx is in no remote of this registry" in result.stdout


def test_a_history_that_git_cannot_read_is_no_verdict(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote = ["promote", "churn@1.2.0", "production", "--reason", "better"]
    assert CliRunner().invoke(group, promote).exit_code == 0
    monkeypatch.setattr(judging, "holders", lambda *_: a_repo.run("cat-file", "-p", "nothing"))
    result = run("--base", "main", "--head", "promote/churn/production/1.2.0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: could not look: git cat-file: ")


@pytest.mark.parametrize(
    ("args", "others"),
    [
        (
            ["check", "--base", "main", "--offline"],
            {
                "modelry.forges",
                "modelry.auditing",
                "modelry.catalog",
                "modelry.model.evidence",
                "modelry.model.schema",
                "cel",
            },
        ),
        (["review", "--base", "main", "--offline"], {"modelry.forges", "modelry.auditing"}),
        (["list"], {"modelry.forges", "modelry.auditing", "modelry.checks"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_another_command_needs_is_not_waited_for(
    a_repo: Repository, args: list[str], others: set[str]
) -> None:
    script = (
        "import sys\nfrom modelry.cli import main\n"
        f"try:\n    main({args!r})\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=a_repo.top, capture_output=True, text=True, check=True
    )
    assert others & set(done.stderr.split()) == set()
    assert "modelry.cli" in done.stderr.split()
