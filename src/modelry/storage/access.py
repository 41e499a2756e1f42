"""How one is let into a remote: DVC's settings of one's own clone, read as data, and what was made of them."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

from modelry.errors import RegistryError
from modelry.model.files import Tree
from modelry.storage.bodies import shown

T = TypeVar("T")

CONFIG = ".dvc/config"
LOCAL = ".dvc/config.local"


class Access:
    """What is known of remotes by their addresses; the later configuration wins over the earlier.

    Only what the owner of the machine or main says may be given here, for it tells where to send what is signed.
    """

    def __init__(self, *configurations: Callable[[], bytes]) -> None:
        self._configurations = configurations
        self._made: dict[str, object] = {}
        self._making = RLock()

    def settings(self, address: str) -> Mapping[str, str]:
        """Give what is set for the remote that an address is in; nothing where no remote has it.

        Raises `RegistryError` where a command is set: whatever it would print, it would run.
        """
        with self._making:
            found = [url for url in self._sections if f"{address}/".startswith(f"{url}/")]
        its = self._sections[max(found, key=len)] if found else {}
        for name in its:
            if name.endswith("_command"):
                raise RegistryError(
                    f"{name} is set for {shown(its['url'])}, and no configuration runs a command here",
                    hint=f"dvc remote modify NAME --unset {name}, and keep a token in .dvc/config.local",
                )
        return its

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Give what was made for a key; make it when first asked. Threads may ask."""
        with self._making:
            if key not in self._made:
                self._made[key] = make()
            return cast("T", self._made[key])

    @cached_property
    def _sections(self) -> Mapping[str, Mapping[str, str]]:
        named: dict[str, dict[str, str]] = {}
        for configuration in self._configurations:
            for name, values in remotes(configuration()):
                named.setdefault(name, {}).update(values)
        return {values["url"].rstrip("/"): values for values in named.values() if "url" in values}


def remotes(config: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the remotes of a DVC configuration: name and settings."""
    import configparser  # noqa: PLC0415 - a folder and the web need no settings

    parsed = configparser.RawConfigParser()
    try:
        parsed.read_string(config.decode("utf-8", "replace"))
    except configparser.Error as error:
        told = " ".join(str(error).split())
        raise RegistryError(
            f"DVC's configuration cannot be read: {told}", hint="see: dvc config --list"
        ) from error
    for section in parsed.sections():
        kind, _, name = section.strip("'").partition(" ")
        if kind == "remote":
            yield name.strip('"'), dict(parsed.items(section))


def of_clone(top: Path) -> Access:
    """Give what a clone of one's own says, on the disk."""
    return Access(lambda: on_disk(top / CONFIG), lambda: on_disk(top / LOCAL))


def of_main(base: Tree, local: Callable[[], bytes]) -> Access:
    """Give what main says, and one's own `config.local`; what else lies in a checkout says nothing."""
    return Access(lambda: base.read(CONFIG) if CONFIG in base.entries else b"", local)


def on_disk(path: Path) -> bytes:
    """Give a configuration that may be there."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise RegistryError(f"cannot read {path}: {error.strerror}") from error
