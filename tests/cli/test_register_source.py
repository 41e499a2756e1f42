"""`modelry register` by the address of a file, and by the answers to an issue form: no key to a remote is needed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders
from client.serving import answer
from modelry import intake
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.scaffolding import shipped
from modelry.storage import folders, web, yaml
from public import HOST, Public

DATA = b"weights of churn 2.0.0\n" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()
URL = f"https://{HOST}/models/churn.onnx"


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


@pytest.fixture(autouse=True)
def here(a_repo: Repository, public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a registry whose policy allows the public web of the tests, and whose remote nobody can reach."""
    monkeypatch.chdir(a_repo.top)
    monkeypatch.setattr(web, "ATTEMPTS", 1)
    remotes = {"store": {"url": "http://127.0.0.1:9/dvc"}}
    folders.write(
        builders.a_policy(remotes=remotes, sources={"hosts": [HOST], "artifact_size": 100_000}), a_repo.top
    )
    a_repo.run("commit", "--quiet", "--all", "--message", "Allow public sources")
    a_repo.run("push", "--quiet")
    public.put("/models/churn.onnx", DATA)


@pytest.fixture
def facts(tmp_path: Path) -> tuple[str, ...]:
    """All that a version needs to be told, but for its bytes."""
    example = builders.a_document("version")
    told = {name: example[name] for name in ("summary", "license", "evaluations", "training", "signature")}
    (tmp_path / "facts.json").write_text(json.dumps({**told, "training": {**told["training"], "data": []}}))
    (tmp_path / "card.md").write_text("# churn\n")
    return (
        "--version",
        "2.0.0",
        "--facts",
        str(tmp_path / "facts.json"),
        "--card",
        str(tmp_path / "card.md"),
    )


def proposed(repository: Repository, file: str = "version.yaml", model: str = "churn") -> Any:
    tree = repository.tree(f"origin/register/{model}/2.0.0")
    return yaml.parse(tree.read(layout.version(model, "2.0.0", file))).value


def test_an_address_is_registered_with_one_download_and_without_a_remote(
    a_repo: Repository, public: Public, facts: tuple[str, ...]
) -> None:
    result = run("register", "churn", URL, *facts)

    assert (result.exit_code, result.stdout) == (0, "register/churn/2.0.0\n"), result.stderr
    assert public.asked == [f"{HOST}/models/churn.onnx"]
    assert proposed(a_repo)["artifact"] == {
        "path": "churn.onnx",
        "format": "onnx",
        "size": len(DATA),
        "sha256": SHA256,
        "source": {"url": URL},
    }
    assert proposed(a_repo, "churn.onnx.dvc") == {
        "outs": [
            {"md5": hashlib.md5(DATA).hexdigest(), "size": len(DATA), "hash": "md5", "path": "churn.onnx"}
        ]
    }
    judged = run("check", "--base", "main", "--head", "register/churn/2.0.0", "--public")
    assert (judged.exit_code, judged.stdout) == (0, "new version: passes\n")
    assert list((a_repo.common / "modelry").iterdir()) == []


def test_a_file_or_a_folder_that_lies_in_public_is_not_pushed_either(
    a_repo: Repository, public: Public, tmp_path: Path, facts: tuple[str, ...]
) -> None:
    (tmp_path / "reader").mkdir()
    for name, data in {"model.onnx": b"net", "labels.json": b"[]"}.items():
        (tmp_path / "reader" / name).write_bytes(data)
        public.put(f"/reader/{name}", data)

    result = run("register", "churn", str(tmp_path / "reader"), "--source", f"https://{HOST}/reader/", *facts)
    assert result.exit_code == 0, result.stderr
    assert proposed(a_repo)["artifact"]["source"] == {"url": f"https://{HOST}/reader/"}
    assert sorted(public.asked) == [f"{HOST}/reader/labels.json", f"{HOST}/reader/model.onnx"]


def test_a_public_file_that_is_not_the_one_here_is_refused(
    a_repo: Repository, tmp_path: Path, facts: tuple[str, ...]
) -> None:
    (tmp_path / "model.onnx").write_bytes(DATA[:-1] + b"!")

    result = run("register", "churn", str(tmp_path / "model.onnx"), "--source", URL, *facts)
    assert result.exit_code == 3
    assert f"error[source-differs]: {URL} has sha256 {SHA256}" in result.stderr
    assert a_repo.resolves("register/churn/2.0.0") is None


