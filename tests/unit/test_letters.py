"""Letters: what every email says, and what nobody can make it say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg.mail import letters
from anonmsg.mail.layout import DARK, LIGHT
from anonmsg.mail.letters import Letter

TO = "maya@example.com"
LINK = "https://anonmsg.example/verify#q3V9mE1x-0aUuY2n7PpLwKs8DhTzR4bG6cJfXoIv5Wk"
SIGN_IN = "https://anonmsg.example/sign-in"
LEAVES_AT = datetime(2026, 3, 11, 12, 5, tzinfo=UTC)

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"><a href=https://evil.example>click</a>",
    "maya\r\nBcc: everyone@example.com",
    "maya\n\nSubject: You won",
    "</p></td></tr></table></body></html><h1>",
    "<!--",
    "$accent ${paper} $$ {code} {username} %s",
    "&lt;b&gt; &amp;",
    "a\x00b\x0bc\x85d\u2028e\u2029f",
]


def every_letter(username: str = "maya_k", link: str = LINK) -> list[Letter]:
    return [
        letters.verification(to=TO, username=username, code="048213", link=link),
        letters.already_registered(to=TO, username=username, sign_in_url=link),
        letters.refresh_reuse(to=TO, username=username, sign_in_url=link),
        letters.new_sign_in_method(to=TO, username=username, settings_url=link),
        letters.two_factor_off(to=TO, username=username, settings_url=link),
        letters.new_recovery_codes(to=TO, username=username, settings_url=link),
        letters.reset_password(to=TO, username=username, link=link, minutes=30),
        letters.password_changed(to=TO, username=username, forgot_url=link),
        letters.deletion_scheduled(to=TO, username=username, sign_in_url=link, on=LEAVES_AT),
        letters.deletion_undone(to=TO, username=username, settings_url=link),
        letters.confirm_email(to=TO, username=username, link=link, minutes=30),
        letters.email_changed(to=TO, username=username, link=link, days=7),
        letters.new_messages(to=TO, username=username, count=3, inbox_url=link, stop_url=link),
        letters.test_mail(to=TO, site=link),
    ]


class Reader(HTMLParser):
    """Reads an email as an email client does: tags, links and visible words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._unseen = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        hidden = "display:none" in (dict(attrs).get("style") or "")
        if tag in {"style", "title"} or hidden:
            self._unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "title", "div"}:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    @property
    def visible(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def links(self) -> list[str | None]:
        return [value for name, value in self.attributes if name == "href"]


@pytest.mark.parametrize("username", HOSTILE)
def test_a_hostile_username_adds_no_tag_to_a_mail(username: str) -> None:
    for harmless, hostile in zip(every_letter(), every_letter(username), strict=True):
        expected, found = Reader(harmless.html), Reader(hostile.html)
        assert found.tags == expected.tags
        assert [name for name, _ in found.attributes] == [name for name, _ in expected.attributes]
        assert found.links == expected.links


HARMLESS_TAGS = [Reader(letter.html).tags for letter in every_letter()]


@given(username=st.text(max_size=60))
def test_no_username_adds_a_line_to_a_subject_or_a_tag_to_a_mail(username: str) -> None:
    for tags, hostile in zip(HARMLESS_TAGS, every_letter(username), strict=True):
        assert len(hostile.subject.splitlines()) == 1
        assert Reader(hostile.html).tags == tags


@pytest.mark.parametrize("username", HOSTILE)
def test_a_hostile_username_begins_no_line_of_the_text(username: str) -> None:
    for letter in every_letter(username):
        assert not re.search(r"^(Bcc|Subject):", letter.text, re.MULTILINE)
        assert "\r" not in letter.text
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", letter.text + letter.html
        )


def test_a_hostile_username_is_shown_as_it_was_typed() -> None:
    for letter in every_letter("<b>$accent</b> & {code}"):
        if "Hi <b>" in letter.text:
            assert "<b>$accent</b> & {code}" in Reader(letter.html).visible
            assert "<b>$accent</b> & {code}" in " ".join(letter.text.split())


