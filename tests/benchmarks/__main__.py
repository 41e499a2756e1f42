"""`python -m tests.benchmarks [--models M --versions V --rounds N --mib N] [NAME…]`: print the table."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parents[1])
)  # as pytest's `pythonpath`: `builders` and `benchmarks` are there

import click

from benchmarks import cases
from benchmarks.commands import Size
from benchmarks.measuring import Measure, MeasureError

HEAD = """\
| case | ours: s | ours: MiB | peer | s | MiB | ours : peer |
|---|--:|--:|---|--:|--:|--:|"""


def main() -> int:
    """Measure the cases that were named, or all; exit code 1 if a command failed."""
    size, names = _asked()
    click.echo(
        f"Medians of {size.rounds} runs of whole processes, in turn (less than 12 MiB cannot be told); {size.models} models with {size.versions} versions each.\n"
    )
    click.echo(HEAD)
    failed = 0
    for case in cases.CASES:
        if case.name in names if names else not case.is_long:
            failed += not _show(case, size)
    return 1 if failed else 0


def _asked() -> tuple[Size, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=64)
    told = (f"{case.name} (only if named)" if case.is_long else case.name for case in cases.CASES)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(told))
    asked = parser.parse_args()
    if unknown := set(asked.names) - {case.name for case in cases.CASES}:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    return Size(asked.models, asked.versions, asked.rounds, asked.mib), asked.names


def _show(case: cases.Case, size: Size) -> bool:
    what = case.what.format(
        models=size.models,
        versions=size.versions,
        total=size.models * size.versions,
        small=min(size.models, 100),
        mib=size.mib,
    )
    what += f" ({case.target})" if case.target else ""
    folder = Path(tempfile.mkdtemp(prefix="modelry-benchmark-"))
    try:
        ours, *peers = cases.run(case, size, folder)
    except MeasureError as error:
        click.echo(f"| {what} | failed | | {error} | | | |")
        return False
    finally:
        shutil.rmtree(folder)
    for number, peer in enumerate(peers):
        click.echo(_row(ours, peer, what if number == 0 else ""))
    return True


def _row(ours: Measure, peer: Measure, what: str) -> str:
    own = f"{ours.seconds:.3f} | {ours.mib:.0f}" if what else " | "
    title = peer.command.title
    return f"| {what} | {own} | {title} | {peer.seconds:.3f} | {peer.mib:.0f} | {ours.seconds / peer.seconds:.2f} |"


if __name__ == "__main__":
    sys.exit(main())
