"""The command line: one command, one module, no decision in it; this is its door and its one error boundary."""

import importlib
from collections.abc import Sequence

import click

from modelry import __version__
from modelry.cli import process
from modelry.errors import Exit, RegistryError

COMMANDS = {
    "init": "Begin a registry: its files and its DVC remote.",
    "demo": "Play the whole loop on this machine, on real models.",
    "register": "Propose a new version: hash, push, read back, branch.",
    "promote": "Propose that a version, or several, take a stage.",
    "rollback": "Propose that a stage goes back to the version before.",
    "yank": "Propose that nobody takes a version any more.",
    "unyank": "Propose that a withdrawn version may be taken again.",
    "deprecate": "Propose to say of a model that it should no longer be used.",
    "evaluate": "Propose evidence on a version: results measured later.",
    "waive": "Propose a dated exception to what policy asks.",
    "check": "Judge the registry, or a change of it, by every rule.",
    "explain": "Say what a rule demands, why, and how to mend it.",
    "review": "Show what a reviewer needs to decide on a change.",
    "merge": "Merge a proposal after judging the merge result.",
    "hook": "Guard a plain git server: judge what is pushed to main.",
    "forge": "Say on the forge what CI found: one comment, one issue.",
    "notify": "Tell others what has reached main: webhooks, chats, workflows.",
    "report-deployed": "Put on record what runs where.",
    "mirror": "Copy versions from the public sources that they name into the remote.",
    "list": "List models and what is in their stages.",
    "show": "Show a model or a version.",
    "history": "Show what happened, when, by whom and why.",
    "tags": "Tell main's history to GTO and DVC, by tags.",
    "audit": "Keep, prove and export the record of who approved which bytes.",
    "diff": "Show what differs between two versions, or two moments.",
    "bisect": "Find the promotion since which a command fails.",
    "resolve": "Say which bytes a reference means.",
    "pull": "Fetch and verify the bytes that a reference means.",
    "lock": "Keep what references mean now, for later.",
    "sync": "Keep a folder at what a stage means, and go back when it is not well.",
    "cache": "See and clear what this machine keeps of registries.",
    "verify": "Say whether bytes are those of a version.",
    "export": "Write the files by which others deploy a version.",
    "build": "Build the catalog: pages and JSON API.",
    "serve": "Build the catalog and show it on this machine.",
    "doctor": "Look for ways around the registry: workflows, owners, remotes, settings.",
    "schema": "Write the JSON Schemas, or say which are stale.",
}
"""Every command and what it is for, in the order of the help page; a module is imported when it is called."""


class Boundary(click.Group):
    """The commands, each imported when it is called; and the one place where an error becomes words and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Give the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and give a command."""
        if cmd_name not in COMMANDS:
            return None
        # `list` is a word of Python's own.
        name = "listing" if cmd_name == "list" else cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"modelry.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is met with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

            near = get_close_matches(args[0], COMMANDS, n=1)
            told = f" Did you mean {near[0]}?" if near else " See modelry --help."
            ctx.fail(f"No such command {args[0]!r}.{told}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands into the help page without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that we foresaw becomes two lines and an exit code."""
        try:
            return super().invoke(ctx)
        except RegistryError as error:
            click.echo(f"error: {error}", err=True)
            if error.hint:
                click.echo(f" hint: {error.hint}", err=True)
            ctx.exit(error.code)
        except OSError as error:
            # The disk is full, a file may not be read, the pipe is gone: the system's own words say it best.
            click.echo(f"error: {error}", err=True)
            ctx.exit(Exit.FAILED)
        except KeyboardInterrupt:
            click.echo("error: interrupted", err=True)
            ctx.exit(Exit.FAILED)


@click.command(
    cls=Boundary, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="modelry", message="%(prog)s %(version)s")
def group() -> None:
    """Keep models in git: register by pull request, promote by policy, publish a catalog.

    \b
    Examples:
      modelry demo                                 see the whole loop
      modelry pull churn@production                fetch verified bytes
      modelry check --base origin/main             judge a change as CI does
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    process.begin()
    try:
        group.main(args=args, prog_name="modelry")
    except SystemExit as over:
        # Who calls this with arguments has something to do afterwards.
        if args is None and isinstance(over.code, int):
            process.end(over.code)
        raise
