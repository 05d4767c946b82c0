"""SMTP against a real server: TLS, authentication, refusals, silence and lost replies."""

from __future__ import annotations

import contextlib
import logging
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import select

from anonmsg import config
from anonmsg.config.smtp import SmtpUrl, parsed
from anonmsg.database.tables import Mail
from anonmsg.mail import letters
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused, SmtpServer, Trouble, mailer_from
from anonmsg.mail.smtp_server import TALK, TIMEOUT_SECONDS, Talk
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services import outbox
from tests.fakes import Clock
from tests.smtp_stand_in import PASSWORD, USER, Certificate, SmtpStandIn, certificate

SENDER = "anonmsg <no-reply@anonmsg.example>"
LINK = "https://anonmsg.example/verify#q3V9mE1x-0aUuY2n7PpLwKs8DhTzR4bG6cJfXoIv5Wk"
NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
KEY = "Qm9-x_2TzR4bG6cJfXoIvA"
# Seconds; a busy machine must answer in it, too.
SHORT = 1.0
# Far more than the second that such a conversation may take.
LONG = 15
SECRETS = ("maya", "048213", PASSWORD, USER, LINK, KEY, "no-reply")


def a_letter(to: str = "maya@example.com", code: str = "048213") -> Letter:
    return letters.verification(to=to, username="maya_k", code=code, link=LINK)


def sender_to(
    server: SmtpStandIn, *, timeout: float = 5, trust: ssl.SSLContext | None = None, **url: Any
) -> SmtpServer:
    found = replace(SmtpUrl("127.0.0.1", server.port, "none"), **url)
    return SmtpServer(found, SENDER, timeout=timeout, trust=trust, clock=lambda: NOON)


def words_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def refusal_of(mailer: SmtpServer, letter: Letter | None = None) -> MailRefused:
    """The refusal of a letter, after checking that it repeats no secrets."""
    with pytest.raises(MailRefused) as refused:
        mailer.deliver(letter or a_letter(), idempotency_key=KEY)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    for secret in SECRETS:
        assert secret not in str(refused.value)
    return refused.value


@pytest.fixture
def cert(tmp_path: Path) -> Certificate:
    return certificate(tmp_path)


@pytest.fixture
def server() -> Iterator[SmtpStandIn]:
    with SmtpStandIn() as running:
        yield running


def test_a_mail_server_gets_the_whole_mail(server: SmtpStandIn) -> None:
    letter = a_letter()
    sender_to(server).deliver(letter, idempotency_key=KEY)
    [taken] = server.taken
    assert (taken.sender, taken.recipients) == ("no-reply@anonmsg.example", ["maya@example.com"])
    mail = taken.mail
    assert (mail["From"], mail["To"]) == (SENDER, "maya@example.com")
    assert mail["Subject"] == letter.subject
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{KEY}@anonmsg.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert words_of(mail, "plain") == letter.text
    assert words_of(mail, "html") == letter.html
    assert not mail.defects


@pytest.mark.parametrize("to", ["maya@example.com", "müller@example.com"])
def test_a_mail_server_is_told_how_to_end_a_digest(server: SmtpStandIn, to: str) -> None:
    stop = f"https://anonmsg.example/unsubscribe?key={'Qm9x_2-T' * 9}"
    letter = letters.new_messages(to=to, username="maya_k", count=3, inbox_url=LINK, stop_url=stop)
    sender_to(server).deliver(letter, idempotency_key=KEY)
    [taken] = server.taken
    assert taken.mail["List-Unsubscribe"] == f"<{stop}>"
    assert taken.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{stop}>" in taken.raw.decode()


def test_a_mail_server_is_not_told_the_name_of_this_machine(server: SmtpStandIn) -> None:
    sender_to(server).deliver(a_letter(), idempotency_key=KEY)
    assert server.greeted_by == ["anonmsg.example"]
    assert socket.gethostname().encode() not in server.taken[0].raw


def test_a_mail_of_any_script_travels_in_seven_bits(server: SmtpStandIn) -> None:
    letter = Letter("maya@example.com", "Привет, мир", "Привет \U0001f33b\n", "<p>" + "я" * 3000)
    sender_to(server).deliver(letter, idempotency_key=KEY)
    [taken] = server.taken
    assert taken.raw.isascii()
    assert max(map(len, taken.raw.split(b"\r\n"))) < 998
    assert taken.mail["Subject"] == letter.subject
    assert words_of(taken.mail, "plain") == letter.text
    assert words_of(taken.mail, "html").rstrip("\n") == letter.html


