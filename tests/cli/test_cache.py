"""`modelry cache`: what is kept is shown, and goes when it is told to."""

from click.testing import CliRunner, Result

from client.serving import Web
from client.test_site import CHURN, a_document
from modelry.cli import group


def run(*args: str) -> Result:
    return CliRunner().invoke(group, list(args), catch_exceptions=False)


def test_a_registry_that_was_begun_anew_is_forgotten_first(web: Web) -> None:
    url = f"{web.url}/site"
    resolve = ("resolve", "churn", "--registry", url)
    web.put(CHURN, a_document())
    assert run(*resolve).exit_code == 0
    web.put(CHURN, a_document(sequence=1))
    assert run(*resolve).exit_code == 7
    done = run("cache", "forget", f"{url}/")
    assert (done.exit_code, done.stdout) == (0, f"forgot {url}/\n")
    assert run(*resolve).exit_code == 0


def test_what_was_never_seen_cannot_be_forgotten() -> None:
    done = run("cache", "forget", "https://models.example/")
    assert (done.exit_code, done.stderr) == (5, "error: nothing was seen of https://models.example/\n")
