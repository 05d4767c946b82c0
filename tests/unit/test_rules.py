"""Usernames, emails, passwords and codes: raw text in, clean text or a refusal out."""

from __future__ import annotations

import unicodedata

import pytest

from anonmsg import rules
from anonmsg.errors import (
    IncorrectCode,
    InvalidEmail,
    InvalidPassword,
    InvalidUsername,
    UsernameTaken,
)
from anonmsg.reserved_usernames import RESERVED_USERNAMES

NOT_TEXT = [None, 7, 1.5, True, b"ada_l", ["ada"], {"a": "b"}, object()]
TOO_EASY = "That password is easy to guess. Try a few unrelated words."


@pytest.mark.parametrize(
    "typed",
    ["", " ", "a", "a" * 21, "ada lovelace", "ada-l", "ada.l", "آدا", "аda", "ａｄａ", "ada\x00"]  # noqa: RUF005
    + ["ada\u200b", "a\nb", "ada😀", "a" * 9000, *NOT_TEXT],
)
def test_a_username_with_anything_else_is_refused(typed: object) -> None:
    with pytest.raises(InvalidUsername) as refusal:
        rules.username(typed)
    assert refusal.value.by_field() == {"username": "Use 2–20 letters, numbers or underscores."}


@pytest.mark.parametrize("typed", ["12", "0" * 20])
def test_a_username_of_digits_alone_is_refused(typed: str) -> None:
    with pytest.raises(InvalidUsername) as refusal:
        rules.username(typed)
    assert refusal.value.sentence == "Use at least one letter or underscore."


@pytest.mark.parametrize("typed", ["admin", "Admin", "ADMIN", " anonmsg ", "no_reply"])
def test_a_reserved_username_is_taken(typed: str) -> None:
    with pytest.raises(UsernameTaken):
        rules.username(typed)


def test_every_part_of_our_routes_is_reserved() -> None:
    parts = {"sign-up", "verify", "sign-in", "forgot-password", "reset-password", "dashboard"}
    assert parts | {"settings", "u", "privacy", "healthz", "404", "assets"} <= RESERVED_USERNAMES


@pytest.mark.parametrize("typed", ["ab", "a" * 20, "__", "_1", "Ada_Lovelace_1815", "  ada  "])
def test_a_username_keeps_its_case_and_has_a_key_without(typed: str) -> None:
    found = rules.username(typed)
    assert (found.shown, found.key) == (typed.strip(), typed.strip().lower())


def test_two_cases_of_a_username_are_the_same_one() -> None:
    assert rules.username("ADA").key == rules.username("ada").key == rules.username_key(" Ada ")


@pytest.mark.parametrize("typed", ["a", "a b", "ａｄａ", *NOT_TEXT])
def test_nobody_is_looked_up_by_what_is_no_username(typed: object) -> None:
    assert rules.username_key(typed) == ""


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@@example.com"]  # noqa: RUF005
    + ["ada@exa mple.com", "ada@-example.com", "ada@example.com\nBcc: eve@example.com"]
    + ["Ada <ada@example.com>", "ada@example.com, eve@example.com", "ada@[127.0.0.1]"]
    + ["ada@localhost", "\ud800@example.com", "ada\x00@example.com"]
    + ["ada@" + "b." * 130 + "com", "a" * 9000 + "@example.com", *NOT_TEXT],
)
def test_what_is_no_address_is_refused(typed: object) -> None:
    with pytest.raises(InvalidEmail) as refusal:
        rules.email(typed)
    assert refusal.value.by_field() == {"email": "Enter a valid email address."}


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        (" Ada.L@Example.COM ", "Ada.L@example.com", "ada.l@example.com"),
        ("ada+box@example.com", "ada+box@example.com", "ada+box@example.com"),
        ("ada@bücher.example.com", "ada@xn--bcher-kva.example.com", None),
        ("ADA@BÜCHER.example.com", "ADA@xn--bcher-kva.example.com", None),
        ("ada@xn--bcher-kva.example.com", "ada@xn--bcher-kva.example.com", None),
    ],
)
def test_an_address_is_kept_as_typed_and_known_without_case(
    typed: str, address: str, key: str | None
) -> None:
    found = rules.email(typed)
    assert found.address == address
    assert found.key == (key or "ada@xn--bcher-kva.example.com")


def test_an_address_in_two_normal_forms_is_one_address() -> None:
    composed, apart = (unicodedata.normalize(form, "é@example.com") for form in ("NFC", "NFD"))
    assert composed != apart
    assert rules.email(composed).key == rules.email(apart).key


@pytest.mark.parametrize("character", ["x", "é", "پ", "字", "😀", "e\u0301"])
@pytest.mark.parametrize("count", [1, 7])
def test_fewer_than_8_characters_are_too_few_in_every_script(character: str, count: int) -> None:
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password(character * count)
    assert refusal.value.by_field() == {"password": "Use at least 8 characters."}


