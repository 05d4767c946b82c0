"""SMTP_URL: what it may look like, and what it never reveals."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg.config import BadSettings, load
from anonmsg.config.smtp import SmtpUrl, parsed

MAIL = "mail.example.com"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.example.com", SmtpUrl(MAIL, 465, "tls")),
        ("smtp://mail.example.com", SmtpUrl(MAIL, 587, "starttls")),
        ("smtp://mail.example.com:2525/", SmtpUrl(MAIL, 2525, "starttls")),
        ("SMTPS://u:p@MAIL.example.com:4650", SmtpUrl(MAIL, 4650, "tls", "u", "p")),
        ("smtp://localhost:25", SmtpUrl("localhost", 25, "none")),
        ("smtp://u:p@127.0.0.1:1025", SmtpUrl("127.0.0.1", 1025, "none", "u", "p")),
        ("smtp://127.8.9.1", SmtpUrl("127.8.9.1", 587, "none")),
        ("smtp://[::1]:25", SmtpUrl("::1", 25, "none")),
        ("smtp://[2001:db8::1]", SmtpUrl("2001:db8::1", 587, "starttls")),
        ("smtps://localhost", SmtpUrl("localhost", 465, "tls")),
        ("smtp+starttls://localhost", SmtpUrl("localhost", 587, "starttls")),
        ("smtp+plain://mailpit:1025", SmtpUrl("mailpit", 1025, "none")),
        ("smtp+plain://u:p@localhost", SmtpUrl("localhost", 25, "none", "u", "p")),
        (
            "smtps://u%40e.org:p%3A%2F%40%25@mail.example.com",
            SmtpUrl(MAIL, 465, "tls", "u@e.org", "p:/@%"),
        ),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, expected: SmtpUrl) -> None:
    assert parsed(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "mail.example.com:587",
        "https://mail.example.com",
        "smtp+tls://mail.example.com",
        "smtp:mail.example.com",
        "smtp://",
        "smtp://:25",
        "smtp://u:p@",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:99999",
        "smtp://mail.example.com:port",
        "smtp://mail.example.com/inbox",
        "smtp://mail.example.com?tls=none",
        "smtp://mail.example.com#top",
        "smtp://mail example.com",
        "smtp://почта.example",
        "smtp://[::1",
        "smtp://u:hunter#2@mail.example.com",
        "smtp://u:hunter/2@mail.example.com",
        "smtp://u:hunter?2@mail.example.com",
        "smtp://u:%ff@mail.example.com",
    ],
)
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be an address such as smtps://") as refused:
        parsed(url)
    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smtp://u@mail.example.com", "or neither"),
        ("smtp://:p@mail.example.com", "or neither"),
        ("smtp://u:p%00@mail.example.com", "printable ASCII"),
        ("smtp://u:p%0d%0aDATA@mail.example.com", "printable ASCII"),
        ("smtp://u:пароль@mail.example.com", "printable ASCII"),
        ("smtp+plain://u:p@mail.example.com", "would send the password unencrypted"),
    ],
)
def test_a_sign_in_that_cannot_be_right_is_refused(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parsed(url)


@given(
    user=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30),
    password=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30),
)
def test_any_printable_password_can_be_written(user: str, password: str) -> None:
    found = parsed(f"smtps://{quote(user, safe='')}:{quote(password, safe='')}@mail.example.com")
    assert (found.user, found.password) == (user, password)


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=30))
def test_a_refusal_never_repeats_a_password(password: str) -> None:
    marked = f"hunter2{password}hunter2"
    with pytest.raises(ValueError, match=r"must|would") as refusal:
        parsed(f"smtp+plain://user:{marked}@mail.example.com")
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_bad_mail_server_stops_the_start_and_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refusal:
        load(
            data_dir=tmp_path, mail_transport="smtp", smtp_url="smtp://u:hunter/2@mail.example.com"
        )
    assert refusal.value.problems[0].startswith("SMTP_URL: must be an address such as")
    assert "hunter" not in str(refusal.value)
