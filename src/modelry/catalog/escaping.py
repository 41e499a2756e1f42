"""Other people's text on its way into a page: nothing in it may be seen as markup by anyone who reads it later."""

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup

# Text passes Python-Markdown, a browser and a search index. What is not listed here becomes a number,
# so that none of them finds a tag, a fence, an attribute list or a snippet in it.
_MARKUP = re.compile(r"[^\w .,\-/()@+=%:;?$]")
# Characters that take no room on the screen, beyond those that Unicode calls controls and formats.
_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0\ufdd0-\ufdef\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_NEVER = 0xFFFE
"""The last two places of each plane stand for no character, and XML refuses them."""
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")

_STILL = {ord(character): f"&#{ord(character)};" for character in "\n`{}[]~"}


def visible(text: str) -> str:
    """Give what a reader sees: without controls, bidirectional overrides, zero-width and invisible characters."""
    # Ten thousand pages are mostly such text: what Unicode calls printable is none of what is hidden.
    if text.replace("\n", "").replace("\t", "").isprintable() and not _FILLERS.search(text):
        return text
    kept = (
        character
        for character in _FILLERS.sub("", _BREAKS.sub("\n", text))
        if character in "\n\t"
        or (unicodedata.category(character) not in _HIDDEN and ord(character) & 0xFFFE != _NEVER)
    )
    return "".join(kept)


@lru_cache(1 << 12)
def encode(text: str) -> Markup:
    """Give text that shows as it is, wherever it stands in HTML, in one line."""
    return Markup(_MARKUP.sub(lambda found: f"&#{ord(found[0])};", visible(text)))  # noqa: S704 - this is the escape


def finish(value: object) -> object:
    """Encode what a template prints, unless we made it as HTML ourselves."""
    return value if isinstance(value, Markup) else encode(str(value))


def still(html: str) -> Markup:
    """Give clean HTML as one line in which Markdown and its extensions find nothing to do."""
    return Markup(html.translate(_STILL))  # noqa: S704 - clean already
