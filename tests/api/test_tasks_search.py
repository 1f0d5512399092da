"""`search`: one literal, in title or description, in any case."""

import pytest

from tests.api.asking import TASKS, listed, make, refused
from tests.people import Client


@pytest.fixture
def ann(client: Client) -> Client:
    return client.as_("ann")


def search(client: Client, text: str) -> list[str]:
    reply = client.get(TASKS, query_string={"search": text, "page_size": 100})
    assert reply.status == 200, reply
    return [task["title"] for task in reply.json["tasks"]]


PAIRS = [
    ("Buy milk", "milk"),
    ("Buy milk", "BUY"),
    ("Buy milk", "y m"),
    ("Buy milk", "Buy milk"),
    ("Straße", "STRASSE"),
    ("STRASSE", "straße"),
    ("ÄRGER", "ärger"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("ДЕЛО", "дело"),
    ("İstanbul", "i̇stanbul"),
    ("日本語", "本"),
    ("ship 🎉 it", "🎉"),
    ("tab\there", "b\th"),
    ("100% sure", "0%"),
    ("snake_case", "e_c"),
    ("a.b", "."),
    ("(a+)+$", "(a+)+$"),
    ("say .* twice", ".*"),
    ("c:\\temp", "\\t"),
    ("[x] ^y$ {1,2} | ? *", "[x] ^y$ {1,2} | ? *"),
    ('{"$ne": null}', '{"$ne": null}'),
    ("\\Qx\\E", "\\E"),
    ("a#b -c &d ~e", "#b -c &d ~e"),
    (" edge ", " edge "),
    ("x" * 255, "x" * 100),
]
LITERALS = [".*", ".", "^a", "a$", "a|b", "a+", "[ab]", "(a+)+$", "%", "_", "a%", "\\w", "\\", "a?",
            "$ne", '{"$ne": null}', '{"$regex": "a"}', "a b", "(?i)A", "(", "[", "*", "\\Qa\\E",
            "a\\"]  # fmt: skip


def test_a_text_is_found_literally_in_any_case(ann: Client) -> None:
    for title, _ in PAIRS:
        make(ann, title)
        make(ann, "elsewhere", description=f"before {title}\nafter {title}")
    for title, text in PAIRS:
        found = search(ann, text)
        assert (title in found, "elsewhere" in found) == (True, True), text
        assert len(found) < 12, text


def test_no_sign_has_a_meaning_of_its_own(ann: Client) -> None:
    for title in ("aaaa", "abba", "b", "ba"):
        make(ann, title, description="aab")
    assert {text: search(ann, text) for text in LITERALS} == {text: [] for text in LITERALS}


def test_a_pattern_that_would_never_end_is_a_text(ann: Client) -> None:
    make(ann, "a" * 255, description="a" * 10_000)
    assert search(ann, "(a+)+$") == []
    assert search(ann, "a" * 99 + "b") == []
    assert len(search(ann, "a" * 100)) == 1


def test_a_search_that_is_too_long_or_holds_nul_gets_422(ann: Client) -> None:
    for text in ("a" * 101, "a" * 10_000, "\0", "a\0b"):
        refused(ann.get(TASKS, query_string={"search": text}), 422, "/search")


def test_a_search_combines_with_filters_and_follows_edits(ann: Client) -> None:
    task = make(ann, "Milk", priority="high")
    make(ann, "milk", priority="low")
    assert listed(ann, "search=MILK&priority=high") == ["Milk"]
    ann.patch(f"{TASKS}/{task['id']}", {"title": "Bread"})
    assert listed(ann, "search=milk") == ["milk"]
    ann.patch(f"{TASKS}/{task['id']}", {"description": "not milk"})
    assert sorted(listed(ann, "search=milk")) == ["Bread", "milk"]


def test_nobody_finds_what_is_not_theirs(client: Client) -> None:
    make(client.as_("bob"), "a secret", description="a secret too")
    assert search(client.as_("ann"), "secret") == []