@pytest.mark.parametrize(
    ("url", "more", "code", "told"),
    [
        (URL, ("--sha256", "0" * 64), 4, f"churn.onnx has {SHA256} as its SHA-256, and {'0' * 64} was said"),
        (URL, ("--size", "10"), 4, f"{URL} has 23000 bytes, expected at most 10"),
        (URL, ("--size", "23001"), 4, "churn.onnx has 23000 bytes, and 23001 was said"),
        (
            f"https://{HOST}/none.onnx",
            (),
            1,
            f"https://{HOST}/none.onnx cannot be downloaded by anybody: HTTP 404",
        ),
        (
            f"https://{HOST}/large.onnx",
            (),
            4,
            f"https://{HOST}/large.onnx has 100001 bytes, expected at most 100000",
        ),
        (f"https://{HOST}/", (), 2, f"https://{HOST}/ ends in no name for a file"),
        ("https://elsewhere.example/x.onnx", (), 3, "elsewhere.example is not on the list of policy"),
        (
            "http://models.acme.example/x.onnx",
            ("--path", "x.onnx"),
            3,
            "is no plain https:// address of a file",
        ),
        (URL, ("--source", URL), 2, "the artifact is named by its address already"),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_is_proposed(
    a_repo: Repository,
    public: Public,
    facts: tuple[str, ...],
    url: str,
    more: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    public.put("/large.onnx", answer(bytes(100_001)))

    result = run("register", "churn", url, *facts, *more)
    assert (result.exit_code, told in result.stderr) == (code, True), result.stderr
    assert a_repo.resolves("register/churn/2.0.0") is None


def test_without_sources_in_policy_no_address_is_asked(
    a_repo: Repository, public: Public, facts: tuple[str, ...]
) -> None:
    folders.write(builders.a_policy(), a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "No more")
    a_repo.run("push", "--quiet")

    result = run("register", "churn", URL, *facts)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (3, "error: policy allows no public sources")
    assert public.asked == []


ANSWERS = {
    "model": "fraud",
    "version": "2.0.0",
    "summary": "Trained on the spring as well",
    "url": f"https://{HOST}/models/churn.onnx",
    "sha256": SHA256.upper(),
    "size": "23,000",
    "path": "model.onnx",
    "format": "_No response_",
    "license": "Apache-2.0",
    "dataset": "customers@1",
    "metrics": "```yaml\nauc: 0.93\n```",
    "data": f"```yaml\n- name: customers\n  uri: s3://acme/customers\n  digest: sha256:{'0' * 64}\n```",
    "code": "https://github.com/acme/fraud@2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "params": "```yaml\nmax_depth: 6\n```",
    "signature": "```yaml\ninputs: [{name: features, dtype: float32, shape: [null, 2]}]\n"
    "outputs: [{name: risk, dtype: float32, shape: [null]}]\n```",
    "card": "# fraud\n\n### Limits\n\nMany.",
    "tag": "tabular, quarterly",
    "parent": "_No response_",
    "title": "Fraud",
    "purpose": "Finds fraud.",
    "task": "tabular-classification",
    "owner": "@ada, @acme/risk",
    "agreed": "- [X] I may",
}


def an_issue(into: Path, **changed: str) -> str:
    """Write an issue as GitHub does from the form that `modelry init` writes, and give its path."""
    form: Any = yaml.parse(shipped.files("github")[intake.FORM]).value
    questions = [one for one in form["body"] if "id" in one]
    assert [one["id"] for one in questions] == list(ANSWERS)
    given = ANSWERS | changed
    text = "\n\n".join(f"### {one['attributes']['label']}\n\n{given[one['id']]}" for one in questions)
    into.write_text(f"{text}\n", "utf-8")
    return str(into)


def test_the_answers_to_the_issue_form_become_a_proposal(a_repo: Repository, tmp_path: Path) -> None:
    result = run("register", "--from-issue", an_issue(tmp_path / "issue.md"), "--author", "@alice")

    assert (result.exit_code, result.stdout) == (0, "register/fraud/2.0.0\n"), result.stderr
    record = proposed(a_repo, model="fraud")
    del record["created"], record["schema"]
    assert record == {
        "model": "fraud",
        "version": "2.0.0",
        "authors": ["@alice"],
        "summary": "Trained on the spring as well",
        "artifact": {
            "path": "model.onnx",
            "format": "onnx",
            "size": len(DATA),
            "sha256": SHA256,
            "source": {"url": URL},
        },
        "evaluations": [{"dataset": {"name": "customers", "version": "1"}, "metrics": {"auc": 0.93}}],
        "training": {
            "data": [{"name": "customers", "uri": "s3://acme/customers", "digest": f"sha256:{'0' * 64}"}],
            "params": {"max_depth": 6},
            "code": {
                "repository": "https://github.com/acme/fraud",
                "commit": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            },
        },
        "signature": {
            "inputs": [{"name": "features", "dtype": "float32", "shape": [None, 2]}],
            "outputs": [{"name": "risk", "dtype": "float32", "shape": [None]}],
        },
        "license": "Apache-2.0",
        "tags": ["tabular", "quarterly"],
    }
    tree = a_repo.tree("register/fraud/2.0.0")
    assert tree.read(layout.version("fraud", "2.0.0", "card.md")) == b"# fraud\n\n### Limits\n\nMany.\n"
    info: Any = yaml.parse(tree.read(layout.model("fraud"))).value
    assert (info["title"], info["owners"]) == ("Fraud", ["@ada", "@acme/risk"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"metrics": "```yaml\nauc: 1.10\n```"}, "metrics:1:6: "),
        ({"size": "large"}, "'large' is no number of bytes"),
        ({"model": "_No response_"}, "Missing argument 'MODEL'"),
        ({"title": "_No response_", "owner": "_No response_"}, "missing: --title, --owner"),
        ({"url": ".git/config"}, "'.git/config' is no https:// address"),
        ({"url": "/etc/passwd"}, "'/etc/passwd' is no https:// address"),
        ({"url": "file:///etc/passwd"}, "'file:///etc/passwd' is no https:// address"),
    ],
)
def test_a_bad_answer_is_told_by_its_name_and_nothing_is_proposed(
    a_repo: Repository, tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    result = run("register", "--from-issue", an_issue(tmp_path / "issue.md", **changed))

    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr
    assert a_repo.resolves("register/fraud/2.0.0") is None
