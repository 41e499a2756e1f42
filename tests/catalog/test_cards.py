"""Model cards: what is left of a card once nothing in it can act."""

import pytest

from catalog.registries import CARD
from modelry.catalog import cards

SCROLL = '<div class="mr-scroll" role="group" tabindex="0" aria-label="Table"><table class="mr-plain">'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# One\n\n## Two", '<h3 id="card-one">One</h3><h4 id="card-two">Two</h4>'),
        ("## One\n\n#### Two\n\n### Three", '<h3 id="card-one">One</h3><h4 id="card-two">Two</h4><h4 id="card-three">Three</h4>'),
        ("## `A` b\n\n## A b\n\n## ☃", '<h3 id="card-a-b"><code>A</code> b</h3><h3 id="card-a-b-2">A b</h3><h3 id="card-section">☃</h3>'),
        ("a <b>b</b> c", "<p>a &lt;b&gt;b&lt;/b&gt; c</p>"),
        ("a <!-- b --> c", "<p>a  c</p>"),
        ("<!-- a\nb\nc -->", "<p></p>"),
        ("![what it *shows*](https://x.example/p.png)", "<p>what it <em>shows</em></p>"),
        ("[x](https://x.example/?a=1&b=2)", '<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener">x</a></p>'),
        ("[x](mailto:a@b.example)", '<p><a href="mailto:a@b.example" rel="nofollow noopener">x</a></p>'),
        ("[x](javascript:alert)", '<p><a rel="nofollow noopener">x</a></p>'),
        ("[x](../../etc/passwd)", '<p><a rel="nofollow noopener">x</a></p>'),
        ("a\u200bb\u202ec", "<p>abc</p>"),
        ("```py\nx = `1`\n```", "<pre><code>x = &#96;1&#96;</code></pre>"),
        ("a  \nb\nc", "<p>a<br>b&#10;c</p>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n\n> b\n\n---\n\n~~c~~ **d**", "<ul><li>a</li></ul><blockquote><p>b</p></blockquote><hr><p><del>c</del> <strong>d</strong></p>"),
        (
            "|a|b|\n|-|-|\n|1|2|",
            f"{SCROLL}<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></div>",
        ),
        ("", ""),
    ],
)  # fmt: skip
def test_a_card_becomes_plain_html(markdown: str, html: str) -> None:
    assert str(cards.html(markdown)).replace("&#10;<", "<") == html


def test_a_hostile_card_keeps_its_words_and_loses_its_powers() -> None:
    html = str(cards.html(CARD))
    for power in (
        "<script",
        "<img",
        "<div onclick",
        "<h1",
        'href="javascript',
        'href="data',
        'href="//',
        "\n",
        "`",
        "from\neyes",
    ):
        assert power not in html, power
    assert "&lt;script&gt;alert(18)&lt;/script&gt;" in html
