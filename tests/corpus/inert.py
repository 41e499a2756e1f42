"""Whether HTML only shows: read by Python's own parser, which is not the one that cleaned it."""

from html.parser import HTMLParser

SHOWS = {
    *("h3", "h4", "h5", "h6", "p", "blockquote", "ul", "ol", "li", "em", "strong", "del", "a", "br", "hr"),
    *("code", "pre", "div", "table", "tr", "th", "td"),
}
ATTRIBUTES = {"id", "href", "rel", "start", "class", "role", "tabindex", "aria-label"}
LEADS = ("https://", "http://", "mailto:")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.acts += [tag] if tag not in SHOWS else []
        for name, value in attrs:
            if name not in ATTRIBUTES or (name == "href" and not (value or "").lower().startswith(LEADS)):
                self.acts.append(f"{tag} {name}={value}")

    def handle_decl(self, decl: str) -> None:
        self.acts.append(decl)

    def handle_pi(self, data: str) -> None:
        self.acts.append(data)

    def handle_comment(self, data: str) -> None:
        self.acts.append(data)


def acts(html: str) -> list[str]:
    """Give what is in HTML besides text and what shows it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.acts
