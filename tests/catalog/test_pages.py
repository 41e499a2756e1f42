"""The tree that mkdocs is handed: which files, the same bytes each time, and nobody's words but ours as markup."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import yaml

import builders
from catalog.registries import HOSTILE, MOMENT, a_hostile_one, a_rich_one, events, registry
from modelry import catalog
from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.events import Event
from modelry.model.files import Files
from modelry.model.landings import Landing


def pages(files: Files, **moment: object) -> dict[str, str]:
    made = catalog.files(registry(files), replace(MOMENT, **moment))  # type: ignore[arg-type]  # its own fields
    return {path: data.decode() for path, data in made.items() if path.endswith(".md")}


def words(page: str) -> str:
    """Give what a reader sees of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def test_the_same_registry_gives_the_same_bytes() -> None:
    moment = replace(MOMENT, events=events())
    assert catalog.files(registry(a_rich_one()), moment) == catalog.files(registry(a_rich_one()), moment)


def test_every_model_version_and_stage_has_its_page() -> None:
    assert sorted(pages(a_rich_one())) == [
        "docs/about/index.md",
        "docs/activity/index.md",
        "docs/catalog/index.md",
        "docs/compare/index.md",
        "docs/index.md",
        "docs/licenses/Apache-2.0/index.md",
        "docs/licenses/index.md",
        "docs/models/attrition/0.9.0/index.md",
        "docs/models/attrition/index.md",
        "docs/models/broken/index.md",
        "docs/models/churn/1.0.0/index.md",
        "docs/models/churn/1.1.0/index.md",
        "docs/models/churn/1.2.0/index.md",
        "docs/models/churn/2.0.0-rc.1/index.md",
        "docs/models/churn/index.md",
        "docs/owners/@alice/index.md",
        "docs/owners/acme-growth-312c6e7d/index.md",
        "docs/owners/index.md",
        "docs/stages/production/index.md",
        "docs/stages/staging/index.md",
    ]


def test_text_is_utf8_with_line_feeds() -> None:
    for path, data in catalog.files(registry(a_rich_one()), MOMENT).items():
        if not path.endswith(".svg"):
            assert data.endswith(b"\n"), path
        assert b"\r" not in data, path


def test_the_configuration_is_ours_to_the_last_word() -> None:
    title = 'Ann\'s "<models>" & {{ more }}\u00e9'
    made = catalog.files(registry({**builders.a_registry(1, 1), **builders.a_policy(title=title)}), MOMENT)
    config = yaml.safe_load(made["mkdocs.yml"])
    assert unescape(config["site_name"]) == title
    assert not set(config["site_name"]) & set("<>\"'{}")
    assert config["plugins"] == []
    assert config["markdown_extensions"] == []
    assert config["theme"]["font"] is False
    assert not {"navigation.instant", "search.suggest"} & set(config["theme"]["features"])
    assert config["nav"] == [
        {"Home": "index.md"},
        {"Catalog": "catalog/index.md"},
        {"Stages": [{"production": "stages/production/index.md"}, {"staging": "stages/staging/index.md"}]},
        {"Activity": "activity/index.md"},
        {"Compare": "compare/index.md"},
        {"About": "about/index.md"},
    ]
    assert "hooks" not in config


def test_front_matter_is_json_that_only_we_write() -> None:
    for path, page in pages(a_hostile_one()).items():
        _, matter, _ = page.split("---\n", 2)
        keys = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in matter.splitlines()}
        assert set(keys) <= {"title", "description", "hide", "search"}, path
        assert re.fullmatch(r"[\w .-]+", keys["title"]), path
        assert not set(keys["description"]) & set("<>\"'{}"), path


def test_version_pages_are_left_out_of_the_search() -> None:
    for path, page in pages(a_rich_one()).items():
        is_model = path.startswith("docs/models/") and path.count("/") == 3
        assert ('search: {"exclude": true}' in page) is not (is_model or path == "docs/about/index.md")


