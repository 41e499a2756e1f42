"""`modelry sync`: a folder that follows a stage."""

import signal
import threading
from pathlib import Path
from typing import Any

import click

from modelry import syncing
from modelry.cli import options
from modelry.errors import Exit
from modelry.exports import layouts


@click.command()
@click.argument("reference", metavar="REF")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--every", type=click.FloatRange(1.0), default=60.0, show_default=True, help="Seconds between two looks."
)
@click.option("--once", is_flag=True, help="Look once: for cron. Exit 3 when a new version was not well.")
@click.option("--exec", "command", metavar="CMD", help="Run by the shell after each exchange.")
@click.option(
    "--health-cmd", "health", metavar="CMD", help="Run by the shell until it ends with 0: then all is well."
)
@click.option("--patience", type=float, default=60.0, show_default=True, help="Seconds that it has for that.")
@click.option("--layout", type=click.Choice(list(layouts.LAYOUTS)), default="plain", show_default=True)
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Versions that stay besides the current one.",
)
@click.option(
    "--metrics", type=click.Path(path_type=Path, dir_okay=False), help="A file for Prometheus' node exporter."
)
@options.asking
@click.pass_context
def sync(ctx: click.Context, /, every: float, metrics: Path | None, *, once: bool, **asked: Any) -> None:  # noqa: ANN401 - as `syncing.Wish` has them
    """Keep DIR/current at what REF means: pull what is new, exchange the link at once, go back when it is not well.

    The commands find MODELRY_MODEL, MODELRY_VERSION, MODELRY_SHA256 and MODELRY_PATH, and stand in DIR. A version that was
    not well is not tried again before the stage moves. Where nobody can be asked, what is there stays.

    \b
    Examples:
      modelry sync churn@production /srv/churn --registry https://acme.github.io/models
      modelry sync churn@production /srv/churn --once --exec 'systemctl reload churn' \\
        --health-cmd 'curl -fs http://127.0.0.1:8080/health'
    """
    follower = syncing.Follower(syncing.Wish(**asked), click.echo)
    if not once:
        stopped = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stopped.set())
        follower.forever(every, stopped.wait, metrics)
        return
    done = follower.say(follower.once())
    ctx.exit(Exit.FINDINGS if done.what == "rejected" else Exit.DONE)
