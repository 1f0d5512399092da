"""Markdown to HTML that may stand in any page: rendered and cleaned once, when it is written.

CommonMark with tables, a line break for each newline, and no HTML but a few bare tags. What is not
markup here is text: nothing that was written is lost on the way, so images are links, reference
definitions are themselves, and what is nested too deep to be read is refused.

What comes out holds the tags of `TAGS`, of attributes only where a link leads, its title and `rel`.
Links lead to http, https, mailto, or are relative.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from tracker.errors import Fault, TooLarge

MOST_BYTES = 20_000
# of quotations; a list in a list is two
LEVELS = 40
# of brackets in brackets, which are dear; deeper ones are text
_BRACKETS = 10
# a row may leave its cells out, so that a few characters would make a great many of them
_CELLS = 5_000
TAGS = frozenset(
    (
        *("p", "br", "strong", "em", "u", "a", "code", "pre", "ul", "ol", "li", "blockquote", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
SCHEMES = frozenset({"http", "https", "mailto"})
# Markdown has no word for the first, and people write the others
_BARE = re.compile(r"<(?:(/?)(u|strong|em)|br ?/?)>")
_CONTAINERS = {"blockquote_open", "list_item_open"}
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class Rendered(NamedTuple):
    """HTML, and the texts in it that are neither code nor markup."""

    html: str
    texts: list[str]


def render(content: str) -> Rendered:
    """Markdown as clean HTML. Raises TooLarge for what is too long or nested too deep."""
    if len(content.encode()) > MOST_BYTES:
        raise TooLarge(Fault("/content", f"Takes at most {MOST_BYTES} bytes"))
    reader = _reader()
    env: dict[str, Any] = {}
    tokens = reader.parse(content, env)
    if any(token.level >= LEVELS - 1 and token.type in _CONTAINERS for token in tokens):
        raise TooLarge(Fault("/content", f"Quotations are at most {LEVELS - 1} deep, lists half"))
    texts = [_text(token.children or []) for token in tokens if token.type == "inline"]
    html = reader.renderer.render(tokens, reader.options, env)
    return Rendered(_cleaner().clean(html).strip(), texts)


def _text(children: list[Any]) -> str:
    """What an inline token says outside of code; where markup stood is a blank."""
    return " ".join(child.content for child in children if child.type == "text")


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={"a": {"href", "title"}},
        link_rel="nofollow noopener",
        url_schemes=set(SCHEMES),
    )


@cache
def _reader() -> MarkdownIt:
    """Reads blocks to one depth, and what stands in their lines to another."""
    reader = _commonmark(LEVELS)
    reader.core.ruler.at("inline", _inline(_commonmark(_BRACKETS)))
    return reader


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """What leads elsewhere than `SCHEMES` is no link, and so stays as it was written."""
        found = _SCHEME.match(url)
        return found is None or found[1].lower() in SCHEMES


def _commonmark(levels: int) -> MarkdownIt:
    made = _Reader("commonmark", {"html": False, "breaks": True, "maxNesting": levels})
    made.enable("table").disable(["image", "reference", "html_block"])
    made.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    made.inline.ruler.at("html_inline", _bare_tag)
    return made


def _inline(reader: MarkdownIt) -> Callable[[StateCore], None]:
    def inline(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline":
                token.children = []
                reader.inline.parse(token.content, reader, state.env, token.children)

    return inline


def _bare_tag(state: StateInline, silent: bool) -> bool:
    """One of a few tags without attributes, as far as the other one of its pair stands there."""
    found = _BARE.match(state.src, state.pos, state.posMax)
    if found is None or (found[2] and not _is_paired(state.src, found)):
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _is_paired(line: str, tag: re.Match[str]) -> bool:
    if tag[1]:
        return line.rfind(f"<{tag[2]}>", 0, tag.start()) >= 0
    return line.find(f"</{tag[2]}>", tag.end()) >= 0


def _bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, unless it has far more cells than were written."""
    if silent or not table(state, start, end, True):
        return silent and table(state, start, end, True)
    columns = state.getLines(start + 1, start + 2, 0, False).count("|") + 1
    most = start + 2 + _CELLS // columns
    last = start
    while last < min(end, most) and not state.isEmpty(last):
        last += 1
    return last < most and table(state, start, end, False)
