"""Markdown to HTML: what it becomes, that it does no harm, loses nothing, and stays small."""

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xss import STRINGS, Reading, require_harmless
from tracker.errors import TooLarge
from tracker.services.markup import LEVELS, MOST_BYTES, TAGS, render

LONGEST = 5_000


def html(content: str) -> str:
    return render(content).html


def link(href: str, text: str, title: str = "") -> str:
    named = f' title="{title}"' if title else ""
    return f'<p><a href="{href}"{named} rel="nofollow noopener">{text}</a></p>'


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("**hi** *there*", "<p><strong>hi</strong> <em>there</em></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("```py\n<b> & c\n```", "<pre><code>&lt;b&gt; &amp; c\n</code></pre>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("# A\n### C", "<h1>A</h1>\n<h3>C</h3>"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", "<ol>\n<li>a</li>\n</ol>"),
        ("***", "<hr>"),
        ("<u>under</u> a<br>b<br/>c", "<p><u>under</u> a<br>b<br>c</p>"),
        ("<strong>a</strong> <em>b</em>", "<p><strong>a</strong> <em>b</em></p>"),
        ("<u>left open", "<p>&lt;u&gt;left open</p>"),
        ("never opened</u>", "<p>never opened&lt;/u&gt;</p>"),
        ('<u class="x">a</u>', '<p>&lt;u class="x"&gt;a&lt;/u&gt;</p>'),
        ("List<String>", "<p>List&lt;String&gt;</p>"),
        ("<div>\na\n</div>", "<p>&lt;div&gt;<br>\na<br>\n&lt;/div&gt;</p>"),
        ("[a](https://x.example/y 'T')", link("https://x.example/y", "a", "T")),
        ("[a](/tasks/1)", link("/tasks/1", "a")),
        ("<https://x.example>", link("https://x.example", "https://x.example")),
        ("<a@x.example>", link("mailto:a@x.example", "a@x.example")),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](data:text/html,b)", "<p>[a](data:text/html,b)</p>"),
        ("[a](ftp://b)", "<p>[a](ftp://b)</p>"),
        ("![a](http://b/c.png)", "<p>!" + link("http://b/c.png", "a")[3:]),
        ("[a]: http://b 'c'", "<p>[a]: http://b 'c'</p>"),
        ("~~a~~ @ann", "<p>~~a~~ @ann</p>"),
    ],
)
def test_what_it_becomes(content: str, shown: str) -> None:
    assert html(content) == shown


def test_tables_stay_tables() -> None:
    shown = html("|a|b|\n|:-|-:|\n|1|**2**|")
    assert [tag for tag, _ in Reading(shown).tags] == (
        ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td", "strong"]
    )
    assert re.sub(r"\s|<[^>]*>", "", shown) == "ab12"


def test_a_table_of_far_more_cells_than_were_written_stays_text() -> None:
    """A row may leave cells out: a few thousand characters would make a hundred times as many."""
    wide = "|a" * 800 + "\n" + "|-" * 800 + "\n" + "|\n" * 880
    assert "<table>" not in html(wide)
    assert len(html(wide)) < 4 * len(wide)
    full = "|a|b\n|-|-\n" + "|1|2\n" * 900
    assert html(full).count("<td>") == 1_800


def test_texts_are_what_is_said_outside_of_code() -> None:
    said = render("@ann `@bob`\n\n    @cyd\n\n- **@dan** [@eve](http://a)\n\n```\n@fay\n```")
    assert "".join(said.texts).split() == ["@ann", "@dan", "@eve"]


AROUND = ["{}", "**{}**", "[{}](http://a)", "[x]({})", "<{}>", "> - {}", "<u>{}</u>", "`{}`"]
BLOCKS = ["|a|b|\n|-|-|\n|{}|x|", "a\n{}\nb", "```\n{}", "# {}\n==="]


@pytest.mark.parametrize("around", [*AROUND, *BLOCKS])
def test_nothing_harmful_comes_out(around: str) -> None:
    for said in STRINGS:
        require_harmless(html(around.replace("{}", said)))


def test_the_list_of_attempts_is_long_and_would_do_harm_unrendered() -> None:
    assert len(set(STRINGS)) >= 150
    caught = 0
    for said in STRINGS:
        try:
            require_harmless(said)
        except AssertionError:
            caught += 1
    assert caught > 100


WORDS = st.sampled_from([f"w{number}w" for number in range(8)])
MARKS = st.sampled_from(
    ["*", "**", "_", "[", "](", ")", "`", "<u>", "</u>", "<b>", "![", "&", "\\", "<", ">", "@"]
)
LINES = st.builds(
    lambda nest, parts: "".join(nest) + " ".join(parts),
    st.lists(st.sampled_from(["> ", "- ", "1. ", "  ", "    ", "# "]), max_size=8),
    st.lists(WORDS | MARKS, max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_no_word_is_lost_and_nothing_harmful_is_made(content: str) -> None:
    shown = html(content)
    require_harmless(shown)
    assert {word for word in re.findall(r"w\dw", content) if word not in shown} == set()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(STRINGS) | LINES, max_size=4).map("\n".join))
def test_cleaning_once_more_changes_nothing(content: str) -> None:
    shown = html(content)
    allowed = {"a": {"href", "title"}}
    rel = "nofollow noopener"
    assert nh3.clean(shown, tags=set(TAGS), attributes=allowed, link_rel=rel) == shown


@pytest.mark.parametrize(("nest", "most"), [("> ", LEVELS - 1), ("- ", LEVELS // 2 - 1)])
def test_what_is_nested_too_deep_is_refused_and_never_dropped(nest: str, most: int) -> None:
    assert "there" in html(nest * most + "there")
    for deeper in (most + 1, most + 2, 400):
        with pytest.raises(TooLarge, match="deep"):
            render(nest * deeper + "there")


def test_what_is_long_is_refused_by_its_bytes() -> None:
    assert html("x" * MOST_BYTES)
    for content in ("x" * (MOST_BYTES + 1), "ü" * (MOST_BYTES // 2 + 1)):
        with pytest.raises(TooLarge, match="20000 bytes"):
            render(content)


@pytest.mark.parametrize(
    "dear",
    ["[", "[a](", "![", "> a\n", "- a\n", "*a **a ", "`", "&", "<", "|", "<a@b.c>", "<u>", "a\n"],
)
def test_a_comment_makes_little_html_whatever_it_says(dear: str) -> None:
    content = (dear * LONGEST)[:LONGEST]
    assert len(html(content)) <= 10 * LONGEST
