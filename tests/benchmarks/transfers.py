"""What is measured of bytes on their way, and of remotes that are asked what they have."""

from collections.abc import Callable, Iterator, Mapping
from getpass import getuser
from pathlib import Path

import builders
import seaweedfs
import sshd
from benchmarks import pulled, synthetic
from benchmarks.commands import BESIDE, BIN, Size, ours, peer
from benchmarks.measuring import Command
from modelry.model import layout
from modelry.model.files import Files
from modelry.scaffolding import ground
from modelry.storage import folders

_CHUNK = bytes(range(256)) * 4096
SEVERAL = 200
"""How many files a folder has."""


def pull(size: Size, folder: Path) -> Iterator[Command]:
    top, store = folder / "registry", folder / "store"
    objects = pulled.registry(top, str(store), _CHUNK * size.mib)
    folders.write(objects, store)
    (stored,) = objects
    beside = top / layout.version("churn", "1.0.0", "model.onnx")
    yield ours("pull", "churn@1.0.0", folder / "pulled", "--registry", top, remove=(folder / "pulled",))
    yield peer("cp", "cp", store / stored, folder / "copied", remove=(folder / "copied",))
    yield peer(
        "cp, sha256, sync",
        "sh",
        "-c",
        f"cp {store / stored} copied && openssl sha256 copied && sync copied",
        remove=(folder / "copied",),
    )
    yield peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def pull_from_s3(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    """Give the pull of many small files."""
    return _from_s3({f"part-{number:03}.bin": bytes([number]) * 100_000 for number in range(SEVERAL)}, folder)


def pull_file_from_s3(size: Size, folder: Path) -> Iterator[Command]:
    """Give the pull of one large file."""
    return _from_s3(_CHUNK * size.mib, folder)


def _from_s3(artifact: bytes | Mapping[str, bytes], folder: Path) -> Iterator[Command]:
    (folder / "s3").mkdir()
    server = BESIDE.enter_context(seaweedfs.running(BIN / "weed", folder / "s3"))
    bucket, top = server.bucket(), folder / "registry"
    settings = {"endpointurl": server.url, "region": "us-east-1"}
    settings |= {"access_key_id": seaweedfs.KEY, "secret_access_key": seaweedfs.SECRET}
    bucket.fill(pulled.registry(top, bucket.url, artifact, **settings))
    beside = top / layout.version("churn", "1.0.0", "model.onnx" if isinstance(artifact, bytes) else "model")
    yield from _afresh(folder)
    flags = ["--s3-provider=Other", f"--s3-endpoint={server.url}", "--s3-region=us-east-1"]
    flags += [f"--s3-access-key-id={seaweedfs.KEY}", f"--s3-secret-access-key={seaweedfs.SECRET}"]
    source, copied = f":s3:{bucket.name}/dvc", folder / "copied"
    yield peer(
        "rclone, not verified", "rclone", "copy", "--config=", *flags, source, copied, remove=(copied,)
    )
    yield peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def _afresh(folder: Path, *told: str) -> Iterator[Command]:
    """Pull over a network as the first does: into the cache and out of it; and past the cache."""
    target, cache = folder / "pulled", folder / "cache"
    asked = ours("pull", "churn@1.0.0", target, "--registry", folder / "registry", remove=(target, cache))
    asked = asked._replace(argv=("env", f"MODELRY_CACHE={cache}", *told, *asked.argv))
    yield asked
    yield asked._replace(title="the same with --no-cache", argv=(*asked.argv, "--no-cache"))


def pull_by_ssh(size: Size, folder: Path) -> Iterator[Command]:
    (folder / "sshd").mkdir()
    server = BESIDE.enter_context(sshd.running(folder / "sshd"))
    remote, top = server.folder(), folder / "registry"
    key = str(server.key("writer"))
    remote.fill(pulled.registry(top, remote.url, _CHUNK * size.mib, keyfile=key))
    (stored,) = (path for path in remote.path.rglob("*") if path.is_file())
    beside = top / layout.version("churn", "1.0.0", "model.onnx")
    yield from _afresh(folder, f"PATH={server.client()}")
    there = f"{getuser()}@127.0.0.1:{stored}"
    options = ("-q", "-P", str(server.port), "-i", key, f"-oUserKnownHostsFile={server.root}/bin-host/known")
    yield peer("sftp, not verified", "sftp", *options, there, folder / "copied", remove=(folder / "copied",))
    yield peer("dvc pull", "dvc", "--cd", top, "pull", f"{beside}.dvc", remove=(beside, top / ".dvc/cache"))


def presence(size: Size, folder: Path) -> Iterator[Command]:
    yield from _asking(
        size, folder, str(folder / "store"), {}, lambda files: folders.write(files, folder / "store")
    )


def presence_in_s3(size: Size, folder: Path) -> Iterator[Command]:
    (folder / "s3").mkdir()
    server = BESIDE.enter_context(seaweedfs.running(BIN / "weed", folder / "s3"))
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
    yield Command("modelry", (str(BIN / "python"), str(alone), str(top), str(size.models * size.versions)))
    yield peer("dvc status --cloud, of a tenth", "dvc", "--cd", folder / "tenth", "status", "--cloud")
    yield peer("modelry check", "modelry", "check", "--registry", top)
    yield peer("modelry check --offline", "modelry", "check", "--registry", top, "--offline")
