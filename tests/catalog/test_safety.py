"""The content security policy in a real browser: it stops what it is there to stop, and nothing of ours."""

import functools
import re

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.xdist_group("browser")

ATTACKS = {
    "a script in the page": "const s = document.createElement('script'); s.text = 'alert(1)'; document.body.append(s)",
    "a handler": "document.body.insertAdjacentHTML('beforeend', '<b onclick=alert(2)>x</b>'); document.body.lastChild.click()",
    "a javascript: address": "const a = document.createElement('a'); a.href = 'javascript:alert(3)'; document.body.append(a); a.click()",
    "words made code": "new Function('alert(4)')()",
    "a foreign script": "const s = document.createElement('script'); s.src = 'https://evil.example/x.js'; document.body.append(s)",
    "a foreign picture": "new Image().src = 'https://evil.example/x.png'",
    "a foreign frame": "const f = document.createElement('iframe'); f.src = 'https://evil.example/'; document.body.append(f)",
    "a foreign request": "fetch('https://evil.example/').catch(() => {})",
    "a foreign form": "const f = document.createElement('form'); f.action = 'https://evil.example/'; document.body.append(f); f.submit()",
    "another base": "const b = document.createElement('base'); b.href = 'https://evil.example/'; document.head.append(b)",
    "a style in an element": "document.body.insertAdjacentHTML('beforeend', '<b style=color:red>x</b>')",
}


def _answered(asked: list[str], route: Route) -> None:
    asked.append(route.request.url)
    route.fulfill(body="")


def test_what_got_into_a_page_all_the_same_could_do_nothing(
    page: Page, rich: str, trouble: list[str]
) -> None:
    asked: list[str] = []
    page.route("https://evil.example/**", functools.partial(_answered, asked))
    page.goto(f"{rich}models/churn/")
    page.evaluate(
        "window.stopped = []; document.addEventListener('securitypolicyviolation', e => stopped.push(e.effectiveDirective))"
    )
    for attack, script in ATTACKS.items():
        before = page.evaluate("stopped.length")
        page.evaluate(f"setTimeout(() => {{ {script} }})")
        page.wait_for_function("before => stopped.length > before", arg=before, timeout=5000)
        assert [said for said in trouble if said.startswith("alert")] == [], attack
    assert asked == []
    assert set(page.evaluate("stopped")) == {
        *("script-src-elem", "script-src-attr", "script-src", "style-src-attr", "img-src"),
        *("frame-src", "connect-src", "form-action", "base-uri"),
    }


def test_no_page_has_a_script_or_a_style_of_its_own(rich: str, page: Page) -> None:
    for address in ("", "catalog/", "models/churn/", "models/churn/1.2.0/", "compare/", "404.html"):
        text = page.request.get(rich + address).text()
        assert re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)[^>]*>", text) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
        assert text.index("Content-Security-Policy") < text.index("<script")


def test_the_palette_is_chosen_and_kept(page: Page, rich: str, trouble: list[str]) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(rich)
    scheme = page.locator("body[data-md-color-scheme=slate]")
    for name in ("Switch to light mode", "Switch to dark mode"):
        page.locator(f"label[title='{name}']:visible").click()
    scheme.wait_for()
    page.goto(f"{rich}models/churn/")
    assert scheme.count() == 1
    page.locator("label[title='Switch to system preference']:visible").click()
    page.goto(rich)
    assert scheme.count() == 0
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert scheme.count() == 1
    assert trouble == []
