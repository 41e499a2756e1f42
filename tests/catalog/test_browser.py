"""The built catalog in a real browser: no attack runs, nothing leaves, everyone can read it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from catalog.registries import HOSTILE

pytestmark = pytest.mark.xdist_group("browser")

KINDS = {
    "home": "",
    "catalog": "catalog/",
    "stage": "stages/production/",
    "model": "models/churn/",
    "version": "models/churn/1.2.0/",
    "yanked": "models/churn/1.1.0/",
    "deprecated": "models/attrition/",
    "broken": "models/broken/",
    "about": "about/",
    "activity": "activity/",
    "compare": "compare/?a=churn@1.0.0&b=churn@1.1.0",
    "owners": "owners/",
    "owner": "owners/@alice/",
    "license": "licenses/Apache-2.0/",
}


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "catalog/",
        "stages/production/",
        "models/churn/",
        "models/churn/1.0.0/",
        "models/churn/1.1.0/",
        "about/",
    ],
)
def test_no_attack_runs_and_each_shows_as_text(
    kind: str, page: Page, hostile: str, trouble: list[str]
) -> None:
    page.goto(hostile + kind)
    page.wait_for_load_state("networkidle")
    for element in page.query_selector_all(".md-content a, .md-content [tabindex]"):
        element.evaluate(
            "element => { element.focus(); element.dispatchEvent(new MouseEvent('mouseover')); }"
        )
    assert trouble == []
    assert page.locator(".md-content script, .md-content img, .md-content iframe").count() == 0
    assert page.locator(".md-content [onclick], .md-content [onload], .md-content [onmouseover]").count() == 0
    if kind.startswith("models/"):
        assert HOSTILE[0] in page.locator("h1").inner_text()
    assert page.locator("h1").count() == 1


def test_the_search_shows_attacks_as_text(page: Page, hostile: str, trouble: list[str]) -> None:
    for view in ("cards", "table"):
        page.goto(f"{hostile}catalog/?q=churn&view={view}")
        found = page.locator("[data-list][data-answered] [data-card=churn]")
        assert HOSTILE[0] in found.inner_text()
        assert found.locator("img, script, iframe").count() == 0
    assert trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_everyone_can_read_it(kind: str, scheme: str, page: Page, rich: str, trouble: list[str]) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(rich + KINDS[kind])
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow == 0, f"scrolls sideways at {width}"
    expected = "slate" if scheme == "dark" else "default"
    assert page.locator("body").get_attribute("data-md-color-scheme") == expected
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    assert trouble == []


def test_a_line_can_be_copied(page: Page, rich: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{rich}models/churn/")
    page.get_by_role("button", name="Copy: modelry pull churn@production").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "modelry pull churn@production --registry https://acme.github.io/models"


def test_the_ways_to_use_it_change_without_a_script(browser: Browser, rich: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{rich}models/churn/")
        assert page.get_by_text("dvc get").is_hidden()
        page.get_by_text("DVC", exact=True).click()
        assert page.get_by_text("dvc get").is_visible()
        assert (
            page.locator(".mr-versions tbody tr").first.inner_text().split("\n")[0].startswith("2.0.0-rc.1")
        )
        page.goto(f"{rich}catalog/")
        assert page.locator("[data-card]:visible").count() == 3
        assert page.locator("[data-form]").is_hidden()


def test_two_versions_stand_side_by_side(page: Page, rich: str, trouble: list[str]) -> None:
    page.goto(f"{rich}models/churn/1.2.0/")
    page.get_by_text("Compare 1.1.0 and 1.2.0, or any others").click()
    page.locator("[data-said]", has_text="beside").wait_for()
    row = page.locator("[data-compared] tr", has_text="auc on customers 1")
    assert row.locator("td").all_inner_texts() == ["0.93", "0.92", "-0.01"]
    page.locator("[name=a]").fill("churn@1.0.0")
    page.get_by_text("churn@1.0.0 beside churn@1.2.0").wait_for()
    assert row.locator("td").all_inner_texts() == ["0.9", "0.92", "+0.02"]
    assert page.url.endswith("?a=churn%401.0.0&b=churn%401.2.0")
    page.locator("[name=b]").fill("churn@9.9.9")
    page.locator("[name=b]").blur()
    page.get_by_text("There is no churn@9.9.9.").wait_for()
    assert trouble == []


def test_other_peoples_words_are_text_when_they_are_compared(
    page: Page, hostile: str, trouble: list[str]
) -> None:
    page.goto(f"{hostile}compare/?a=churn@1.0.0&b=churn@1.1.0")
    page.locator("[data-said]", has_text="beside").wait_for()
    assert page.locator("[data-compared] :is(img, script, a)").count() == 0
    assert trouble == []