def test_other_peoples_words_are_never_markup() -> None:
    for path, page in pages(a_hostile_one()).items():
        body = page.split("---\n", 2)[2]
        for attack in (
            "<script",
            "<img",
            "{:",
            "{{",
            "{%",
            "](",
            "[[",
            "```",
            "`x`",
            "~~~",
            "--8<--",
            "<!--",
            "<b>",
        ):
            assert attack not in body, (path, attack)
        assert not re.search(r'href="(?!https?://|\.\./|api/|models/|stages/|catalog/|mailto:)', body), path
        assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', "", re.sub(r">[^<]*<", "><", body))), path


def test_hostile_words_show_as_they_are() -> None:
    page = words(pages(a_hostile_one())["docs/models/churn/1.0.0/index.md"])
    for attack in HOSTILE:
        assert re.sub(r"\s+", " ", unescape(unescape(attack))) in unescape(page), attack


def test_a_document_with_faults_is_shown_as_what_it_is() -> None:
    page = words(pages(a_rich_one())["docs/models/broken/index.md"])
    assert "This document cannot be shown: registry/models/broken/versions/1.0.0/version.yaml" in page


def test_a_model_whose_own_document_is_broken_still_has_a_page() -> None:
    files = {**builders.a_registry(1, 1), layout.model("churn"): b"schema: model/v1\n"}
    page = words(pages(files)["docs/models/churn/index.md"])
    assert "owners unknown" in page
    assert "registry/models/churn/model.yaml" in page


def test_a_version_with_two_pointers_is_told_and_left_out() -> None:
    files = builders.a_registry(1, 1)
    pointer = layout.version("churn", "1.0.0", "model.onnx.dvc")
    files = {**files, layout.version("churn", "1.0.0", "other.dvc"): files[pointer]}
    assert "has 2 pointers, expected one" in words(pages(files)["docs/models/churn/index.md"])


def test_without_a_policy_there_is_no_catalog() -> None:
    with pytest.raises(RegistryError, match=r"registry\.yaml cannot be read: `id` is missing"):
        pages({**builders.a_registry(1, 1), layout.POLICY: b"schema: registry/v1\n"})


def test_a_registry_without_models_says_how_to_begin() -> None:
    made = pages(builders.a_policy())
    assert "There is no model yet. Begin with modelry register MODEL ARTIFACT ." in words(
        made["docs/index.md"]
    )
    assert "There is no model yet." in words(made["docs/catalog/index.md"])


def test_a_yanked_version_says_so_first_and_offers_no_way_to_take_it() -> None:
    page = words(pages(a_rich_one())["docs/models/churn/1.1.0/index.md"])
    assert (
        "Yanked: do not use this version. trained on rows of the test set Severity: high. Take 1.2.0 instead."
        in page
    )
    assert "modelry pull churn@1.1.0" not in page


def test_a_deprecated_model_names_its_replacement() -> None:
    page = words(pages(a_rich_one())["docs/models/attrition/index.md"])
    assert "Deprecated. superseded Use churn instead." in page


def test_a_model_page_tells_why_a_version_is_where_it_is_and_how_to_load_it() -> None:
    page = words(pages(a_rich_one(), events=events())["docs/models/churn/index.md"])
    assert (
        "1.0.0 AUC ↑ higher is better 0.9000 the first that beats the rule of thumb since 2026-02-26 by Ada Test"
        in page
    )
    assert "modelry pull churn@production --registry https://acme.github.io/models" in page
    assert 'model = onnxruntime.InferenceSession("model.onnx")' in page
    assert "1.0.0 rolled back in production after 1.1.0 so 2026-02-26 08:30 UTC" in page


def test_the_home_page_shows_what_happened_last() -> None:
    home = words(pages(a_rich_one(), events=events())["docs/index.md"])
    assert "Latest activity churn 1.0.0 rolled back in production" in home
    assert "Newest versions" in words(pages(a_rich_one())["docs/index.md"])


def test_a_stage_page_lists_what_holds_it_and_what_it_demands() -> None:
    page = words(pages(a_rich_one())["docs/stages/production/index.md"])
    assert "has held staging auc is at most 0.005 worse than in production" in page
    assert (
        "Customer churn tabular-classification 1.0.0 AUC ↑ higher is better 0.9000 the first that beats the rule of thumb"
        in page
    )
    assert "attrition" not in page


