"""What stops a command, told apart only where a caller or a script acts differently."""

from enum import IntEnum


class Exit(IntEnum):
    """What a process says by its exit code; the whole table."""

    DONE = 0
    """Done, or nothing to do."""
    FAILED = 1
    """It could not be done: the disk, the network, git or DVC said no, or we could not look."""
    USAGE = 2
    """The command was called wrongly."""
    FINDINGS = 3
    """The registry, or a change of it, breaks a rule."""
    INTEGRITY = 4
    """Bytes are not what the registry says they are."""
    NOT_FOUND = 5
    """There is no such model, version or stage, or the stage is empty."""
    CONFLICT = 6
    """Somebody else was first: the registry has moved on."""
    STALE = 7
    """The answer is older than one already seen, contradicts it, or is older than was asked for."""
    YANKED = 8
    """The version was withdrawn."""
    LOCKED = 9
    """Another process holds the lock."""


class RegistryError(Exception):
    """The registry could not be read, judged or changed.

    A rule that a model breaks is a finding, which is data; an error is raised only when
    we could not look or act. The message says what happened, `hint` what to do next.
    """

    code = Exit.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(RegistryError):
    """What was asked for cannot be meant."""

    code = Exit.USAGE


class RefusedError(RegistryError):
    """The registry's rules forbid it."""

    code = Exit.FINDINGS


class IntegrityError(RegistryError):
    """Bytes differ from what the registry says."""

    code = Exit.INTEGRITY


class NotFoundError(RegistryError):
    """There is no such model, version or stage, or nothing holds the stage."""

    code = Exit.NOT_FOUND


class ConflictError(RegistryError):
    """The registry has moved since the change was made."""

    code = Exit.CONFLICT


class StaleError(RegistryError):
    """The registry answers with something older than was seen already."""

    code = Exit.STALE


class YankedError(RegistryError):
    """The version was withdrawn."""

    code = Exit.YANKED


class LockedError(RegistryError):
    """Another process is at work on the same thing."""

    code = Exit.LOCKED
