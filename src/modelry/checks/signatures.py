"""What a version takes and gives, against the release before it: what breaks its users is a new major version."""

from collections.abc import Iterator, Sequence

from modelry.checks.base import Context, Problem, rule
from modelry.model import names
from modelry.model.documents import Signature, Tensor
from modelry.model.registry import Version


@rule("breaking-change-needs-major")
def breaking_change_needs_major(context: Context) -> Iterator[Problem]:
    """A version breaks the signature of the release before it, and its number does not say so.

    Who takes every 1.x expects that the same inputs still go in and the same outputs still come out. An
    input or output that is gone, an input that is new, another type or another shape breaks that; a
    dimension of an input that may now vary, or an output more, does not. Before 1.0.0 the minor
    number says it. Take the next major number, or keep to the signature.
    """
    for version in context.fresh:
        earlier = _release_before(context, version)
        if earlier is None or version.record.value is None or says_so(earlier.number, version.number):
            continue
        broken = breaks(earlier.record.must.signature, version.record.value.signature)
        if broken:
            told, keys = "; ".join(text for text, _ in broken), broken[0][1]
            yield Problem(
                version.record.path,
                f"{version.label} breaks the signature of {earlier.number}: {told}",
                version.record.locate(["signature", *keys]),
                f"number it {demanded(earlier.number)}, or keep to the signature",
            )


def breaks(old: Signature, new: Signature) -> tuple[tuple[str, list[str | int]], ...]:
    """Say what no longer goes in or comes out, each with where in the new signature; empty where all still fits."""
    return (
        *_broken("input", old.inputs, new.inputs, is_input=True),
        *_broken("output", old.outputs, new.outputs, is_input=False),
    )


def demanded(earlier: str) -> str:
    """Give the number that says that the signature of this version is broken."""
    return names.bump(earlier, "minor" if earlier.startswith("0.") else "major")


def _release_before(context: Context, version: Version) -> Version | None:
    """Give the highest release below a version that was not yanked and can be read."""
    model = context.after.models[version.model]
    below = [
        other
        for number, other in model.versions.items()
        if names.is_release(number) and names.precedence(number) < names.precedence(version.number)
    ]
    sound = [other for other in reversed(below) if other.yanked is None and other.record.value is not None]
    return sound[0] if sound else None


def says_so(earlier: str, later: str) -> bool:
    """Say whether a version's number tells users of an earlier one that it may break them."""
    old, new = names.precedence(earlier)[0], names.precedence(later)[0]
    return new[0] > old[0] or (old[0] == 0 and new[1] > old[1])


def _broken(
    what: str, old: Sequence[Tensor], new: Sequence[Tensor], *, is_input: bool
) -> Iterator[tuple[str, list[str | int]]]:
    """Say what is broken, and where in the new signature."""
    before = {tensor.name: tensor for tensor in old}
    after = {tensor.name: (index, tensor) for index, tensor in enumerate(new)}
    for name, tensor in before.items():
        index, other = after.get(name, (0, None))
        if other is None:
            yield f"{what} {name} is gone", [f"{what}s"]
        elif not _fits(tensor, other, is_input=is_input):
            yield f"{what} {name} was {_told(tensor)} and is {_told(other)}", [f"{what}s", index]
    for name, (index, _) in after.items():
        if is_input and name not in before:
            yield f"{what} {name} is new", [f"{what}s", index]


def _fits(old: Tensor, new: Tensor, *, is_input: bool) -> bool:
    """Say whether what went into, or came out of, the old one still does."""
    narrow, wide = (old, new) if is_input else (new, old)
    return (
        old.dtype == new.dtype
        and len(old.shape) == len(new.shape)
        and all(
            large is None or large == small for small, large in zip(narrow.shape, wide.shape, strict=True)
        )
    )


def _told(tensor: Tensor) -> str:
    return f"{tensor.dtype}[{', '.join('*' if size is None else str(size) for size in tensor.shape)}]"