def test_a_format_without_a_safe_line_to_load_it_has_none() -> None:
    made = builders.a_version("churn", "1.0.0")
    record = made[layout.version("churn", "1.0.0")].replace(b"format: onnx", b"format: pickle")
    files = {**builders.a_registry(1, 1), layout.version("churn", "1.0.0"): record}
    page = words(pages(files)["docs/models/churn/index.md"])
    assert "modelry pull churn@production" in page
    assert "Load it in Python" not in page


def test_an_artifact_that_is_a_folder_lists_its_files() -> None:
    files = builders.a_registry(1, 1)
    listed = [{"path": "weights/a.bin", "size": 3, "sha256": "a" * 64}]
    artifact = {"path": "bert", "format": "safetensors", "size": 3, "sha256": "b" * 64, "files": listed}
    files = {**files, **builders.a_version("churn", "1.0.0", artifact=artifact)}
    made = pages(files)
    assert "bert/ 3 B " + "b" * 64 + " weights/a.bin 3 B " + "a" * 64 in words(
        made["docs/models/churn/1.0.0/index.md"]
    )
    assert "sha256sum" not in made["docs/models/churn/1.0.0/index.md"]


def test_the_lines_to_copy_come_with_addresses_that_a_shell_can_take() -> None:
    policy = builders.a_policy(
        url="https://acme.example/m;x", remotes={"web": {"url": "https://acme.example/dvc/"}}
    )
    page = words(pages({**builders.a_registry(1, 1), **policy})["docs/models/churn/index.md"])
    assert "modelry pull churn@production --registry 'https://acme.example/m;x'" in page
    assert "curl -fsS 'https://acme.example/m;x/api/v1/models/churn/stages/production.json'" in page
    assert (
        "curl -fsS https://acme.example/dvc/files/md5/e4/a22166216f54097fa6663b63cb3b01 -o model.onnx" in page
    )


@pytest.mark.parametrize(
    ("term", "told", "due"),
    [
        ("90d", "review due 2026-05-27", "2026-05-27T08:30:00Z"),
        ("4d", "overdue review was due 2026-03-02", "2026-03-02T08:30:00Z"),
    ],
)
def test_pages_and_documents_say_when_an_assignment_must_be_looked_at_again(
    term: str, told: str, due: str
) -> None:
    stages = [{"name": "staging"}, {"name": "production", "expires_after": term}]
    files = {**a_rich_one(), **builders.a_policy(stages=stages)}
    made = pages(files, events=events())
    for page in ("models/churn/index", "models/churn/1.0.0/index", "stages/production/index"):
        assert told in words(made[f"docs/{page}.md"]), page
    assert "review" not in words(made["docs/stages/staging/index.md"])
    moment = replace(MOMENT, events=events())
    (document,) = [
        json.loads(data)
        for path, data in catalog.files(registry(files), moment).items()
        if path == "docs/api/v1/models/churn/stages/production.json"
    ]
    assert document["due"] == due


def test_a_version_page_says_at_a_glance_whether_it_is_good_may_be_used_and_why_it_is_there() -> None:
    made = pages(a_rich_one(), events=events())
    held = words(made["docs/models/churn/1.0.0/index.md"])
    assert "Is it good? 0.9000 AUC ↑ higher is better on customers May I use it? Apache-2.0" in held
    assert "Why is it in production? the first that beats the rule of thumb" in held
    gone = words(made["docs/models/churn/1.1.0/index.md"])
    assert "Superseded in production. 1.0.0 holds it now." in gone
    assert "May I use it? No, it was withdrawn" in gone