@pytest.mark.parametrize("typed", ["", *NOT_TEXT])
def test_what_is_no_password_is_too_short(typed: object) -> None:
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password(typed)
    assert refusal.value.sentence == "Use at least 8 characters."


@pytest.mark.parametrize("typed", ["password", "12345678", "qwertyuiop", "ada12345", "پپپپپپپپ"])
def test_an_easy_password_of_8_is_refused_for_being_easy(typed: str) -> None:
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password(typed, about=("ada", "ada@example.com"))
    assert refusal.value.sentence == TOO_EASY


def test_a_password_is_judged_by_its_first_32_characters_alone() -> None:
    # Judging more would take seconds, which a stranger could ask for.
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password("a" * 32 + "zebra violin kettle moss")
    assert refusal.value.sentence == TOO_EASY
    assert rules.new_password("zebra violin kettle moss purple" + "a" * 32)


def test_a_text_that_is_longer_than_any_field_takes_is_none() -> None:
    assert rules.text("a" * rules.LONGEST_INPUT) == "a" * rules.LONGEST_INPUT
    assert rules.text("a" * (rules.LONGEST_INPUT + 1)) == ""


WORDS = {
    "latin": "zebra violin kettle moss ",
    "urdu": "چراغ دریا کتاب پہاڑ ",
    "chinese": "紫色大象喜歡騎腳踏車",
    "emoji": "🦓🎻🫖🌿🪁🧭🐙🪔",
}


@pytest.mark.parametrize("script", WORDS)
@pytest.mark.parametrize("length", [72, 73, 256])
def test_a_long_password_is_kept_whole_in_every_script(script: str, length: int) -> None:
    typed = (WORDS[script] * 60)[:length]
    assert rules.new_password(typed) == unicodedata.normalize("NFKC", typed)
    assert len(rules.new_password(typed)) == length


@pytest.mark.parametrize("script", WORDS)
def test_257_characters_are_too_many_in_every_script(script: str) -> None:
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password((WORDS[script] * 60)[:257])
    assert refusal.value.sentence == "Use at most 256 characters."


def test_a_password_that_grows_over_256_when_normalised_is_too_long() -> None:
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password("ﷺ" * 30)
    assert refusal.value.sentence == "Use at most 256 characters."


def test_a_password_made_of_what_the_person_entered_is_refused() -> None:
    about = ("zebraviolin", "kettlemoss@example.com")
    assert rules.new_password("zebraviolin kettlemoss")
    with pytest.raises(InvalidPassword) as refusal:
        rules.new_password("zebraviolinkettlemoss", about=about)
    assert refusal.value.sentence == TOO_EASY


def test_a_password_in_two_normal_forms_is_one_password() -> None:
    wide, narrow = "ｚｅｂｒａ violin kettle", "zebra violin kettle"
    assert rules.new_password(wide) == rules.new_password(narrow) == narrow
    assert rules.password("e\u0301") == rules.password("é")


@pytest.mark.parametrize("typed", NOT_TEXT)
def test_what_is_no_text_is_no_password_to_sign_in_with(typed: object) -> None:
    assert rules.password(typed) == ""


PASTED = [
    *("123456", "123 456", " 123-456\n", "123\u2013456", "123\u2014456", "123\u2212456"),
    *("123\u00a0456", "123\u202f456", "123\u200b456", "\u2066123456\u2069", "\u202a123\u202c456"),
    *("\ufeff123456", "12\u00ad34\u00ad56", "123\u2060\u200d456", "1\ufe0f23456", "\u200f123456"),
    *("١٢٣٤٥٦", "١٢٣ ٤٥٦", "۱۲۳۴۵۶", "１２３４５６", "１２３\u3000－４５６", "१२३४५६"),
]


@pytest.mark.parametrize("typed", PASTED)
def test_a_code_is_a_code_however_it_was_pasted(typed: str) -> None:
    assert rules.code(typed) == rules.two_factor_code(typed) == "123456"


def test_a_recovery_code_is_one_however_it_was_pasted() -> None:
    for typed in ("k3f9-2m7x", "K3F9\u20132M7X", "\u2066k3f9\u00a02m7x\u2069", "ｋ３ｆ９２ｍ７ｘ"):
        assert rules.two_factor_code(typed) == "k3f92m7x"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "12345", "1234567", "12345a", "1" * 5000, "1" * 9000, "123 4567", "+12345"),
        *("12.345", "12.34.56", "123456\x00", "١٢٣٤٥", "１２３４５６７", "²²²²²²", "①①①①①①"),
        *(123456, *NOT_TEXT),
    ],
)
def test_what_is_not_six_digits_is_no_code(typed: object) -> None:
    with pytest.raises(IncorrectCode) as refusal:
        rules.code(typed)
    assert refusal.value.by_field() == {"code": "Incorrect verification code"}


@pytest.mark.parametrize(
    "typed", ["123456", "123 456", " 123456\n", "123-456", "1 2 3 4 5 6", "123\u00a0456"]
)
def test_a_code_may_be_pasted_with_spaces(typed: str) -> None:
    assert rules.code(typed) == "123456"
