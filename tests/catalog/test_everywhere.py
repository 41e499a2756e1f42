"""The catalog wherever it is read: on a phone, below a path, by keyboard alone, without a script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from catalog.test_browser import KINDS

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_everyone_can_read_each_page_on_a_phone(
    scheme: str, page: Page, rich: str, trouble: list[str]
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page.set_viewport_size({"width": 390, "height": 844})
    for kind, path in KINDS.items():
        page.goto(rich + path)
        violations = Axe().run(page).response["violations"]
        assert [(kind, found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    assert trouble == []


def test_the_site_is_whole_below_a_path(page: Page, rich_below_a_path: str, trouble: list[str]) -> None:
    for path in KINDS.values():
        page.goto(rich_below_a_path + path, wait_until="networkidle")
    assert page.evaluate("__md_scope.pathname") == "/built/"
    for twin in ("index.json", "models/churn/1.2.0/index.json", "api/v1/openapi.json", "feed.json"):
        assert page.request.get(rich_below_a_path + twin).ok
    page.goto(rich_below_a_path)
    page.locator("a.mr-card__name, article a[href*='models/churn/']").first.click()
    page.wait_for_url(f"{rich_below_a_path}models/churn/**")
    assert trouble == []


def _focused(page: Page, wanted: str, presses: int = 120) -> None:
    """Go on by Tab until what is wanted has the focus, which must show on every stop within the page."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        shown, found = page.evaluate(
            """wanted => {
              const element = document.activeElement, style = getComputedStyle(element);
              const inside = element.closest("article") && element !== document.body;
              const mark = element.type === "radio" ? getComputedStyle(element.nextElementSibling ?? element) : style;
              return [!inside || [style, mark].some(s => s.outlineStyle !== "none" || s.boxShadow !== "none"),
                      element.matches(wanted)];
            }""",
            wanted,
        )
        assert shown, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if found:
            return
    pytest.fail(f"no {wanted} after {presses} presses")


def test_a_keyboard_is_enough_to_find_a_model_and_copy_how_to_pull_it(
    page: Page, rich: str, trouble: list[str]
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(rich)
    _focused(page, "article a[href$='models/churn/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{rich}models/churn/**")
    _focused(page, "[aria-label^='Copy: modelry pull churn@production']")
    page.keyboard.press("Enter")
    page.get_by_text("Copied").first.wait_for()
    assert "modelry pull churn@production" in page.evaluate("navigator.clipboard.readText()")
    assert trouble == []


def test_every_page_says_what_it_says_without_a_script(browser: Browser, rich: str) -> None:
    with (
        browser.new_context(java_script_enabled=False) as without,
        browser.new_context() as with_,
    ):
        bare, full = without.new_page(), with_.new_page()
        for kind, path in KINDS.items():
            if kind != "compare":  # it is made where it is read, from the API
                bare.goto(rich + path)
                full.goto(rich + path)
                cells = "article :is(h1, h2, td, th, dd, dt, .mr-card__name)"
                told, more = (page.locator(cells).all_text_contents() for page in (bare, full))
                assert told == [each.removesuffix("Copy") for each in more], kind
                assert bare.locator("h1").is_visible()