def test_a_dot_alone_on_a_line_does_not_end_a_mail(server: SmtpStandIn) -> None:
    text = "One\n.\nQUIT\n..\n.two\n"
    letter = Letter("maya@example.com", "Dots", text, "<p>Dots</p>\n")
    sender_to(server).deliver(letter, idempotency_key=KEY)
    [taken] = server.taken
    assert words_of(taken.mail, "plain") == text


def test_starttls_closes_the_way_before_the_password_goes(cert: Certificate) -> None:
    with SmtpStandIn(starttls=cert, wants_sign_in=True) as server:
        mailer = sender_to(
            server, trust=cert.trusted(), encryption="starttls", user=USER, password=PASSWORD
        )
        mailer.deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1
    assert server.encrypted == [True]


def test_implicit_tls_is_closed_from_the_first_byte(cert: Certificate) -> None:
    with SmtpStandIn(tls=cert, wants_sign_in=True) as server:
        mailer = sender_to(
            server, trust=cert.trusted(), encryption="tls", user=USER, password=PASSWORD
        )
        mailer.deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1
    assert server.encrypted == [True]


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_the_settings_are_enough_and_the_system_says_whom_to_trust(
    scheme: str, cert: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cert.file))
    kind = {"tls": cert} if scheme == "smtps" else {"starttls": cert}
    with SmtpStandIn(wants_sign_in=True, **kind) as server:
        given = "mailer%40anonmsg.example:p%40ss%3Aw%2Frd%23%3F%25%26%2B%20%22%3C%3E"
        settings = config.load(
            data_dir=tmp_path,
            mail_transport="smtp",
            smtp_url=f"{scheme}://{given}@127.0.0.1:{server.port}",
            mail_from=SENDER,
        )
        mailer = mailer_from(settings)
        assert isinstance(mailer, SmtpServer)
        mailer.deliver(a_letter(), idempotency_key=KEY)
    assert (len(server.taken), server.encrypted) == (1, [True])


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    encryption: str, cert: Certificate
) -> None:
    with SmtpStandIn(**({"tls": cert} if encryption == "tls" else {"starttls": cert})) as server:
        refusal = refusal_of(sender_to(server, encryption=encryption))
    assert str(refusal) == "SMTP: TLS certificate not trusted: the server signed it itself"
    assert refusal.trouble is Trouble.UNTRUSTED
    assert server.taken == []


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"name": "mail.example.com"}, "it is for another"),
        ({"address": "127.0.0.9"}, "it is for another"),
        ({"days": -1}, "it has expired"),
    ],
)
@pytest.mark.parametrize("encryption", ["tls", "starttls"])
def test_a_trusted_certificate_that_does_not_fit_is_refused(
    encryption: str, made: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    cert = certificate(tmp_path, **made)
    with SmtpStandIn(**({"tls": cert} if encryption == "tls" else {"starttls": cert})) as server:
        refusal = refusal_of(sender_to(server, trust=cert.trusted(), encryption=encryption))
    assert str(refusal).startswith(f"SMTP: TLS certificate not trusted: {reason}")
    assert server.taken == []


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    with SmtpStandIn(wants_sign_in=True) as server:
        mailer = sender_to(server, encryption="starttls", user=USER, password=PASSWORD)
        refusal = refusal_of(mailer)
    assert str(refusal) == "SMTP: the server does not offer STARTTLS"
    assert (refusal.trouble, server.taken) == (Trouble.NO_ENCRYPTION, [])


def test_tls_with_a_server_that_speaks_plainly_is_refused(server: SmtpStandIn) -> None:
    refusal = refusal_of(sender_to(server, encryption="tls"))
    assert str(refusal) == "SMTP: no TLS could be agreed on"
    assert refusal.trouble is Trouble.NO_ENCRYPTION


def test_a_right_password_is_enough_on_this_machine() -> None:
    with SmtpStandIn(wants_sign_in=True) as server:
        sender_to(server, user=USER, password=PASSWORD).deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1


def test_a_wrong_password_is_named_as_the_reason() -> None:
    with SmtpStandIn(wants_sign_in=True) as server:
        refusal = refusal_of(sender_to(server, user=USER, password="wrong"))
    assert str(refusal) == "SMTP answered 535 to AUTH (5.7.8)"
    assert (refusal.trouble, server.taken) == (Trouble.SIGN_IN, [])


def test_a_server_that_wants_a_sign_in_says_so() -> None:
    with SmtpStandIn(wants_sign_in=True) as server:
        refusal = refusal_of(sender_to(server))
    assert str(refusal).startswith("SMTP answered 530 to MAIL")
    assert refusal.trouble is Trouble.SIGN_IN


def test_a_password_for_a_server_that_wants_none_is_refused(server: SmtpStandIn) -> None:
    refusal = refusal_of(sender_to(server, user=USER, password=PASSWORD))
    assert str(refusal) == "SMTP: the server offers no sign-in that we know"


@pytest.mark.parametrize(
    ("command", "trouble"),
    [("MAIL", Trouble.SENDER), ("RCPT", Trouble.RECIPIENT), ("DATA", Trouble.CONTENT)],
)
@pytest.mark.parametrize(
    ("answer", "said", "more"),
    [
        ("550 5.7.1 maya@example.com is not here 048213", "550", " (5.7.1)"),
        ("554 no", "554", ""),
        ("451 4.3.0 maya@example.com: come back", "451", " (4.3.0)"),
        ("421 closing", "421", ""),
    ],
)
def test_a_refusal_names_the_answer_and_the_command_and_nothing_else(
    server: SmtpStandIn, command: str, trouble: Trouble, answer: str, said: str, more: str
) -> None:
    server.answers = {command: answer}
    refusal = refusal_of(sender_to(server))
    assert str(refusal) == f"SMTP answered {said} to {command}{more}"
    assert refusal.trouble is (trouble if said.startswith("5") else Trouble.THEIRS)
    assert server.taken == []
    server.answers = {}
    sender_to(server).deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("answers", "is_final"),
    [
        ({"RCPT": "550 5.1.1 nobody here"}, True),
        ({"RCPT": "553 5.1.3 bad address"}, True),
        ({"RCPT": "550 5.7.1 no relay"}, False),
        ({"RCPT": "550 5.1.10 takes no email"}, True),
        ({"RCPT": "550 5.2.1 disabled"}, True),
        ({"RCPT": "552 5.2.2 full"}, True),
        ({"RCPT": "550 no"}, True),
        ({"RCPT": "550 User unknown"}, True),
        ({"RCPT": "551 not local"}, True),
        ({"RCPT": "553 no such name"}, True),
        ({"RCPT": "556 takes no email"}, True),
        ({"RCPT": "550 Relaying denied"}, False),
        ({"RCPT": "550 blocked by policy"}, False),
        ({"RCPT": "550 5.1.7 bad sender"}, False),
        ({"RCPT": "550 5.1.8 bad sender"}, False),
        ({"RCPT": "554 5.7.1 relay access denied"}, False),
        ({"RCPT": "554 no"}, False),
        ({"RCPT": "535 5.1.1 sign in"}, False),
        ({"RCPT": "450 4.2.1 later"}, False),
        ({"DATA": "552 5.2.2 too much"}, False),
        ({"DATA": "554 5.7.1 spam"}, False),
        ({"DATA": "550 5.1.1 nobody here"}, False),
        ({"RCPT": "451 5.1.1 later"}, False),
        ({"MAIL": "550 5.1.8 bad sender"}, False),
    ],
)
def test_only_what_is_about_the_address_is_final(
    server: SmtpStandIn, answers: dict[str, str], *, is_final: bool
) -> None:
    server.answers = answers
    assert refusal_of(sender_to(server)).is_final is is_final