def test_a_link_cannot_leave_its_attribute() -> None:
    link = 'https://anonmsg.example/"><script>alert(1)</script>'
    for letter in every_letter(link=link):
        reader = Reader(letter.html)
        assert "script" not in reader.tags
        assert set(reader.links) == {link}


def test_a_hostile_code_stays_on_one_line_of_the_subject() -> None:
    code = "1\r\nBcc: everyone@example.com"
    letter = letters.verification(to=TO, username="maya_k", code=code, link=LINK)
    assert letter.subject == "1 Bcc: everyone@example.com is your anonmsg code"


@pytest.mark.parametrize("header", ["to", "subject", "stop_url"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\x00"])
def test_a_letter_refuses_a_header_of_two_lines(header: str, end: str) -> None:
    words = {"to": TO, "subject": "Hello", "text": "Hello", "html": "<p>Hello</p>"}
    words |= {"stop_url": LINK}
    words[header] += f"{end}Bcc: everyone@example.com"
    with pytest.raises(ValueError, match="one line"):
        Letter(**words)


def test_the_code_copies_as_six_digits() -> None:
    letter = letters.verification(to=TO, username="maya_k", code="048213", link=LINK)
    assert ">048213</span>" in letter.html
    assert re.search(r"^\s*048213$", letter.text, re.MULTILINE)


def test_the_code_is_the_only_six_digits_in_the_mail() -> None:
    letter = letters.verification(to=TO, username="maya_k", code="048213", link=LINK)
    for part in (letter.subject, letter.text, letter.html):
        assert re.findall(r"(?<!\d)\d{6}(?!\d)", part) == ["048213"]


def test_no_colour_can_be_taken_for_a_code() -> None:
    for colour in (*LIGHT.values(), *DARK.values()):
        assert not re.search(r"\d{6}", colour)


def test_both_parts_of_a_mail_say_the_same() -> None:
    for letter in every_letter():
        visible = Reader(letter.html).visible
        for paragraph in letter.text.replace("\n-- \n", "\n\n").split("\n\n"):
            for sentence in paragraph.strip().split(":\n"):
                words = " ".join(sentence.split())
                assert words in visible or words == letter.stop_url


def test_the_address_is_a_button_and_plain_words() -> None:
    for letter in every_letter():
        reader = Reader(letter.html)
        # One more ends such emails, and opens with one click in any client.
        assert reader.links == [LINK] * (3 if letter.stop_url else 2)
        assert LINK in reader.visible
        assert LINK in letter.text.splitlines()


def test_a_mail_loads_nothing_and_reports_nothing() -> None:
    for letter in every_letter():
        reader = Reader(letter.html)
        assert not {"img", "script", "link", "iframe", "form", "video"} & set(reader.tags)
        assert not {"src", "srcset", "background"} & {name for name, _ in reader.attributes}
        assert not re.search(r"url\(|@import|@font-face", letter.html)


def test_a_mail_says_its_language_and_its_schemes() -> None:
    for letter in every_letter():
        assert '<html lang="en" dir="ltr">' in letter.html
        assert '<meta name="color-scheme" content="light dark">' in letter.html
        assert "prefers-color-scheme: dark" in letter.html
        assert f'bgcolor="{LIGHT["paper"]}"' in letter.html


def test_a_mail_tells_what_to_do_if_it_was_not_you() -> None:
    told = [
        "If you didn't sign up, ignore this email.",
        "If this wasn't you, there's nothing to do.",
        "If you didn't restore anything, check the devices",
        "If this wasn't you, ignore this email. Your password stays the same.",
        "If this wasn't you, someone knows your old password or can read your email.",
        "If you didn't run this test, ignore this email.",
        "If you didn't ask for this, ignore this email. Nothing changes without the link.",
        "If this wasn't you, undo it now.",
    ]
    for sentence in told:
        assert sum(sentence in letter.text for letter in every_letter()) == 1, sentence


def test_a_mail_about_two_factor_sign_in_tells_what_to_do_if_it_was_not_you() -> None:
    of_each = [
        (letters.new_sign_in_method, "turn off two-factor sign-in and change your password"),
        (letters.two_factor_off, "Sign in, change it right away"),
        (letters.new_recovery_codes, "Sign in, change it right away"),
    ]
    for write, what_to_do in of_each:
        text = " ".join(write(to=TO, username="maya_k", settings_url=LINK).text.split())
        assert "If this was you, there's nothing to do." in text
        assert "If this wasn't you, someone knows your password." in text
        assert what_to_do in text


def test_the_code_mail_says_how_long_the_code_lives() -> None:
    for minutes, words in ((15, "15 minutes"), (1, "1 minute")):
        letter = letters.verification(
            to=TO, username="maya_k", code="048213", link=LINK, minutes=minutes
        )
        assert f"It works once, for {words}." in letter.text


def test_the_mail_to_an_owner_names_the_account() -> None:
    letter = letters.already_registered(to=TO, username="maya_k", sign_in_url=SIGN_IN)
    assert letter.to == TO
    assert letter.subject == "You already have an anonmsg account"
    assert "sign in with the username maya_k:" in letter.text


def test_the_mail_about_a_used_key_says_what_was_done() -> None:
    letter = letters.refresh_reuse(to=TO, username="maya_k", sign_in_url=SIGN_IN)
    assert letter.subject == "We signed one of your browsers out"
    assert "an old sign-in key for your account was used again" in letter.text


def test_the_mail_with_the_link_to_a_new_password_says_how_long_it_works() -> None:
    for minutes, words in ((30, "30 minutes"), (1, "1 minute")):
        letter = letters.reset_password(to=TO, username="maya_k", link=LINK, minutes=minutes)
        assert letter.subject == "Choose a new anonmsg password"
        assert "Hi maya_k, someone asked for a new password" in letter.text
        assert f"This link works once, for {words}." in letter.text


def test_the_mail_about_a_changed_password_says_what_was_done() -> None:
    letter = letters.password_changed(to=TO, username="maya_k", forgot_url=LINK)
    assert letter.subject == "Your anonmsg password was changed"
    assert "your password was just changed" in letter.text
    assert "every other browser was signed out" in letter.text


def test_the_mail_about_a_deletion_says_when_and_how_to_undo_it() -> None:
    letter = letters.deletion_scheduled(to=TO, username="maya_k", sign_in_url=SIGN_IN, on=LEAVES_AT)
    assert letter.subject == "Your anonmsg account will be deleted"
    assert "On 11 March 2026, 12:05 UTC it's permanently deleted" in letter.text
    assert "If you change your mind, sign in before then:" in letter.text
    assert "If this wasn't you, sign in now" in letter.text


def test_a_test_mail_says_where_it_comes_from_and_what_it_proves() -> None:
    letter = letters.test_mail(to=TO, site="https://anonmsg.example")
    assert letter.subject == "A test email from your anonmsg"
    assert "codes and notices can be delivered the same way" in letter.text
    assert "anonmsg.example tested it" in letter.text


def test_a_paragraph_is_one_line_that_every_screen_wraps_by_itself() -> None:
    for letter in every_letter():
        for paragraph in letter.text.replace("\n-- \n", "\n\n").split("\n\n"):
            assert len([s for s in paragraph.strip().splitlines() if not s.endswith(":")]) <= 1


def test_no_line_of_a_mail_is_too_long_for_smtp() -> None:
    for letter in every_letter():
        assert max(map(len, [*letter.text.splitlines(), *letter.html.splitlines()])) < 998


def test_a_mail_survives_the_outbox() -> None:
    for letter in every_letter("Мая \U0001f33b"):
        assert Letter.from_json(letter.to_json()) == letter
        assert Letter.from_json(letter.to_json().encode()) == letter


def test_a_letter_does_not_show_itself_in_a_log() -> None:
    for letter in every_letter():
        assert "048213" not in repr(letter)
        assert TO not in repr(letter)
        assert LINK not in repr(letter)
