"""The site on the disk: whole or not at all, the same each time, and the moments that it shows."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import builders
from modelry import catalog
from modelry.catalog import Moment, articles
from modelry.errors import RegistryError, UsageError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.events import Event
from modelry.model.files import Files
from modelry.model.landings import Landing
from modelry.storage import folders, moments, site
from modelry.storage.site import engine

WHEN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def tree(tmp_path: Path, **changes: str) -> dict[str, bytes]:
    """Give the catalog of a small registry; a change replaces a file of its `docs`."""
    folders.write(builders.a_registry(1, 1), tmp_path / "registry-of-it")
    registry, _ = moments.read(tmp_path / "registry-of-it")
    files = dict(catalog.files(registry, Moment(None, 0, WHEN)))
    return files | {f"docs/{path.replace('__', '/')}.md": text.encode() for path, text in changes.items()}


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_tree_gives_the_same_site(tmp_path: Path) -> None:
    files = tree(tmp_path)
    for name in ("one", "two"):
        site.build(files, tmp_path / name, WHEN)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (tmp_path / "one/models/churn/1.0.0/index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".state")) == [
        "one",
        "registry-of-it",
        "two",
    ]


def test_every_page_is_what_mkdocs_makes_of_the_same_tree_but_for_blanks_at_line_ends(tmp_path: Path) -> None:
    files = {**builders.a_registry(2, 3), **builders.an_assignment("churn", "1.1.0", "production")}
    yank = builders.text("yank", builders.a_document("yank"))
    files[layout.version("churn", "1.2.0", "yanked.yaml")] = yank
    folders.write(files, tmp_path / "registry-of-it")
    given = catalog.files(moments.read(tmp_path / "registry-of-it")[0], Moment(None, 0, WHEN))
    folders.write(given, tmp_path / "tree")
    engine.run(tmp_path / "tree", tmp_path / "slowly", WHEN)
    site.build(given, tmp_path / "quickly", WHEN)
    pages = sorted(path.relative_to(tmp_path / "slowly") for path in (tmp_path / "slowly").rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        slowly, quickly = ((tmp_path / how / page).read_text("utf-8") for how in ("slowly", "quickly"))
        assert articles.slim(quickly).strip() == articles.slim(slowly).strip(), page
    others = {
        path for path in content(tmp_path / "slowly") if not path.endswith((".html", "search_index.json"))
    }
    assert {path: content(tmp_path / "slowly")[path] for path in others} == {
        path: content(tmp_path / "quickly")[path] for path in others
    }


def test_a_second_build_takes_the_theme_over_and_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tree(tmp_path)
    site.build(files, tmp_path / "site", WHEN)
    first = content(tmp_path / "site")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "run", None)  # mkdocs would be needed
        site.build(files, tmp_path / "site", WHEN)
    assert content(tmp_path / "site") == first


@pytest.mark.parametrize("altered", ["site/assets/stylesheets", ".site.state"])
def test_of_a_site_that_somebody_altered_nothing_is_taken_over(altered: str, tmp_path: Path) -> None:
    files = tree(tmp_path)
    site.build(files, tmp_path / "site", WHEN)
    first = content(tmp_path / "site")
    place = tmp_path / altered
    path = place if place.is_file() else next(path for path in sorted(place.rglob("*")) if path.is_file())
    path.write_bytes(b"{}")
    site.build(files, tmp_path / "site", WHEN)
    assert content(tmp_path / "site") == first


def test_what_mkdocs_warns_of_is_an_error_and_the_old_site_stays(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("old")
    with pytest.raises(RegistryError, match=r"mkdocs: .*nowhere\.md"):
        site.build(tree(tmp_path, about__index="# About\n\n[x](nowhere.md)\n"), tmp_path / "site", WHEN)
    assert content(tmp_path / "site") == {"index.html": hashlib.sha256(b"old").hexdigest()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry-of-it", "site"]


def test_a_page_that_points_nowhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        RegistryError, match=r"not whole: about/index\.html points to \.\./gone/, which is not there"
    ):
        site.build(tree(tmp_path, about__index='<a href="../gone/">x</a>\n'), tmp_path / "site", WHEN)


def test_a_module_in_the_way_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mkdocs.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    site.build(tree(tmp_path), tmp_path / "site", WHEN)
    assert (tmp_path / "site/index.html").is_file()


def test_without_mkdocs_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho python: No module named mkdocs >&2; exit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(RegistryError, match="mkdocs is not installed") as error:
        site.build(tree(tmp_path), tmp_path / "site", WHEN)
    assert error.value.hint == "pip install 'modelry[registry]'"


def test_documents_that_name_what_has_no_page_do_not_stop_the_build(tmp_path: Path) -> None:
    files = {
        **builders.a_registry(1, 2),
        **builders.a_model("gone", deprecated={"reason": "r", "replacement": "nobody"}),
    }
    files |= builders.an_assignment("churn", "1.0.0", "production", previous="0.0.1")
    files |= builders.an_assignment("churn", "1.0.0", "no-such-stage")
    yank = builders.text("yank", builders.a_document("yank", replacement="9.9.9"))
    files |= {
        layout.version("churn", "1.1.0", "yanked.yaml"): yank,
        layout.version("gone", "1.0.0"): b"broken: [",
    }
    folders.write(files, tmp_path / "registry-of-it")
    registry, _ = moments.read(tmp_path / "registry-of-it")
    happened = (
        Event(
            "promoted", "churn", "0.0.1", "old-stage", "0.0.0", Landing("a" * 40, WHEN, "Promote", ("Ada",))
        ),
        Event("registered", "removed", "1.0.0", None, None, Landing("b" * 40, WHEN, "Register", ("Ada",))),
    )
    site.build(catalog.files(registry, Moment("c" * 40, 3, WHEN, happened)), tmp_path / "site", WHEN)
    assert "no-such-stage" in (tmp_path / "site/models/churn/index.html").read_text("utf-8")


def a_site(folder: Path, body: str = "", **changes: bytes) -> Path:
    """Write the smallest site that is whole, with one page's body."""
    snapshot = b'{"models": {"churn": {"versions": {"1.0.0": {"document": "o/1.json"}}}}}'
    sha256 = hashlib.sha256(snapshot).hexdigest()
    files = {
        "index.html": f"<html>{body}</html>".encode(),
        "404.html": b'<a href="/elsewhere/">x</a>',
        "a/index.html": b'<a href="..">home</a><a href="../index.html?x=1#y">home</a><a href="#here">here</a>',
        "api/v1/index.json": json.dumps(
            {"snapshot": {"path": f"s/{sha256}.json", "sha256": sha256}}
        ).encode(),
        f"api/v1/s/{sha256}.json": snapshot,
        "api/v1/o/1.json": b"{}",
    }
    folders.write(files | changes, folder)
    return folder