def test_a_refusal_before_the_data_is_one(server: SmtpStandIn) -> None:
    server.answers = {"before DATA": "452 4.3.1 full"}
    assert str(refusal_of(sender_to(server))) == "SMTP answered 452 to DATA (4.3.1)"


def test_a_server_that_greets_with_a_no_is_refused(server: SmtpStandIn) -> None:
    server.answers = {"connecting": "554 5.7.1 nobody at maya@example.com"}
    assert str(refusal_of(sender_to(server))) == "SMTP answered 554 to connecting (5.7.1)"


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("habit", ["hang", "drop"])
def test_silence_and_a_lost_connection_are_refusals(
    server: SmtpStandIn, command: str, habit: str
) -> None:
    server.answers = {command: habit}
    refusal = refusal_of(sender_to(server, timeout=SHORT))
    said = {"hang": f"no answer to {command} in time", "drop": f"the server hung up at {command}"}
    assert str(refusal) == f"SMTP: {said[habit]}"
    assert refusal.trouble is Trouble.SILENT
    assert server.taken == []


def test_a_talk_that_takes_too_long_in_all_is_given_up_within_the_lease() -> None:
    with pytest.raises(TimeoutError):
        Talk(ends_at=0).reach("RCPT", smtplib.SMTP(), TIMEOUT_SECONDS)
    assert outbox.LEASE.total_seconds() > TALK * TIMEOUT_SECONDS


