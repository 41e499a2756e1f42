"""`modelry register`: propose a new version."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from modelry import fetching, intake, registering
from modelry.cli import options, proposing
from modelry.client import progress
from modelry.errors import UsageError
from modelry.fetching import Brought
from modelry.git import Repository
from modelry.model.registry import Registry
from modelry.registering import Wish
from modelry.storage import facts
from modelry.storage.facts import Given

FILE = click.Path(path_type=Path, dir_okay=False)

# What a version needs that has no default: the flag, and what to ask a person on a terminal.
_ASKED = {
    "summary": "What is new in it, in one line",
    "license": "Licence, as an SPDX expression",
    "metrics": "File with metrics (JSON or YAML)",
    "data": "File with the training data's facts (YAML or JSON)",
    "signature": "File with inputs and outputs (JSON or YAML)",
    "card": "File with the model card (Markdown)",
}
_ASKED_FIRST = {
    "title": "What people call the model",
    "purpose": "What it does, in one line",
    "task": "Its task, such as tabular-classification",
    "owner": "Who answers for it, such as @alice",
}


@click.command()
@click.argument("model", required=False)
@click.argument("artifact", required=False, metavar="[ARTIFACT|URL]")
@click.option("--version", help="The version, such as 1.2.0.")
@click.option("--bump", type=click.Choice(["major", "minor", "patch"]), help="Or: count up from the highest.")
@click.option("--summary", help="What is new in it, in one line.")
@click.option("--author", multiple=True, help="Who made it; otherwise git's user.name.")
@click.option("--license", help="SPDX expression, such as Apache-2.0.")
@click.option("--metrics", type=FILE, help="Evaluations, or plainly {name: number} with --dataset.")
@click.option("--dataset", metavar="NAME@VERSION", help="What plain --metrics were measured on.")
@click.option("--params", type=FILE, help="Hyper-parameters.")
@click.option("--data", type=FILE, help="Training data: a list of {name, uri, digest, …}.")
@click.option(
    "--signature", type=FILE, help="Inputs and outputs: {inputs: [{name, dtype, shape}], outputs: […]}."
)
@click.option("--card", type=FILE, help="The model card, in Markdown.")
@click.option(
    "--code", metavar="REPOSITORY@COMMIT", help="What trained it; otherwise the commit one stands in."
)
@click.option("--code-path", help="The file or folder in that repository.")
@click.option("--facts", "more", type=FILE, help="Fields of version.yaml, all or some; flags win over it.")
@click.option("--created", metavar="TIME", help="When it was made; otherwise now.")
@click.option("--tag", multiple=True, help="A word to find it by; may be given more than once.")
@click.option("--parent", multiple=True, help="What it was derived from; may be given more than once.")
@click.option("--format", "format_", help="Serialization, where the file's name does not tell.")
@click.option("--title", help="First version: what people call the model.")
@click.option("--purpose", help="First version: what the model does, in one line.")
@click.option("--task", help="First version: its task.")
@click.option("--owner", multiple=True, help="First version: who answers for it.")
@click.option("--source", metavar="URL", help="Where anybody can download ARTIFACT; then nothing is pushed.")
@click.option("--path", help="With URL: what the file is called here; otherwise as it is there.")
@click.option("--sha256", help="What the bytes hash to; held against those that are there.")
@click.option("--size", type=int, help="How many bytes there are; no more are downloaded.")
@click.option("--from-issue", "issue", type=FILE, help="Answers to the issue form; options win over them.")
@click.option("--remote", help="Which of the registry's remotes; otherwise the first.")
@click.option("--offline", is_flag=True, help="Do not ask the remotes again when judging.")
@options.dry_run
@options.registry
def register(registry: str | None, *, dry_run: bool, offline: bool, **flags: Any) -> None:  # noqa: ANN401
    """Propose ARTIFACT, a file or a folder, as a new version of MODEL.

    It is hashed, pushed to the registry's DVC remote and read back; then its record, pointer and card are
    committed on a branch of their own. Your files, index and current branch stay as they are. On a terminal,
    what is missing is asked for. Run again, it updates the branch.

    With a URL, or --source, nothing is pushed, and no key to a remote is needed: the record names the address, which
    `modelry check` downloads, and which is copied into the remote after the merge. Policy says which hosts may be named.

    \b
    Examples:
      modelry register churn model.onnx --bump minor --summary "One more quarter" --license Apache-2.0 \\
          --metrics metrics.json --params params.yaml --data data.yaml --signature signature.json --card card.md
      modelry register churn https://example.org/churn-1.2.0.onnx --path model.onnx --version 1.2.0 --facts facts.yaml
      modelry register --from-issue issue.md --author @alice
    """
    repository, current = proposing.begin(options.folder(registry))
    asked = _complete(_told(flags, current), current)
    given = (asked["artifact"], asked["source"], asked["path"], asked["size"])
    with fetching.brought(*given, repository, current.policy.must, progress.bar) as brought:
        wish = _wish(brought, asked, repository, current)
        record = registering.plan(wish, repository, current)
        if dry_run:  # what DVC would write is not there to be judged
            proposing.show(registering.preview(wish, record))
        else:
            proposal = registering.propose(wish, record, repository, current)
            proposing.propose(repository, proposal, dry_run=False, offline=offline)


def _told(flags: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """Give the options with what an issue says where they say nothing."""
    said = intake.options(flags["issue"], registry.tree) if flags["issue"] is not None else {}
    told = {**flags, **{name: value for name, value in said.items() if name in flags and not flags[name]}}
    for name in ("model", "artifact"):
        if not told[name]:
            raise UsageError(f"Missing argument '{name.upper()}'", hint="see: modelry register --help")
    return told


def _complete(flags: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """Ask for what is missing where a person can answer; otherwise name all of it at once."""
    model = flags["model"]
    more = facts.read(flags["more"]) if flags["more"] else {}
    needed = dict(_ASKED) if model in registry.models else {**_ASKED, **_ASKED_FIRST}
    missing = [name for name in needed if not flags[name] and not registering.told(more, name)]
    numbered = registering.next_version(registry, model, flags["version"], flags["bump"])
    if not sys.stdin.isatty() and (missing or numbered is None):
        lacking = [f"--{name}" for name in missing] + ([] if numbered else ["--version or --bump"])
        raise UsageError(f"missing: {', '.join(lacking)}", hint="give them; on a terminal they are asked for")
    answers: dict[str, Any] = {name: click.prompt(needed[name], err=True) for name in missing}
    if numbered is None:
        bump = click.prompt(
            "Which part to count up", type=click.Choice(["major", "minor", "patch"]), err=True
        )
        numbered = registering.next_version(registry, model, None, bump)
    if "owner" in answers:
        answers["owner"] = [answers["owner"]]
    return {**flags, **answers, "version": numbered, "more": more}


def _wish(brought: Brought, flags: Mapping[str, Any], repository: Repository, registry: Registry) -> Wish:
    """Turn flags and files into what is to be registered."""

    def read(name: str) -> Any:  # noqa: ANN401 - whatever the file holds
        return facts.read(_file(flags[name])) if flags[name] else None

    record = registering.record(
        flags["more"],
        {
            "created": flags["created"],
            "authors": list(flags["author"])
            or [repository.run("var", "GIT_AUTHOR_IDENT").partition(" <")[0]],
            "summary": flags["summary"],
            "evaluations": facts.evaluations(_file(flags["metrics"]), flags["dataset"])
            if flags["metrics"]
            else None,
            "signature": read("signature"),
            "license": flags["license"],
            "parents": list(flags["parent"]) or None,
            "tags": list(flags["tag"]) or None,
        },
        {
            "data": read("data"),
            "code": registering.code(flags["code"], flags["code_path"], Path.cwd(), registry, flags["more"]),
            "params": read("params"),
        },
    )
    info = {
        "schema": "model/v1",
        "title": flags["title"],
        "summary": flags["purpose"],
        "owners": list(flags["owner"]),
        "task": flags["task"],
        "tags": list(flags["tag"]),
    }
    card = facts.text(_file(flags["card"]))
    first = None if flags["model"] in registry.models else info
    return Wish(
        flags["model"],
        flags["version"],
        brought.path,
        record,
        card,
        first,
        flags["format_"],
        flags["remote"],
        brought.url,
        brought.is_fetched,
        flags["sha256"],
        flags["size"],
    )


def _file(named: Path | str | Given) -> Path | Given:
    """Give the file that an option, a person at the prompt or an issue names."""
    return Path(named) if isinstance(named, str) else named
