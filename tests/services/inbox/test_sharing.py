"""The links for sharing a page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from anonmsg.components import service_marks
from anonmsg.services.inbox import sharing

LINK = "https://anonmsg.example/u/Ada"
WORDS = "Send me an anonymous message:"


def test_every_service_is_asked_with_the_words_and_the_link() -> None:
    asked = {}
    for way in sharing.targets(LINK):
        address = urlsplit(way.address)
        values = {name: value for name, (value,) in parse_qs(address.query).items()}
        asked[way.name] = (f"{address.scheme}:{address.netloc}{address.path}", values)
    assert asked == {
        "WhatsApp": ("https:wa.me/", {"text": f"{WORDS} {LINK}"}),
        "Telegram": ("https:t.me/share/url", {"url": LINK, "text": WORDS}),
        "X": ("https:x.com/intent/post", {"text": WORDS, "url": LINK}),
        "Bluesky": ("https:bsky.app/intent/compose", {"text": f"{WORDS} {LINK}"}),
        "Email": (
            "mailto:",
            {"subject": "Write to me anonymously", "body": f"{WORDS} {LINK}"},
        ),
    }


def test_every_service_has_a_mark_and_email_an_envelope() -> None:
    ways = {way.service: way.name for way in sharing.targets(LINK)}
    assert ways["email"] == "Email"
    assert set(ways) - {"email"} == set(service_marks._MARKS) - {"mastodon"}
    assert all(service == name.lower() for service, name in ways.items())


def test_what_people_will_see_of_a_link_names_its_owner() -> None:
    preview = sharing.preview("Ada", called="Ada L.")
    assert preview.title == "Send Ada L. an anonymous message · anonmsg"
    assert preview.picture == "An envelope addressed to Ada, with no sender."


def test_nothing_in_an_address_is_left_to_be_guessed() -> None:
    for way in sharing.targets(LINK):
        query = way.address.partition("?")[2]
        assert "+" not in query
        assert " " not in query
        assert "/" not in query