@pytest.mark.parametrize("command", ["connecting", "MAIL", "RCPT", "DATA"])
def test_a_server_that_never_ends_its_answer_is_given_up(server: SmtpStandIn, command: str) -> None:
    server.answers = {command: "trickle"}
    began = time.monotonic()
    refusal = refusal_of(sender_to(server, timeout=SHORT))
    assert time.monotonic() - began < LONG
    assert refusal.trouble in {Trouble.UNREACHABLE, Trouble.SILENT}
    assert "in time" in str(refusal)
    assert server.taken == [] or command == "DATA"


def test_a_goodbye_that_never_ends_does_not_make_a_taken_mail_a_refused_one(
    server: SmtpStandIn,
) -> None:
    server.answers = {"QUIT": "trickle"}
    sender_to(server, timeout=SHORT).deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1


@pytest.mark.parametrize("encryption", ["none", "tls"])
def test_a_handshake_that_never_ends_is_given_up(encryption: str) -> None:
    """The first bytes promise 16 kB of a TLS handshake, or are a greeting without an end."""
    left: list[bool] = []

    def dawdle() -> None:
        client, _ = slow.accept()
        with client, contextlib.suppress(OSError):
            client.sendall(b"\x16\x03\x03\x40\x00" if encryption == "tls" else b"220 ")
            while True:
                time.sleep(0.05)
                client.sendall(b"\x02")
        left.append(True)

    with socket.create_server(("127.0.0.1", 0)) as slow:
        asked = Thread(target=dawdle)
        asked.start()
        url = SmtpUrl("127.0.0.1", slow.getsockname()[1], encryption)
        refusal = refusal_of(SmtpServer(url, SENDER, timeout=SHORT))
        asked.join(10)
    assert str(refusal) == "SMTP: could not connect (no answer in time)"
    # The connection isn't left open behind the refusal.
    assert left == [True]


def test_a_server_that_never_greets_is_given_up(server: SmtpStandIn) -> None:
    server.answers = {"connecting": "hang"}
    refusal = refusal_of(sender_to(server, timeout=SHORT))
    assert str(refusal) == "SMTP: could not connect (no answer in time)"


def test_a_server_that_never_ends_the_handshake_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = SmtpUrl("127.0.0.1", deaf.getsockname()[1], "tls")
        refusal = refusal_of(SmtpServer(url, SENDER, timeout=SHORT))
    assert refusal.trouble in {Trouble.UNREACHABLE, Trouble.NO_ENCRYPTION}


@pytest.mark.parametrize("habit", ["hang", "drop", "421 too late"])
def test_a_bad_goodbye_does_not_make_a_taken_mail_a_refused_one(
    server: SmtpStandIn, habit: str
) -> None:
    server.answers = {"QUIT": habit}
    sender_to(server, timeout=SHORT).deliver(a_letter(), idempotency_key=KEY)
    assert len(server.taken) == 1


def test_nobody_at_the_address_refuses_the_mail() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = SmtpUrl("127.0.0.1", unused.getsockname()[1], "starttls")
        refusal = refusal_of(SmtpServer(url, SENDER, timeout=1))
    assert str(refusal) == "SMTP: could not connect (Connection refused)"
    assert refusal.trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "a..b"])
def test_a_name_that_nobody_has_is_a_refusal(host: str) -> None:
    url = SmtpUrl(host, 25, "none")
    refusal = refusal_of(SmtpServer(url, SENDER, timeout=1))
    assert str(refusal).startswith("SMTP: could not connect")
    assert host not in str(refusal)


