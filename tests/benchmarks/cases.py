"""What is measured, and beside what. Each case prepares its input, then names our command first and its peers after it."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from getpass import getuser
from pathlib import Path
from typing import NamedTuple

import builders
import seaweedfs
import sshd
from benchmarks import pulled, synthetic
from benchmarks.measuring import Command, Measure, measure
from modelry.model import layout, schema
from modelry.model.files import Files
from modelry.scaffolding import ground
from modelry.storage import folders

BIN = Path(sys.executable).parent


class Size(NamedTuple):
    """How large the synthetic registry is, and how often everything runs."""

    models: int
    versions: int
    rounds: int


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
    with _BESIDE:
        commands = [command for command in case.commands(size, folder) if _is_there(command)]
        return measure(commands, folder, size.rounds)


_BESIDE = ExitStack()
"""What runs while a case is measured, and ends with it."""


def _is_there(command: Command) -> bool:
    return shutil.which(command.argv[0]) is not None


def _ours(*args: str | Path, remove: tuple[Path, ...] = ()) -> Command:
    return Command("modelry", (str(BIN / "modelry"), *map(str, args)), remove)


def _peer(title: str, *argv: str | Path, remove: tuple[Path, ...] = ()) -> Command:
    first, *rest = map(str, argv)
    installed = BIN / first
    return Command(title, (str(installed) if installed.exists() else first, *rest), remove)


def _version(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    yield _ours("--version")
    yield _peer("python -c pass", "python", "-c", "pass")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("dvc --version", "dvc", "--version")
    yield _peer("gto --version", "gto", "--version")


def _resolve(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    small = synthetic.tagged_for_gto(min(10, size.versions), folder / "gto")
    assignment = layout.stage("churn", "production")
    yield _ours("resolve", "churn@production", "--registry", clone, "--json")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git show MAIN:ASSIGNMENT", "git", "-C", clone, "show", f"main:{assignment}")
    yield _peer("gto show, of 10 versions only", "gto", "show", "churn@latest", "--ref", "--repo", small)


def _check(size: Size, folder: Path) -> Iterator[Command]:
    top = synthetic.in_folder(synthetic.registry(size.models, size.versions), folder / "registry")
    folders.write(schema.files(), folder)
    records = sorted(top.glob("registry/models/*/versions/*/version.yaml"))
    yield _ours("check", top, "--offline", "--no-cache")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("cat of every file", "sh", "-c", f"find {top} -type f -print0 | xargs -0 cat")
    yield _peer(
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
    yield _peer("the same with --no-cache", *check, "--no-cache")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git status", "git", "-C", clone, "status", "--porcelain")


def _keeping(folder: Path) -> tuple[str, ...]:
    return ("env", "--unset=CI", f"MODELRY_CACHE={folder / 'cache'}")


def _linear(size: Size, folder: Path) -> Iterator[Command]:
    tenfold = synthetic.in_folder(synthetic.registry(10 * size.models, size.versions), folder / "tenfold")
    top = synthetic.in_folder(synthetic.registry(size.models, size.versions), folder / "registry")
    yield _ours("check", tenfold, "--offline", "--no-cache")
    yield _peer("the same of a tenth", BIN / "modelry", "check", top, "--offline", "--no-cache")


def _change(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    base = ("--base", "main", "--head", synthetic.PROPOSED)
    yield _ours("check", *base, "--registry", clone, "--offline")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git ls-tree -r", "git", "-C", clone, "ls-tree", "-r", "main")
    yield _peer("git diff --name-only", "git", "-C", clone, "diff", "--name-only", "main", synthetic.PROPOSED)


def _review(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    base = ("--base", "main", "--head", synthetic.PROMOTED)
    yield _ours("review", *base, "--registry", clone, "--offline")
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git diff --name-only", "git", "-C", clone, "diff", "--name-only", "main", synthetic.PROMOTED)


def _list(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    small = synthetic.tagged_for_gto(min(10, size.versions), folder / "gto")
    yield _ours("list", "--registry", clone)
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git ls-files", "git", "-C", clone, "ls-files", "--stage")
    yield _peer("gto show, of 10 versions only", "gto", "show", "--repo", small)


def _where(size: Size, folder: Path) -> Iterator[Command]:
    clone = synthetic.in_repository(size.models, size.versions, folder / "clone")
    expression = 'metrics.auc > 0.9 && stage == "production"'
    yield _ours("list", "--where", expression, "--sort", "metrics.auc", "--registry", clone)
    yield _peer("python -c 'import cel'", "python", "-c", "import cel")
    yield _peer("cat of every record", "sh", "-c", f"cat {clone}/registry/models/*/versions/*/version.yaml")


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
    yield _ours("build", folder / "site", "--registry", clone, remove=(folder / "site",))
    yield _peer(
        "mkdocs build, as many cards", "mkdocs", "build", "--quiet", "--config-file", folder / "peer/mkdocs.yml", "--site-dir", folder / "peer-site",
        remove=(folder / "peer-site",),
    )  # fmt: skip


def _history(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    versions = min(size.models * size.versions, 1000)
    tagged = synthetic.tagged_for_gto(versions, folder / "gto")
    history = (str(BIN / "modelry"), "history", "--registry", str(bare))
    yield Command("modelry", (*_keeping(folder), *history))
    yield _peer("the same with MODELRY_CACHE=", "env", "MODELRY_CACHE=", *history)
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer(
        "git log --first-parent --raw", "git", "-C", bare, "log", "--first-parent", "--raw", "-m", "main"
    )
    yield _peer(f"gto show, of {versions} versions", "gto", "show", "churn", "--repo", tagged)


def _list_at(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    yield _ours("list", "--at", "main~1", "--registry", bare)
    yield _peer("git ls-tree -r", "git", "-C", bare, "ls-tree", "-r", "main~1")


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
    yield _peer("the same with MODELRY_CACHE=", "env", "MODELRY_CACHE=", *asked)
    yield _peer("python -c 'import click'", "python", "-c", "import click")
    yield _peer("git ls-tree -r", "git", "-C", bare, "ls-tree", "-r", "main")


def _audit(size: Size, folder: Path) -> Iterator[Command]:
    bare = synthetic.with_history(size.models, size.versions, folder / "bare.git")
    # No version of it was in staging before production, so that the verdict is 3.
    asked = f"{BIN / 'modelry'} audit verify --no-bytes --registry {bare} || test $? -eq 3"
    yield Command("modelry", ("sh", "-c", asked))
    yield _peer("modelry history", "env", "MODELRY_CACHE=", BIN / "modelry", "history", "--registry", bare)
    yield _peer("python -c 'import click'", "python", "-c", "import click")


_CHUNK = bytes(range(256)) * 4096
PULLED = 64
"""How many MiB a file has."""

SEVERAL = 200
"""How many files a folder has."""


def _pull(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    top, store = folder / "registry", folder / "store"
    objects = pulled.registry(top, str(store), _CHUNK * PULLED)
    folders.write(objects, store)
    (stored,) = objects
    beside = top / layout.version("churn", "1.0.0", "model.onnx")
    yield _ours("pull", "churn@1.0.0", folder / "pulled", "--registry", top, remove=(folder / "pulled",))
    yield _peer("cp", "cp", store / stored, folder / "copied", remove=(folder / "copied",))
    yield _peer(
        "cp, sha256, sync",
        "sh",
        "-c",
        f"cp {store / stored} copied && openssl sha256 copied && sync copied",
        remove=(folder / "copied",),
    )
    yield _peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def _pull_from_s3(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    (folder / "s3").mkdir()
    server = _BESIDE.enter_context(seaweedfs.running(BIN / "weed", folder / "s3"))
    bucket, top = server.bucket(), folder / "registry"
    files = {f"part-{number:03}.bin": bytes([number]) * 100_000 for number in range(SEVERAL)}
    settings = {"endpointurl": server.url, "region": "us-east-1"}
    secret = {"access_key_id": seaweedfs.KEY, "secret_access_key": seaweedfs.SECRET}
    bucket.fill(pulled.registry(top, bucket.url, files, **settings, **secret))
    beside = top / layout.version("churn", "1.0.0", "model")
    yield _ours("pull", "churn@1.0.0", folder / "pulled", "--registry", top, remove=(folder / "pulled",))
    options = {"provider": "Other", "endpoint": server.url, "region": "us-east-1"}
    options |= secret
    flags = [f"--s3-{name.replace('_', '-')}={value}" for name, value in options.items()]
    yield _peer(
        "rclone copy, not verified",
        "rclone",
        "copy",
        "--config=",
        *flags,
        f":s3:{bucket.name}/dvc",
        folder / "copied",
        remove=(folder / "copied",),
    )
    yield _peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def _pull_by_ssh(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    (folder / "sshd").mkdir()
    server = _BESIDE.enter_context(sshd.running(folder / "sshd"))
    remote, top = server.folder(), folder / "registry"
    key = str(server.key("writer"))
    remote.fill(pulled.registry(top, remote.url, _CHUNK * PULLED, keyfile=key))
    (stored,) = (path for path in remote.path.rglob("*") if path.is_file())
    beside = top / layout.version("churn", "1.0.0", "model.onnx")
    ours = _ours("pull", "churn@1.0.0", folder / "pulled", "--registry", top, remove=(folder / "pulled",))
    knowing = ("env", f"PATH={server.client()}")
    yield ours._replace(argv=(*knowing, *ours.argv))
    there = f"{getuser()}@127.0.0.1:{stored}"
    options = ("-q", "-P", str(server.port), "-i", key, f"-oUserKnownHostsFile={server.root}/bin-host/known")
    yield _peer("sftp, not verified", "sftp", *options, there, folder / "copied", remove=(folder / "copied",))
    yield _peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def _presence(size: Size, folder: Path) -> Iterator[Command]:
    yield from _asking(
        size, folder, str(folder / "store"), {}, lambda files: folders.write(files, folder / "store")
    )


def _presence_in_s3(size: Size, folder: Path) -> Iterator[Command]:
    (folder / "s3").mkdir()
    server = _BESIDE.enter_context(seaweedfs.running(BIN / "weed", folder / "s3"))
    bucket = server.bucket()
    settings = {
        "endpointurl": server.url,
        "region": "us-east-1",
        "access_key_id": seaweedfs.KEY,
        "secret_access_key": seaweedfs.SECRET,
    }
    yield from _asking(size, folder, bucket.url, settings, bucket.fill)


def _asking(
    size: Size, folder: Path, url: str, settings: Mapping[str, str], fill: Callable[[Files], object]
) -> Iterator[Command]:
    files = dict(synthetic.registry(size.models, size.versions))
    tenth = dict(synthetic.registry(max(1, size.models // 10), size.versions))
    fill(builders.store(files))
    policy = builders.a_policy(remotes={"store": {"url": url}})
    for name, some in (("registry", files), ("tenth", tenth)):
        folders.write({**some, **policy, **ground.files("store", url)}, folder / name)
        local = "[core]\n    no_scm = true\n['remote \"store\"']\n" + "".join(
            f"    {key} = {value}\n" for key, value in settings.items()
        )
        (folder / name / ".dvc/config.local").write_text(local, "utf-8")
    top, alone = folder / "registry", Path(__file__).with_name("presence.py")
    yield Command("modelry", (sys.executable, str(alone), str(top), str(size.models * size.versions)))
    yield _peer("dvc status --cloud, of a tenth", "dvc", "--cd", folder / "tenth", "status", "--cloud")
    yield _peer("modelry check", "modelry", "check", "--registry", top)
    yield _peer("modelry check --offline", "modelry", "check", "--registry", top, "--offline")


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
        _presence,
        "≤ 0.8 s for 10,000",
    ),
    Case(
        "presence-s3",
        "whether S3 has the objects of {total} pointers, alone",
        _presence_in_s3,
        "≤ 1.5 s for 10,000",
    ),
    Case("list", "`modelry list` of {total} versions", _list, "≤ 0.3 s for 10,000"),
    Case("where", "`modelry list --where --sort` of {total} versions", _where),
    Case("build", "`modelry build` of {small} models with {versions} versions each", _build),
    Case("pull", f"`modelry pull` of {PULLED} MiB from a folder", _pull),
    Case(
        "pull-s3",
        f"`modelry pull` of a folder of {SEVERAL} files of 100 kB from S3",
        _pull_from_s3,
        "≤ 1.5 times as long as rclone",
    ),
    Case("pull-ssh", f"`modelry pull` of {PULLED} MiB by SSH", _pull_by_ssh),
)
"""All of them, in the order of the table."""
