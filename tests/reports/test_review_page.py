"""A review's page in a real browser: everyone can read it, it needs nothing else, and it fits a telephone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from modelry.reports import review as reviews
from reports import reviewed

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("case", ["batch-with-one-bad", "softer-policy-rides-along", "slice-regression"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_review_reads_well(case: str, scheme: str, browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "review.html"
    found = reviewed.review(reviewed.CASES[case](), tmp_path)
    page_file.write_text(reviews.FORMATS["html"](found), "utf-8")
    asked: list[str] = []
    said: list[str] = []
    for width in (390, 1440):
        dark = scheme == "dark"
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.close()
    assert set(asked) == {page_file.as_uri()}
    assert said == []


def test_everyone_can_read_the_page_of_a_review(browser: Browser, tmp_path: Path) -> None:
    found = reviewed.review(reviewed.CASES["softer-policy-rides-along"](), tmp_path)
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.set_content(reviews.FORMATS["html"](found))
    assert Axe().run(page).response["violations"] == []
    context.close()