def test_a_version_page_shows_each_demand_of_its_stage_with_what_was_found_and_who_said_yes() -> None:
    policy = registry(a_rich_one()).policy.must
    begun = Landing("f" * 40, MOMENT.when - timedelta(days=30), "Begin", ("Ada Test",))
    told = (Event("policy changed", "", None, None, None, begun), *events())
    page = words(
        pages(a_rich_one(), events=told, policies={"f" * 40: policy})["docs/models/churn/1.1.0/index.md"]
    )
    assert (
        "production promoted 2026-02-24 after 1.0.0 so Asked Found Margin Verdict "
        "auc no worse than production, by at most 0.005 0.93, against 0.9 of 1.0.0 +0.0350 passes "
        "staging before never — none misses "
        "Judged again by the policy of that moment, ffffffffff , and by what was on record then. "
        "proposed by Ada Test approved by nothing tells commits merged 0000000000 "
        "proof Cannot be proven: no evidence of this merge is on record, only what its commit says."
    ) in page
    back = words(
        pages(a_rich_one(), events=told, policies={"f" * 40: policy})["docs/models/churn/1.0.0/index.md"]
    )
    assert "A way back to a version that held the stage before is always open: it meets no gate." in back


def test_a_folder_of_many_files_is_shown_in_part_and_leads_to_the_rest() -> None:
    listed = [{"path": f"weights/{number:03}.bin", "size": 1, "sha256": "a" * 64} for number in range(60)]
    artifact = {"path": "bert", "format": "safetensors", "size": 60, "sha256": "b" * 64, "files": listed}
    files = {**builders.a_registry(1, 1), **builders.a_version("churn", "1.0.0", artifact=artifact)}
    page = words(pages(files)["docs/models/churn/1.0.0/index.md"])
    assert "weights/049.bin" in page
    assert "weights/050.bin" not in page
    assert "The first 50 of 60; all of them as JSON" in page


def test_the_page_of_a_model_with_many_versions_shows_the_newest_and_leads_to_all() -> None:
    files = builders.a_registry(1, 120)
    told = events() * 20
    made = pages(files, events=told)
    page = made["docs/models/churn/index.md"]
    assert page.count('<th scope="row">') == 51  # and the one in production
    assert "The newest and those in a stage; all 120 versions" in words(page)
    assert "The last 30 of 120; all of it as JSON" in words(page)
    assert made["docs/models/churn/versions/index.md"].count("<li>") == 120
    assert "docs/models/churn/versions/index.md" not in pages(builders.a_registry(1, 50))


def test_a_model_page_says_where_it_comes_from_and_what_was_made_from_it() -> None:
    files = {**a_rich_one(), **builders.a_model("child", ())}
    files |= builders.a_version("child", "0.1.0", parents=["churn@1.0.0", "https://base.example/model"])
    made = pages(files)
    page = words(made["docs/models/churn/index.md"])
    assert "Made from this model: child 0.1.0" in page
    assert "M200 15C230 15 230 15 260 15" in made["docs/models/churn/index.md"]
    child = made["docs/models/child/index.md"]
    assert '<a href="../../models/churn/1.0.0/">churn@1.0.0</a>' in child
    assert 'made from <a href="https://base.example/model" rel="nofollow noopener">' in child


def test_a_trend_says_what_a_gate_asks_for() -> None:
    page = pages(a_rich_one())["docs/models/churn/index.md"]
    assert (
        "auc over 4 versions: 0.9000 in 1.0.0, 0.9300 in 1.1.0, 0.9200 in 1.2.0, 0.9400 in 2.0.0-rc.1" in page
    )
    assert "a gate at 0.8000" in page
    assert page.count("mr-spark__gate") == 1


@pytest.mark.parametrize(
    ("repository", "forge", "told"),
    [
        (
            "https://github.com/acme/m",
            None,
            ["issues?q=churn", "issues/new?title=churn%3A%20&", "edit/main/"],
        ),
        (
            "https://gitlab.com/acme/m",
            None,
            ["-/issues?search=churn", "-/issues/new?issue%5Btitle%5D", "-/edit/"],
        ),
        ("https://git.example/acme/m", "forgejo", ["issues?q=churn", "issues/new?title=", "_edit/main/"]),
        ("https://git.example/acme/m", None, []),
    ],
)
def test_a_model_page_leads_to_its_forge(repository: str, forge: str | None, told: list[str]) -> None:
    policy = builders.a_policy(repository=repository, forge=forge)
    page = unescape(pages({**builders.a_registry(1, 1), **policy})["docs/models/churn/index.md"])
    for start in told:
        assert f'href="{repository}/{start}' in page
    assert ("Report a problem" in page) is bool(told)
