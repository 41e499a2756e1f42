"""DVC's pointer: the `.dvc` file that addresses an artifact, in exactly the shape that `dvc add` writes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelry.model.fields import Count, FileName, Part, Several


class Out(Part):
    """What the pointer points to."""

    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}(\.dir)?$")]
    """Address in the remote; ends in `.dir` for a folder. No proof of content: that is SHA-256's."""
    size: Count
    """Bytes."""
    nfiles: Count | None = None
    """How many files, for a folder."""
    hash: Literal["md5"]
    """Which hash addresses it."""
    path: FileName
    """The bare name of the file or folder beside the pointer."""


class Pointer(Part):
    """A `.dvc` file with one artifact and nothing else: no dependency, no command, no remote of its own."""

    outs: Annotated[Several[Out], Field(min_length=1, max_length=1)]
    """The one artifact."""

    @property
    def out(self) -> Out:
        """The one artifact."""
        return self.outs[0]

    @property
    def is_folder(self) -> bool:
        """Whether the artifact is a folder."""
        return self.out.md5.endswith(".dir")