def test_a_site_that_has_all_it_points_to_is_whole(tmp_path: Path) -> None:
    body = (
        '<link rel="canonical" href="https://x.example/"><a href="https://y.example">y</a><a href="a/">a</a>'
        '<a title="a > b" href="a/index&#46;html">a</a><a href="mailto:a@b.example">b</a>'
        '<code>&lt;img src="https://z.example"></code>'
    )
    site.check(a_site(tmp_path, body))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('<a href="b/">b</a>', "index.html points to b/, which is not there"),
        ('<img src="p.png">', "index.html points to p.png, which is not there"),
        ('<img alt="a > b" src="//x.example/p.png">', "index.html asks another host for //x.example/p.png"),
        (
            '<script src="https://x.example/a.js"></script>',
            "index.html asks another host for https://x.example/a.js",
        ),
        (
            '<link rel="preconnect" href="https://x.example">',
            "index.html asks another host for https://x.example",
        ),
        ("".join(f'<a href="b{n}/">b</a>' for n in range(7)), "b4/, which is not there, and 2 more"),
    ],
)
def test_a_site_that_is_not_whole_says_where(body: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as error:
        site.check(a_site(tmp_path, body))
    assert complaint in str(error.value)


def test_a_site_whose_api_disagrees_is_refused(tmp_path: Path) -> None:
    folder = a_site(tmp_path)
    (snapshot,) = (folder / "api/v1/s").iterdir()
    snapshot.write_bytes(snapshot.read_bytes() + b"\n")
    with pytest.raises(RegistryError, match="the snapshot is not what"):
        site.check(folder)
    (folder / "api/v1/o/1.json").unlink()
    with pytest.raises(RegistryError, match=r"names o/1\.json, which is not there"):
        site.check(folder)
    snapshot.unlink()
    (folder / "index.html").unlink()
    with pytest.raises(
        RegistryError, match=r"there is no index\.html; .*; api/v1/index\.json leads to no snapshot"
    ):
        site.check(folder)


BUILD = """
import sys, pickle
from datetime import datetime, UTC
from pathlib import Path
from modelry.storage import site
site.build(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]), datetime(2026, 3, 2, tzinfo=UTC))
"""


def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    import pickle  # noqa: PLC0415 - our own values, from us to us

    given, built = tmp_path / "files", tmp_path / "site"
    given.write_bytes(pickle.dumps(tree(tmp_path)))
    site.build(tree(tmp_path, about__index="# About, as it was\n"), built, WHEN)
    old = content(built)
    command = [sys.executable, "-c", BUILD, str(given), str(built)]
    for wait in (0.3, 0.9, 1.5):
        process = subprocess.Popen(command, start_new_session=True)
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if content(built) != old:
            site.check(built)
    subprocess.run(command, check=True)
    site.check(built)
    assert content(built) != old


def commit(repository: Repository, files: Files, subject: str) -> str:
    folders.write(files, repository.path)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", subject)
    return repository.commit("HEAD")


def test_a_commit_knows_what_had_happened_by_then(a_repo: Repository) -> None:
    first = a_repo.commit("HEAD")
    promoted = commit(
        a_repo, builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0"), "Promote (#2)"
    )
    commit(
        a_repo,
        builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0", reason="again"),
        "Reword",
    )
    a_repo.run("checkout", "--quiet", "-b", "side", first)
    yank = builders.text("yank", builders.a_document("yank", replacement=None))
    commit(a_repo, {layout.version("churn", "1.1.0", "yanked.yaml"): yank}, "Yank, in a branch")
    a_repo.run("checkout", "--quiet", "main")
    a_repo.run("merge", "--quiet", "--no-ff", "--message", "Merge the yank (#3)", "side")
    merged = a_repo.commit("HEAD")
    back = commit(
        a_repo, builders.an_assignment("churn", "1.0.0", "production", previous="1.2.0"), "Roll back (#4)"
    )
    a_repo.run("rm", "--quiet", layout.stage("churn", "staging"))
    a_repo.run("commit", "--quiet", "--message", "Empty staging (#5)")
    _, moment = moments.read(a_repo.top)
    assert (moment.commit, moment.sequence) == (a_repo.commit("HEAD"), 6)
    reason = "better on new customers, no worse elsewhere"
    summary = "Trained on the first quarter as well."
    assert [(*event[:5], event.commit, event.subject, event.reason) for event in moment.events] == [
        ("policy changed", "", None, None, None, first, "Begin the registry", ""),
        ("registered", "churn", "1.0.0", None, None, first, "Begin the registry", summary),
        ("registered", "churn", "1.1.0", None, None, first, "Begin the registry", summary),
        ("registered", "churn", "1.2.0", None, None, first, "Begin the registry", summary),
        ("promoted", "churn", "1.0.0", "production", None, first, "Begin the registry", reason),
        ("promoted", "churn", "1.2.0", "staging", None, first, "Begin the registry", reason),
        ("promoted", "churn", "1.2.0", "production", "1.0.0", promoted, "Promote (#2)", reason),
        (
            "yanked",
            "churn",
            "1.1.0",
            None,
            None,
            merged,
            "Merge the yank (#3)",
            "trained on rows of the test set",
        ),
        ("rolled back", "churn", "1.0.0", "production", "1.2.0", back, "Roll back (#4)", reason),
        ("emptied", "churn", None, "staging", "1.2.0", moment.commit, "Empty staging (#5)", ""),
    ]
    assert {event.who for event in moment.events} == {"Ada Test"}
    assert all(event.when.tzinfo for event in moment.events)
    _, before = moments.read(a_repo.top, promoted)
    assert (before.sequence, len(before.events)) == (2, 7)


def test_evidence_is_an_event_and_what_cannot_be_read_is_none(a_repo: Repository) -> None:
    evaluation = builders.text("evaluation", builders.a_document("evaluation"))
    commit(a_repo, {layout.evaluation("churn", "1.0.0", "fairness"): evaluation}, "Evaluate (#2)")
    strange = {layout.stage("churn", "staging"): b"version: [\n", "registry/models/churn/strange": b""}
    commit(a_repo, strange, "Break it")
    _, moment = moments.read(a_repo.top)
    assert [(event.what, event.version, event.reason) for event in moment.events[-2:]] == [
        ("evaluated", "1.0.0", "No group falls behind by more than two points."),
        ("emptied", None, ""),
    ]


def test_a_folder_outside_git_is_shown_as_it_lies(tmp_path: Path) -> None:
    folders.write(builders.a_registry(1, 2), tmp_path)
    registry, moment = moments.read(tmp_path)
    assert list(registry.models) == ["churn"]
    assert moment == Moment(None, 0, datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert moments.uncommitted(tmp_path, moment) == ""
    with pytest.raises(UsageError, match="at v1"):
        moments.read(tmp_path, "v1")


def test_a_shallow_clone_is_refused_for_its_sequence_would_be_wrong(
    a_repo: Repository, tmp_path: Path
) -> None:
    commit(a_repo, {"README.md": b"more\n"}, "More")
    a_repo.run("push", "--quiet")
    shallow = tmp_path / "shallow"
    a_repo.run("clone", "--quiet", "--depth", "1", (tmp_path / "origin.git").as_uri(), str(shallow))
    with pytest.raises(RegistryError, match="shallow") as error:
        moments.read(shallow)
    assert "fetch-depth: 0" in error.value.hint


def test_what_is_not_committed_is_counted(a_repo: Repository) -> None:
    _, moment = moments.read(a_repo.top)
    assert moments.uncommitted(a_repo.top, moment) == ""
    folders.write(
        {"registry/models/churn/training/a.py": b"", "registry/models/churn/model.yaml": b""}, a_repo.top
    )
    assert moments.uncommitted(a_repo.top, moment) == "2 paths"
