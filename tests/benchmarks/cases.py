"""What is measured, and beside what. Each case prepares its input, then names our command first and its peers after it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import builders
from benchmarks import consuming, synthetic, transfers
from benchmarks.commands import BESIDE, BIN, Size, ours, peer
from benchmarks.measuring import Command, Measure, measure
from modelry.model import layout, schema
from modelry.storage import folders


class Case(NamedTuple):
    """One thing that modelry does."""

    name: str
    what: str
    """In words, with the sizes as `{models}`, `{versions}` and `{total}`."""
    commands: Callable[[Size, Path], Iterator[Command]]
    """Prepare the input in a folder, and give our command first."""
    target: str = ""
    """What the design demands."""
    is_long: bool = False
    """Whether it is measured only where it is named."""


def run(case: Case, size: Size, folder: Path) -> list[Measure]:
    """Measure a case in an empty folder."""
    with BESIDE:
        commands = [command for command in case.commands(size, folder) if _is_there(command)]
        return measure(commands, folder, size.rounds)


def _is_there(command: Command) -> bool:
    return shutil.which(command.argv[0]) is not None


def _version(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    yield ours("--version")
    yield peer("python -c pass", "python", "-c", "pass")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("dvc --version", "dvc", "--version")
    yield peer("gto --version", "gto", "--version")


def _resolve(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    small = synthetic.tagged_for_gto(min(10, size.versions), folder / "gto")
    assignment = layout.stage("churn", "production")
    yield ours("resolve", "churn@production", "--registry", clone, "--json")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git show MAIN:ASSIGNMENT", "git", "-C", clone, "show", f"main:{assignment}")
    yield peer("gto show, of 10 versions only", "gto", "show", "churn@latest", "--ref", "--repo", small)


def _check(size: Size, folder: Path) -> Iterator[Command]:
    top = synthetic.in_folder(synthetic.registry(size.models, size.versions), folder / "registry")
    folders.write(schema.files(), folder)
    records = sorted(top.glob("registry/models/*/versions/*/version.yaml"))
    yield ours("check", top, "--offline", "--no-cache")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("cat of every file", "sh", "-c", f"find {top} -type f -print0 | xargs -0 cat")
    yield peer(
        "check-jsonschema of the records",
        "check-jsonschema",
        "--schemafile",
        folder / "schemas/version/v1.json",
        *records,
    )


def _warm(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    check = (str(BIN / "modelry"), "check", str(clone), "--offline")
    yield Command("modelry", (*_keeping(folder), *check))
    yield peer("the same with --no-cache", *check, "--no-cache")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git status", "git", "-C", clone, "status", "--porcelain")


def _keeping(folder: Path) -> tuple[str, ...]:
    return ("env", "--unset=CI", f"MODELRY_CACHE={folder / 'cache'}")


def _linear(size: Size, folder: Path) -> Iterator[Command]:
    tenfold = synthetic.in_folder(synthetic.registry(10 * size.models, size.versions), folder / "tenfold")
    top = synthetic.in_folder(synthetic.registry(size.models, size.versions), folder / "registry")
    yield ours("check", tenfold, "--offline", "--no-cache")
    yield peer("the same of a tenth", BIN / "modelry", "check", top, "--offline", "--no-cache")


def _change(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    base = ("--base", "main", "--head", synthetic.PROPOSED)
    yield ours("check", *base, "--registry", clone, "--offline")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git ls-tree -r", "git", "-C", clone, "ls-tree", "-r", "main")
    yield peer("git diff --name-only", "git", "-C", clone, "diff", "--name-only", "main", synthetic.PROPOSED)


def _review(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    base = ("--base", "main", "--head", synthetic.PROMOTED)
    yield ours("review", *base, "--registry", clone, "--offline")
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git diff --name-only", "git", "-C", clone, "diff", "--name-only", "main", synthetic.PROMOTED)


def _list(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    small = synthetic.tagged_for_gto(min(10, size.versions), folder / "gto")
    yield ours("list", "--registry", clone)
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git ls-files", "git", "-C", clone, "ls-files", "--stage")
    yield peer("gto show, of 10 versions only", "gto", "show", "--repo", small)


def _where(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    expression = 'metrics.auc > 0.9 && stage == "production"'
    yield ours("list", "--where", expression, "--sort", "metrics.auc", "--registry", clone)
    yield peer("python -c 'import cel'", "python", "-c", "import cel")
    yield peer("cat of every record", "sh", "-c", f"cat {clone}/registry/models/*/versions/*/version.yaml")


def _build(size: Size, folder: Path) -> Iterator[Command]:
    models = min(size.models, 100)
    clone = synthetic.in_repository(models, size.versions, folder / "clone")
    plain = {
        "mkdocs.yml": b"site_name: peer\ntheme: {name: material, font: false}\nvalidation: {nav: {omitted_files: ignore}}\n"
    }
    cards = {
        f"docs/{name}-{minor}.md": builders.CARD.encode() * 4
        for name in range(models)
        for minor in range(size.versions)
    }
    folders.write({**plain, "docs/index.md": b"# Home\n", **cards}, folder / "peer")
    yield ours("build", folder / "site", "--registry", clone, remove=(folder / "site",))
    yield peer(
        "mkdocs build, as many cards", "mkdocs", "build", "--quiet", "--config-file", folder / "peer/mkdocs.yml", "--site-dir", folder / "peer-site",
        remove=(folder / "peer-site",),
    )  # fmt: skip


def _history(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    versions = min(size.models * size.versions, 1000)
    tagged = synthetic.tagged_for_gto(versions, folder / "gto")
    history = (str(BIN / "modelry"), "history", "--registry", str(bare))
    yield Command("modelry", (*_keeping(folder), *history))
    yield peer("the same with MODELRY_CACHE=", "env", "MODELRY_CACHE=", *history)
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer(
        "git log --first-parent --raw", "git", "-C", bare, "log", "--first-parent", "--raw", "-m", "main"
    )
    yield peer(f"gto show, of {versions} versions", "gto", "show", "churn", "--repo", tagged)


def _list_at(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    yield ours("list", "--at", "main~1", "--registry", bare)
    yield peer("git ls-tree -r", "git", "-C", bare, "ls-tree", "-r", "main~1")


def _list_stage(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    asked = (
        str(BIN / "modelry"),
        "list",
        "--stage",
        "production",
        "--at",
        "2030-01-01",
        "--registry",
        str(bare),
    )
    yield Command("modelry", (*_keeping(folder), *asked))
    yield peer("the same with MODELRY_CACHE=", "env", "MODELRY_CACHE=", *asked)
    yield peer("python -c 'import click'", "python", "-c", "import click")
    yield peer("git ls-tree -r", "git", "-C", bare, "ls-tree", "-r", "main")


def _audit(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    # No version of it was in staging before production, so that the verdict is 3.
    asked = f"{BIN / 'modelry'} audit verify --no-bytes --registry {bare} || test $? -eq 3"
    yield Command("modelry", ("sh", "-c", asked))
    yield peer("modelry history", "env", "MODELRY_CACHE=", BIN / "modelry", "history", "--registry", bare)
    yield peer("python -c 'import click'", "python", "-c", "import click")


CASES = (
    Case("version", "`modelry --version`", _version, "≤ 0.06 s where `import click` takes 0.04"),
    Case(
        "resolve",
        "`modelry resolve churn@production --json` in a clone of {total} versions",
        _resolve,
        "≤ 0.10 s, ≤ 30 MiB",
    ),
    Case(
        "check", "`modelry check` of {total} versions", _check, "≤ 2 s and ≤ 150 MiB for 10,000 on two cores"
    ),
    Case("warm", "`modelry check` of {total} versions that were found sound before", _warm, "≤ 0.4 s"),
    Case(
        "linear",
        "`modelry check` of ten times {total} versions",
        _linear,
        "≤ 11 times as long as of a tenth, ≤ 150 MiB",
        is_long=True,
    ),
    Case(
        "change",
        "`modelry check --base main` of one new version beside {total}",
        _change,
        "≤ 0.3 s and ≤ 150 MiB beside 10,000",
    ),
    Case(
        "review",
        "`modelry review --base main` of one promotion beside {total}",
        _review,
        "≤ 0.5 s beside 10,000",
    ),
    Case("history", "`modelry history` of {total} versions, as many commits", _history, "≤ 1 s for 10,000"),
    Case(
        "list-at",
        "`modelry list --at REV` of {total} versions, as many commits",
        _list_at,
        "≤ 1.5 s for 10,000",
    ),
    Case(
        "list-stage",
        "`modelry list --stage production --at DATE` of {total} versions, as many commits",
        _list_stage,
        "≤ 1.5 s for 10,000",
    ),
    Case(
        "audit",
        "`modelry audit verify --no-bytes` of {total} versions, as many commits",
        _audit,
        is_long=True,
    ),
    Case(
        "presence",
        "whether a folder has the objects of {total} pointers, alone",
        transfers.presence,
        "≤ 0.8 s for 10,000",
    ),
    Case(
        "presence-s3",
        "whether S3 has the objects of {total} pointers, alone",
        transfers.presence_in_s3,
        "≤ 1.5 s for 10,000",
    ),
    Case("list", "`modelry list` of {total} versions", _list, "≤ 0.3 s for 10,000"),
    Case("where", "`modelry list --where --sort` of {total} versions", _where),
    Case("build", "`modelry build` of {small} models with {versions} versions each", _build),
    Case("pull", "`modelry pull` of {mib} MiB from a folder", transfers.pull, "≤ 1 s for 1 GiB"),
    Case(
        "pull-s3",
        f"`modelry pull` of a folder of {transfers.SEVERAL} files of 100 kB from S3",
        transfers.pull_from_s3,
        "≤ 1.5 times as long as rclone",
    ),
    Case(
        "pull-s3-file",
        "`modelry pull` of {mib} MiB from S3",
        transfers.pull_file_from_s3,
        "≤ 1.1 times as long as rclone for 1 GiB",
    ),
    Case(
        "resolve-http",
        "`modelry resolve` from a published catalog that has not changed",
        consuming.resolving,
        "≤ 0.15 s",
    ),
    Case("pull-again", "`modelry pull` of {mib} MiB that were pulled before", consuming.pulling),
    Case("pull-ssh", "`modelry pull` of {mib} MiB by SSH", transfers.pull_by_ssh),
)
"""All of them, in the order of the table."""
