"""The registry's GitLab pipelines: valid by GitLab's schema, and each job's script run on a real clone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

import builders
import gitlabapi
from client.serving import Web
from gitlabci import running
from gitlabci.running import Runner
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import folders

PINS = {
    ".gitlab/requirements.txt": b"# the base's pins\n",
    ".gitlab/requirements-modelry.txt": b"# the base's tool\n",
}
JOBS = ("check", "evidence", "preview", "pages", "smoke", "record", "notify", "mirror", "promote", "audit")


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_the_files_are_valid_by_gitlabs_own_schema() -> None:
    top = Path(str(resources.files("modelry.scaffolding"))) / "gitlab"
    files = [str(top / path) for path in running.FILES if path.endswith(".yml")]
    command = [
        tool("check-jsonschema"),
        "--builtin-schema",
        "vendor.gitlab-ci",
        "--data-transform",
        "gitlab-ci",
    ]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert (done.returncode, len(files)) == (0, 6), done.stdout


def test_the_scripts_are_sound_shell() -> None:
    scripts = {name: job for name, job in running.jobs().items() if not name.startswith(".")}
    assert tuple(sorted(scripts)) == tuple(sorted(JOBS))
    for name, job in scripts.items():
        command = [tool("shellcheck"), "--shell=bash", "--exclude=SC2154,SC2034,SC2016", "-"]
        done = subprocess.run(command, input=running.script(job), capture_output=True, text=True, check=False)
        assert (name, done.stdout) == (name, "")


@pytest.fixture
def runner(a_repo: Repository, tmp_path: Path) -> Runner:
    """A clone as a runner makes it, of a project whose main has these pipelines."""
    folders.write({**running.FILES, **PINS}, a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Let GitLab judge")
    a_repo.run("push", "--quiet", "origin", "main")
    (tmp_path / "bin").mkdir()
    origin = a_repo.run("remote", "get-url", "origin").strip()
    Repository(tmp_path).run("clone", "--quiet", origin, str(tmp_path / "builds"))
    return Runner(tmp_path / "builds", tmp_path / "bin")


def requested(a_repo: Repository, runner: Runner, files: dict[str, bytes]) -> str:
    """Push a branch with these files; the runner's clone stands on it."""
    a_repo.run("switch", "--quiet", "--create", "topic")
    folders.write(files, a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "A change")
    a_repo.run("push", "--quiet", "origin", "topic")
    stand(runner, a_repo.commit("topic"))
    return a_repo.commit("topic")