@pytest.mark.parametrize(
    "talk",
    [
        b"\xff\xfe\xfd\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"220 hello\r\n999 maya@example.com\r\n",
        b"220 hello\r\n250-x\r\n250 AUTH\r\nabc\r\n",
        b"220 " + b"x" * 9000 + b"\r\n",
        b"220",
        b"",
    ],
)
def test_nonsense_is_a_refusal_that_repeats_nothing(talk: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as babbler:
        babbler.settimeout(5)
        mailer = SmtpServer(
            SmtpUrl("127.0.0.1", babbler.getsockname()[1], "none"), SENDER, timeout=1
        )
        refusals: list[MailRefused] = []
        asking = Thread(target=lambda: refusals.append(refusal_of(mailer)))
        asking.start()
        client, _ = babbler.accept()
        with client:
            client.sendall(talk)
            client.shutdown(socket.SHUT_WR)
            asking.join()
    [refusal] = refusals
    assert re.fullmatch(r"SMTP[ :][A-Za-z0-9 ():.,-]+", str(refusal))


def test_a_lost_answer_sends_a_mail_again_under_the_same_name(
    server: SmtpStandIn, runtime: Runtime, ctx: Context, clock: Clock
) -> None:
    runtime.mailer = sender_to(server)
    with ctx.writing():
        outbox.post(ctx, a_letter())
    server.answers = {"DATA": "drop-after"}
    with runtime.context() as first:
        assert outbox.deliver_next(first)
    assert sent_at(runtime) is None
    server.answers = {}
    clock.move(seconds=6)
    with runtime.context() as second:
        assert outbox.deliver_next(second)
    one, other = (taken.mail for taken in server.taken)
    assert one["Message-ID"] == other["Message-ID"]
    assert words_of(one, "plain") == words_of(other, "plain")
    assert sent_at(runtime) is not None


def sent_at(runtime: Runtime) -> datetime | None:
    """When the only email in the outbox was sent."""
    with runtime.context() as ctx, ctx.reading() as db:
        return db.exec(select(Mail)).one().sent_at


HOSTILE_ADDRESSES = [
    "maya@example.com> SIZE=1",
    "a@evil.example, maya@example.com",
    "<a@evil.example>maya@example.com",
    '"a@evil.example" <maya@example.com>',
    '"a b"@example.com',
    "maya @example.com",
    "maya@example.com;bob@example.com",
    "maya@[127.0.0.1]",
    "(comment)maya@example.com",
    "maya@exam ple.com",
    "maya@пример.рф",
    "maya",
    "@example.com",
    "",
]


@pytest.mark.parametrize("to", HOSTILE_ADDRESSES)
def test_what_could_be_more_than_an_address_reaches_no_server(server: SmtpStandIn, to: str) -> None:
    letter = Letter(to, "Hello", "Hello\n", "<p>Hello</p>\n")
    with pytest.raises(MailRefused, match=r"^SMTP: this cannot be written as an email$"):
        sender_to(server).deliver(letter, idempotency_key=KEY)
    assert (server.greeted_by, server.taken) == ([], [])


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    to=st.just("maya") | st.text(max_size=30),
    subject=st.text(max_size=80),
    text=st.text(max_size=300),
)
def test_nothing_in_a_letter_adds_a_header_or_a_recipient(
    server: SmtpStandIn, to: str, subject: str, text: str
) -> None:
    server.taken.clear()
    try:
        letter = Letter(f"{to}@example.com", subject, text, "<p>Hello</p>\n")
        sender_to(server).deliver(letter, idempotency_key=KEY)
    except (ValueError, MailRefused):
        return
    [taken] = server.taken
    assert taken.recipients == [f"{to}@example.com"]
    assert sorted(taken.mail.keys()) == sorted(
        [
            "Date",
            "Message-ID",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ]
    )
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", taken.raw)


@pytest.mark.parametrize("key", ["", "a b", "a>b", "a\r\nBcc: x@example.com", "a" * 101])
def test_a_key_that_cannot_be_in_a_header_sends_nothing(server: SmtpStandIn, key: str) -> None:
    with pytest.raises(MailRefused, match="cannot be written"):
        sender_to(server).deliver(a_letter(), idempotency_key=key)
    assert server.taken == []


def test_an_address_in_another_script_needs_a_server_that_takes_it() -> None:
    with SmtpStandIn(smtputf8=False) as server:
        refusal = refusal_of(sender_to(server), a_letter("мая@example.com"))
    assert str(refusal) == "SMTP: the server takes no address in this script (SMTPUTF8)"
    assert (refusal.trouble, server.taken) == (Trouble.RECIPIENT, [])
    assert refusal.is_final


def test_an_address_in_another_script_arrives_where_it_is_taken(server: SmtpStandIn) -> None:
    sender_to(server).deliver(a_letter("мая@example.com"), idempotency_key=KEY)
    [taken] = server.taken
    assert taken.recipients == ["мая@example.com"]
    assert taken.mail["To"] == "мая@example.com"


def test_nothing_of_a_mail_is_logged_on_its_way_to_a_mail_server(
    server: SmtpStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    logging.getLogger("aiosmtpd").setLevel(logging.ERROR)
    sender_to(server).deliver(a_letter(), idempotency_key=KEY)
    server.answers = {"RCPT": "550 maya@example.com 048213"}
    refusal_of(sender_to(server))
    for secret in SECRETS:
        assert secret not in caplog.text


def test_a_password_is_not_shown_by_what_holds_it() -> None:
    url = parsed("smtps://mailer:hunter2hunter2@mail.example.com")
    assert "hunter2" not in repr(url)
    assert "hunter2" not in repr(SmtpServer(url, SENDER))
