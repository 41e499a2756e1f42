"""Who answers for a catalog: its site, else its repository by git, else what was seen last; and never what is older."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
import crash
from client.serving import Answer, Web, answer
from client.test_site import a_document, a_version
from githost import Host, Hosted
from modelry import catalog, client
from modelry.cli import group
from modelry.client import seen
from modelry.client.asking import How
from modelry.client.resolution import Resolution
from modelry.errors import IntegrityError, NotFoundError, RegistryError, StaleError
from modelry.git import Repository
from modelry.reports import documents
from modelry.storage import folders, moments

pytestmark = pytest.mark.usefixtures("waits")

PATH = "/site/api/v1/models/churn.json"
OLDER, NEWER = "c0" * 20, "d0" * 20


def conditional(document: dict[str, Any]) -> Answer:
    """Answer as a static server does: 304 to who has it."""
    body = json.dumps(document).encode()
    etag = f'"{hash(body)}"'

    def give(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == etag
        answer(b"" if same else body, 304 if same else 200, ETag=etag)(handler)

    return give


def show(web: Web, **overrides: Any) -> None:
    web.put(PATH, conditional(a_document(**overrides)))


def resolve(web: Web, reference: str = "churn@production", **how: Any) -> Resolution:
    return client.resolve(reference, f"{web.url}/site", how=How(**how))


def run(*args: object) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], catch_exceptions=False)


def test_what_has_not_changed_is_not_sent_again(web: Web) -> None:
    show(web)
    first = resolve(web)
    for reference in ["churn@production", "churn", "churn@1.0.0"] * 10:
        assert resolve(web, reference).sequence == first.sequence
    asked = [headers.get("If-None-Match") for headers in web.headers]
    assert (len(asked), asked[0], None in asked[1:]) == (31, None, False)
    assert resolve(web) == first
    show(web, sequence=13, commit=NEWER, latest="1.0.0")
    assert (resolve(web, "churn").version, resolve(web, "churn").sequence) == ("1.0.0", 13)


def test_what_is_kept_is_for_nobody_else(web: Web) -> None:
    show(web)
    resolve(web)
    kept = [Path(os.environ[name], "modelry") for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME")]
    files = [path for home in kept for path in home.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}


FAULTS: dict[str, Answer] = {
    "500": answer(status=500),
    "503 for ever": answer(status=503),
    "408": answer(status=408),
    "404 everywhere": answer(status=404),
    "a page to log in": answer(b"<!doctype html><title>Log in</title>"),
    "an empty page": answer(b""),
    "half a document": answer(json.dumps(a_document()).encode()[:200]),
    "no object": answer(b"[]"),
    "somebody else's object": answer(b'{"error": "please log in"}'),
    "half of what was announced": answer(b"{", length=4000),
    "a redirect to a file": answer(status=302, Location="file:///etc/passwd"),
    "a redirect without end": answer(status=302, Location=PATH),
    "a compressed answer": answer(b"x", Content_Encoding="gzip"),
    "an answer without end": answer(b" " * (9 << 20), length=-1),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_site_that_is_broken_is_stood_in_for_by_what_was_seen_last(
    fault: Answer, web: Web, waits: list[float]
) -> None:
    show(web)
    before = resolve(web)
    web.put(PATH, fault)
    found = resolve(web)
    assert (found.source, found.stale, found.age <= 60) == ("cache", True, True)
    assert found.fallback is not None
    assert web.url in found.fallback
    assert found._replace(source="site", age=0, fallback=None) == before
    assert sum(waits) < 5


def test_a_site_that_is_gone_is_told_of_on_stderr_and_in_json(waits: list[float]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{free.getsockname()[1]}"
    seen.keep(f"{gone}/site", "churn", '"e"', json.dumps(a_document()).encode())
    done = run("resolve", "churn@production", "--registry", f"{gone}/site", "--json")
    told = json.loads(done.stdout)
    Draft202012Validator(documents.of("resolution")).validate(told)
    assert (done.exit_code, told["version"], told["source"], told["stale"]) == (0, "1.0.0", "cache", True)
    fault = f"{gone}{PATH}: Connection refused (2 attempts)"
    assert told["fallback"] == fault
    assert done.stderr == f"warning: {fault}; the answer is what was seen {told['age']} s ago\n"
    assert waits == [0.625]


def test_a_silent_site_is_not_waited_for(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    show(web)
    resolve(web)
    monkeypatch.setattr("modelry.client.site.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections, and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/site"
        with pytest.raises(RegistryError, match=r"no answer for 0\.2 s"):
            client.resolve("churn", url)


def test_a_site_that_drips_is_not_waited_for(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    show(web)
    resolve(web)
    monkeypatch.setattr("modelry.client.site.PATIENCE", 0.1)
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        answer(b" ", length=4000)(handler)
        with suppress(OSError):
            while not over.wait(0.02):
                handler.wfile.write(b" ")

    web.put(PATH, drip)
    assert "the server is too slow: " in str(resolve(web).fallback)
    over.set()


@pytest.mark.parametrize("status", [401, 403])
def test_a_site_that_says_no_is_believed(status: int, web: Web) -> None:
    show(web)
    resolve(web)
    web.put(PATH, answer(status=status))
    with pytest.raises(RegistryError, match=f"HTTP {status}"):
        resolve(web)


def test_a_model_that_is_gone_is_an_answer(web: Web) -> None:
    show(web)
    resolve(web)
    web.put(PATH, answer(status=404))
    web.put("/site/api/v1/index.json", {"schema": "index/v1"})
    with pytest.raises(NotFoundError, match="there is no model churn"):
        resolve(web)


def test_what_was_never_seen_is_the_sites_own_fault(web: Web) -> None:
    web.put(PATH, answer(status=503))
    with pytest.raises(RegistryError, match=r"HTTP 503 Service Unavailable \(2 attempts\)$"):
        resolve(web)


def test_offline_nobody_is_asked(web: Web) -> None:
    with pytest.raises(
        RegistryError, match="nobody is asked offline, and nothing of churn was seen there before"
    ):
        resolve(web, offline=True)
    show(web)
    before, asked = resolve(web), len(web.asked)
    found = resolve(web, offline=True)
    assert (found.sha256, found.source, len(web.asked)) == (before.sha256, "cache", asked)


def test_what_is_too_old_is_refused_where_that_was_asked(web: Web) -> None:
    show(web)
    resolve(web)
    (kept,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("churn.json")
    os.utime(kept, (0, 0))
    with pytest.raises(
        StaleError, match=r"what was seen of churn last is \d+ s old, and at most 60 s"
    ) as old:
        resolve(web, offline=True, max_age=60)
    assert old.value.code == 7
    resolve(web)  # and to be told that it holds makes it new
    assert resolve(web, offline=True, max_age=60).version == "1.0.0"


def test_an_older_catalog_is_refused_with_both_numbers(web: Web) -> None:
    show(web, sequence=13, commit=NEWER)
    resolve(web)
    show(web)
    done = run("resolve", "churn", "--registry", f"{web.url}/site")
    assert (done.exit_code, done.stdout) == (7, "")
    told = f"error: {web.url}/site answers as of commit 12 on main; 13 was seen already\n hint: "
    assert done.stderr.startswith(told)
    assert f"modelry cache forget {web.url}/site" in done.stderr


def test_another_models_document_may_not_be_older_either(web: Web) -> None:
    show(web, sequence=13, commit=NEWER)
    resolve(web)
    fraud = a_document(model="fraud")
    web.put(PATH.replace("churn", "fraud"), fraud)
    with pytest.raises(StaleError):
        resolve(web, "fraud")


def test_a_cache_on_the_way_is_asked_to_look_again(web: Web) -> None:
    show(web, sequence=13, commit=NEWER)
    resolve(web)
    web.put(PATH, a_document())  # what some edge of the CDN still has
    web.put(f"{PATH}?newer-than=13", a_document(sequence=14, commit="e0" * 20))
    assert resolve(web).sequence == 14
    assert web.headers[-1]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"commit": NEWER}, f"says that commit 12 on main is {NEWER}; it was {OLDER}"),
        ({"stages": {}}, "shows churn in two ways as of commit 12 on main"),
        ({"latest": "1.0.0"}, "in two ways"),
        ({"versions": {"1.0.0": a_version(yanked={"reason": "x"}), "1.2.0": a_version()}}, "in two ways"),
    ],
)
def test_one_place_on_main_means_one_thing(overrides: dict[str, Any], message: str, web: Web) -> None:
    show(web)
    resolve(web)
    show(web, **overrides)
    with pytest.raises(StaleError, match=message) as caught:
        resolve(web, "churn@1.2.0")
    assert caught.value.code == 7


def test_a_catalog_that_was_built_anew_by_a_newer_modelry_is_the_same(web: Web) -> None:
    show(web)
    resolve(web)
    show(web, title="Another title", something_new={"a": 1})
    assert resolve(web).version == "1.0.0"


def test_an_address_belongs_to_one_registry_until_it_is_forgotten(web: Web) -> None:
    show(web)
    resolve(web)
    show(web, registry="other", sequence=1, commit=NEWER)
    with pytest.raises(IntegrityError, match="was the registry acme-models, and now says that it is other"):
        resolve(web)
    assert seen.forget(f"{web.url}/site")
    assert resolve(web).registry == "other"


def test_a_page_of_the_site_and_a_password_are_the_same_registry(web: Web) -> None:
    show(web, sequence=13, commit=NEWER)
    client.resolve("churn", f"{web.url.replace('//', '//me:secret@')}/site/?from=mail")
    show(web)
    with pytest.raises(StaleError):
        resolve(web)
    kept = b"".join(path.read_bytes() for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*.json"))
    assert b"secret" not in kept


def test_without_a_place_to_keep_it_a_process_remembers(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELRY_CACHE", "")
    monkeypatch.setattr(seen, "_here", {})
    show(web, sequence=13, commit=NEWER)
    resolve(web)
    assert resolve(web).sequence == 13
    assert web.headers[-1].get("If-None-Match")
    show(web)
    with pytest.raises(StaleError):
        resolve(web)


def damage(change: Callable[[Path], object]) -> None:
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        for path in Path(os.environ[variable], "modelry").rglob("*.json"):
            change(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.chmod(0o666),
        lambda path: path.parent.chmod(0o777),
    ],
    ids=["emptied", "cut", "deep", "open to all", "in an open folder"],
)
def test_what_was_kept_and_damaged_is_not_believed(
    change: Callable[[Path], object], web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(web)
    before = resolve(web)
    damage(change)
    assert resolve(web) == before
    damage(change)
    monkeypatch.setattr(seen, "_here", {})
    with pytest.raises(RegistryError):
        resolve(web, offline=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(shown=st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["churn", "fraud"])), max_size=12))
def test_what_is_believed_never_goes_back(web: Web, shown: list[tuple[int, str]]) -> None:
    url = f"{web.url}/{os.urandom(4).hex()}"
    highest = 0
    for sequence, model in shown:
        at = f"{url.removeprefix(web.url)}/api/v1/models/{model}.json"
        web.put(at, a_document(model=model, sequence=sequence, commit=f"{sequence:040x}"))
        try:
            assert client.resolve(model, url).sequence == sequence
        except StaleError:
            assert sequence < highest
        else:
            assert sequence >= highest
            highest = sequence
        before = seen.moment(url)
        assert before is not None
        assert before.sequence == highest


def test_a_site_that_answers_is_heard_without_git_and_without_pydantic(web: Web) -> None:
    show(web)
    script = "import sys\nbefore = set(sys.modules)\nfrom modelry import client\nclient.resolve('churn', sys.argv[1])\n"
    script += "print(*sys.modules.keys() - before)"
    done = subprocess.run(
        [sys.executable, "-c", script, f"{web.url}/site"], capture_output=True, text=True, check=True
    )
    heavy = {
        "pydantic",
        "subprocess",
        "yaml",
        "dvc",
        "click",
        "difflib",
        "modelry.git",
        "modelry.storage.upstream",
    }
    assert heavy & set(done.stdout.split()) == set()


@crash.needed
def test_what_is_kept_of_an_answer_is_the_old_or_the_new_wherever_one_is_killed(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("MODELRY_CACHE", str(home))
    script = "import sys; from modelry import client; client.resolve('churn', sys.argv[1])"
    command = [sys.executable, "-c", script, f"{web.url}/site"]

    def begin() -> None:
        shutil.rmtree(home, ignore_errors=True)
        show(web)
        resolve(web)
        show(web, sequence=13, commit=NEWER, latest="1.0.0")

    begin()
    calls = crash.calls(command, home, "write,rename,unlink,utimensat,flock")
    for call in calls:
        begin()
        crash.fail(command, call, crash.KILL)
        found = resolve(web, "churn", offline=True)
        assert (found.sequence, found.version) in {(12, "1.2.0"), (13, "1.0.0")}, call
        assert resolve(web, "churn").sequence == 13, call
        show(web)
        with pytest.raises(StaleError):
            resolve(web, "churn")
    assert len(calls) > 4


# By git, on a real server.


@pytest.fixture
def hosted(git_host: Host, a_repo: Repository) -> Hosted:
    """The registry of `a_repo`, on a server that has some history of it."""
    made = git_host.repository(protected=False)
    made.git.run("config", "uploadpack.allowFilter", "true")
    commit(a_repo, builders.an_assignment("churn", "1.1.0", "production", previous="1.0.0"))
    a_repo.run("push", "--quiet", made.url(), "main")
    return made


def commit(repository: Repository, files: Any) -> None:
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "A change")


def publish(web: Web, repository: Repository, revision: str = "main") -> None:
    """Serve the catalog of a commit."""
    made = catalog.files(*moments.of_commit(repository, revision))
    for path, data in made.items():
        if path.startswith("docs/api/v1/models/") or path.endswith("/index.json"):
            web.put(f"/site/{path.removeprefix('docs/')}", data)


def test_a_site_that_is_gone_is_stood_in_for_by_git_with_the_same_answer(
    hosted: Hosted,
    a_repo: Repository,
    web: Web,
    tmp_path: Path,
) -> None:
    publish(web, a_repo)
    references = ["churn", "churn@production", "churn@staging", "churn@1.0.0"]
    by_site = [resolve(web, reference) for reference in references]
    seen.forget(f"{web.url}/site")
    web.answers.clear()
    by_git = [resolve(web, reference, repository=hosted.url()) for reference in references]
    assert {found.source for found in by_git} == {"git"}
    assert not any(found.stale for found in by_git)
    assert [found._replace(source="site", fallback=None) for found in by_git] == by_site
    done = run(
        "pull",
        "churn@production",
        tmp_path / "m",
        "--registry",
        f"{web.url}/site",
        "--repository",
        hosted.url(),
    )
    assert (done.exit_code, (tmp_path / "m").read_bytes()) == (0, builders.artifact("churn", "1.1.0"))
    assert done.stderr.endswith("the answer is what its repository says\n")
    assert "secret" not in done.stderr


def test_git_is_asked_for_no_more_than_the_commit_when_nothing_has_moved(
    hosted: Hosted,
    a_repo: Repository,
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(web, a_repo)
    resolve(web)
    web.answers.clear()
    monkeypatch.setattr("modelry.storage.upstream.fetched", None)
    assert resolve(web, repository=hosted.url()).source == "git"


def test_what_git_shows_goes_on_from_what_was_seen(
    hosted: Hosted,
    a_repo: Repository,
    web: Web,
) -> None:
    publish(web, a_repo)
    resolve(web)
    commit(a_repo, builders.an_assignment("churn", "1.2.0", "production", previous="1.1.0"))
    a_repo.run("push", "--quiet", hosted.url(), "main")
    saved = dict(web.answers)
    web.answers.clear()
    found = resolve(web, repository=hosted.url())
    assert (found.version, found.sequence) == ("1.2.0", 3)
    # The site is back, and was not built since: git is asked on.
    web.answers.update(saved)
    found = resolve(web, repository=hosted.url())
    assert (found.version, found.sequence, found.source) == ("1.2.0", 3, "git")
    found = resolve(web, repository="/nowhere")
    assert (found.version, found.source) == ("1.2.0", "cache")
    publish(web, a_repo)
    assert (resolve(web).source, resolve(web).sequence) == ("site", 3)


@pytest.mark.parametrize("which", ["behind", "rewritten"])
def test_a_repository_that_goes_back_is_refused(
    which: str,
    hosted: Hosted,
    a_repo: Repository,
    web: Web,
) -> None:
    publish(web, a_repo)
    resolve(web)
    if which == "behind":
        a_repo.run("push", "--quiet", "--force", hosted.url(), "main~1:main")
    else:
        a_repo.run("commit", "--quiet", "--amend", "--message", "Another history")
        commit(a_repo, builders.an_assignment("churn", "1.2.0", "staging", previous="1.2.0"))
        a_repo.run("push", "--quiet", "--force", hosted.url(), "main")
    web.answers.clear()
    with pytest.raises(StaleError, match="were seen already" if which == "behind" else "it was "):
        resolve(web, repository=hosted.url())


def test_a_model_that_git_does_not_have_does_not_exist(
    hosted: Hosted,
    web: Web,
) -> None:
    with pytest.raises(NotFoundError, match="there is no model fraud"):
        resolve(web, "fraud", repository=hosted.url())


@pytest.mark.parametrize("url", ["ext::sh -c 'touch {here}/ran'", "--upload-pack=touch {here}/ran"])
def test_an_address_runs_nothing(
    url: str,
    web: Web,
    tmp_path: Path,
) -> None:
    with pytest.raises(RegistryError):
        resolve(web, repository=url.format(here=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["file:///srv/models", "/srv/models", "git://host/models", "ext::sh"])
def test_a_site_does_not_send_git_where_it_should_not_go(
    url: str,
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("modelry.git.elsewhere.head", None)
    show(web, **({"repository": url} if "::" not in url else {}))
    resolve(web)
    web.answers.clear()
    assert resolve(web).source == "cache"


def test_without_git_it_is_said_and_gone_on(
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(web, repository="https://git.example.org/models")
    resolve(web)
    web.answers.clear()
    monkeypatch.setenv("PATH", "/nowhere")
    found = resolve(web)
    assert (found.source, found.stale) == ("cache", True)
    assert str(found.fallback).endswith("; git is not installed")


def test_a_server_that_leaves_nothing_out_will_do(
    hosted: Hosted,
    web: Web,
) -> None:
    hosted.git.run("config", "--unset", "uploadpack.allowFilter")
    assert resolve(web, repository=hosted.url()).version == "1.1.0"


def test_a_git_server_that_hangs_is_left(
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(web)
    resolve(web)
    web.answers.clear()
    monkeypatch.setattr("modelry.git.elsewhere.ASKED", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/models"
        found = resolve(web, repository=url)
    assert str(found.fallback).endswith("git ls-remote: not done after 0.3 s")