def stand(runner: Runner, commit: str) -> None:
    clone = Repository(runner.clone)
    clone.run("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
    clone.run("switch", "--quiet", "--detach", commit)


def on_request(commit: str, kind: str) -> dict[str, str]:
    """Give what GitLab sets in a pipeline of a merge request."""
    return {
        "CI_COMMIT_SHA": commit,
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_EVENT_TYPE": kind,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
    }


def a_promotion() -> dict[str, bytes]:
    return builders.an_assignment("churn", "1.1.0", previous="1.2.0")


def test_a_request_is_judged_by_the_base_which_it_cannot_change(a_repo: Repository, runner: Runner) -> None:
    bad = {
        layout.version("churn", "1.0.0"): b"nonsense\n",
        ".gitlab/requirements-modelry.txt": b"evil\n",
        "sitecustomize.py": b"raise SystemExit('evil')\n",
    }
    commit = requested(a_repo, runner, bad)
    done = runner.run("check", **on_request(commit, "detached"))
    assert (done.returncode, "error[version-altered]" in done.stdout) == (3, True), done.stderr
    quality = json.loads((runner.clone / "registry-report/quality.json").read_text("utf-8"))
    assert "version-altered" in {each["check_name"] for each in quality}
    assert (runner.clone / "registry-report/rules.xml").read_text("utf-8").startswith("<?xml")
    assert "version-altered" in (runner.clone / "registry-report/review.md").read_text("utf-8")
    assert [line.partition(": ")[2] for line in runner.installed.splitlines()] == [
        "# the base's pins",
        "# the base's tool",
    ]


def test_of_a_merged_result_and_in_a_train_the_merge_is_judged_as_it_would_be(
    a_repo: Repository, runner: Runner
) -> None:
    head = requested(a_repo, runner, a_promotion())
    a_repo.run("switch", "--quiet", "main")
    # What is ahead in the train, or came to main: the same stage. The request alone is right, and the two together are not.
    folders.write(builders.an_assignment("churn", "1.0.0", previous="1.2.0"), a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Ahead")
    ahead = a_repo.commit("main")
    merged = a_repo.record(f"{head}^{{tree}}", [ahead, head], "Merge branch 'topic' into 'main'")
    a_repo.run("push", "--quiet", "origin", f"{merged}:refs/heads/train")
    stand(runner, merged)
    done = runner.run("check", **on_request(merged, "merge_train"))
    assert (done.returncode, "conflicts with main" in done.stderr) == (6, True), done.stdout


def test_evidence_reads_the_bytes_and_the_catalog_can_be_looked_at_before(
    a_repo: Repository, runner: Runner, store: Path
) -> None:
    commit = requested(a_repo, runner, a_promotion())
    done = runner.run("evidence", **on_request(commit, "detached"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "promotion: passes"), done.stderr
    stand(runner, commit)
    done = runner.run("preview", **on_request(commit, "detached"))
    index = json.loads((runner.clone / "registry-preview/api/v1/index.json").read_text("utf-8"))
    assert (done.returncode, index["commit"]) == (0, commit), done.stderr
    shutil.rmtree(store / "files")
    stand(runner, commit)
    done = runner.run("evidence", **on_request(commit, "detached"))
    assert (done.returncode, "error[artifact-unreachable]" in done.stdout) == (3, True), done.stderr


def on_main(commit: str, before: str = "0" * 40) -> dict[str, str]:
    """Give what GitLab sets in a pipeline of the default branch."""
    return {
        "CI_COMMIT_SHA": commit,
        "CI_COMMIT_BEFORE_SHA": before,
        "CI_COMMIT_BRANCH": "main",
        "CI_PIPELINE_SOURCE": "push",
        "CI_PIPELINE_ID": "9",
    }


def test_main_is_published_unless_somebody_went_around_the_check(
    a_repo: Repository, runner: Runner, web: Web
) -> None:
    commit = a_repo.commit("main")
    done = runner.run("pages", **on_main(commit))
    assert done.returncode == 0, done.stderr
    index = (runner.clone / "public/api/v1/index.json").read_bytes()
    web.put("/api/v1/index.json?pipeline=9", b'{"commit":"older"}', index)
    done = runner.run("smoke", **on_main(commit), CI_PAGES_URL=web.url, MODELRY_SMOKE_PAUSE="0")
    assert (done.returncode, len(web.asked)) == (0, 2), done.stdout
    done = runner.run("mirror", **on_main(commit))
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, []), done.stderr
    path = layout.version("churn", "1.0.0")
    around = requested(a_repo, runner, {path: a_repo.tree("main").read(path).replace(b"0.914", b"0.999")})
    done = runner.run("pages", **on_main(around, commit))
    assert (done.returncode, "error[version-altered]" in done.stdout) == (3, True), done.stderr


@pytest.fixture
def lab(a_repo: Repository, runner: Runner) -> Iterator[gitlabapi.GitLab]:
    """A GitLab that has the project, and the token of a bot there."""
    with gitlabapi.running() as server:
        page = f"{server.url}/acme/models"
        folder = a_repo.run("remote", "get-url", "origin").strip()
        Repository(runner.clone).run("config", f"url.{folder}.insteadOf", f"{page}.git")
        policy = builders.a_policy(
            repository=page,
            remotes={"store": {"url": str(a_repo.top.with_name("store"))}},
            webhooks={"deployer": {"format": "cloudevents", "url": "http://127.0.0.1:9/"}},
        )
        folders.write(policy, a_repo.top)
        a_repo.run("commit", "--quiet", "--all", "--message", "Say where it is")
        a_repo.run("push", "--quiet", "origin", "main")
        runner.project |= {
            "GITLAB_TOKEN": "bot-token",
            "CI_PROJECT_URL": page,
            "CI_SERVER_URL": server.url,
            "CI_SERVER_HOST": "127.0.0.1",
            "CI_API_V4_URL": f"{server.url}/api/v4",
            "GITLAB_USER_NAME": "Ada",
            "GITLAB_USER_EMAIL": "ada@acme.example",
        }
        stand(runner, a_repo.commit("main"))
        yield server


def test_a_promotion_is_proposed_merged_and_put_on_record(
    a_repo: Repository, runner: Runner, lab: gitlabapi.GitLab
) -> None:
    main = a_repo.commit("main")
    asked = {"MODEL": "churn", "VERSION": "1.1.0", "STAGE": "staging", "REASON": 'better; "$(touch evil)"'}
    done = runner.run("promote", **on_main(main), **asked)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, lab.merge_requests[0]["web_url"]), (
        done.stderr
    )
    assert 'better; "$(touch evil)"' in lab.merge_requests[0]["description"]
    # Bob approves, and GitLab merges.
    a_repo.run("fetch", "--quiet", "origin")
    head = a_repo.commit("origin/promote/churn/staging/1.1.0")
    merged = a_repo.record(
        f"{head}^{{tree}}", [main, head], "Merge branch 'promote/churn/staging/1.1.0' into 'main'"
    )
    a_repo.run("push", "--quiet", "origin", f"{merged}:refs/heads/main")
    lab.merge_requests[0] |= {
        "state": "merged",
        "sha": head,
        "merge_commit_sha": merged,
        "squash_commit_sha": None,
    }
    lab.versions[1] = [{"head_commit_sha": head, "created_at": "2026-03-01T11:00:00.000Z"}]
    lab.approvals[1] = [{"user": lab.user(2), "approved_at": "2026-03-01T12:00:00.000Z"}]
    lab.commits[1], lab.roles = [], {2: 30}
    stand(runner, merged)
    done = runner.run("record", **on_main(merged, main))
    assert done.returncode == 0, done.stderr
    assert f"{main} came to main without a merge request" in done.stdout
    origin = Repository(Path(a_repo.run("remote", "get-url", "origin").strip()))
    note = json.loads(origin.run("notes", "--ref=modelry", "show", merged))
    assert note["predicate"]["approvers"][0]["name"] == "bob"
    assert "churn#staging#" in origin.run("tag", "--list")
    done = runner.run("notify", **on_main(merged, main))
    assert (done.returncode, done.stderr.count("deployer: is told what comes from now on")) == (0, 1)
    assert origin.commit("refs/modelry/notified/deployer") == merged
    # Git's own question, as the job has set it: the token is what it answers.
    wanted = f"protocol=http\nhost={lab.url.removeprefix('http://')}\n\n"
    job = running.jobs()["record"]["variables"]
    assert job["GIT_CONFIG_VALUE_0"] == '!f() { echo username=oauth2; echo "password=$$GITLAB_TOKEN"; }; f'
    helper = job["GIT_CONFIG_VALUE_0"].replace("$$", "$")
    told = subprocess.run(
        ["git", "-c", f"credential.{lab.url}.helper={helper}", "credential", "fill"],
        input=wanted,
        env={"PATH": "/usr/bin:/bin", "GITLAB_TOKEN": "bot-token"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.endswith("username=oauth2\npassword=bot-token\n")


def test_what_the_audit_finds_is_one_issue(
    a_repo: Repository, runner: Runner, lab: gitlabapi.GitLab, store: Path
) -> None:
    commit = a_repo.commit("main")
    asked = {**on_main(commit), "CI_PIPELINE_SOURCE": "schedule"}
    done = runner.run("audit", **asked)
    assert (done.returncode, lab.issues) == (0, []), done.stdout + done.stderr
    shutil.rmtree(runner.clone / "registry-report")
    shutil.rmtree(store / "files")
    done = runner.run("audit", **asked)
    assert done.returncode == 1
    (issue,) = lab.issues
    assert (issue["labels"], issue["title"]) == (["registry-audit"], "The audit found something")
    assert "## Bytes" in issue["description"]
