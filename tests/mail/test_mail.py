"""Mailers: the outbox folder, read back, and Resend over real HTTP."""

from __future__ import annotations

import logging
import os
import re
import socket
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from anonmsg import config
from anonmsg.mail import letters
from anonmsg.mail.letters import Letter
from anonmsg.mail.mailer import MailRefused, OutboxFolder, ResendService, mailer_from
from tests.resend_stand_in import Behaviour, ResendStandIn

SENDER = "anonmsg <no-reply@anonmsg.example>"
LINK = "https://anonmsg.example/verify#q3V9mE1x-0aUuY2n7PpLwKs8DhTzR4bG6cJfXoIv5Wk"
NOON = datetime(2026, 1, 31, 12, 0, 0, 125_000, tzinfo=UTC)
STOP = f"https://anonmsg.example/unsubscribe?key={'Qm9x_2-T' * 9}"
KEY = "Qm9-x_2TzR4bG6cJfXoIvA"


def a_letter(to: str = "maya@example.com", code: str = "048213") -> Letter:
    return letters.verification(to=to, username="maya_k", code=code, link=LINK)


def a_digest(to: str = "maya@example.com") -> Letter:
    inbox = "https://anonmsg.example/dashboard"
    return letters.new_messages(to=to, username="maya_k", count=3, inbox_url=inbox, stop_url=STOP)


def mails_in(folder: Path) -> list[EmailMessage]:
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(file.read_bytes()) for file in sorted(folder.glob("*.eml"))]


def words_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox"


@pytest.fixture
def outbox(folder: Path) -> OutboxFolder:
    return OutboxFolder(folder, SENDER, clock=lambda: NOON)


@pytest.fixture
def stand_in() -> Iterator[ResendStandIn]:
    with ResendStandIn() as running:
        yield running


@pytest.fixture
def service(stand_in: ResendStandIn) -> ResendService:
    return ResendService(stand_in.api_key, stand_in.url, SENDER, timeout=1)


def test_a_mail_in_the_outbox_is_a_whole_mail(outbox: OutboxFolder, folder: Path) -> None:
    letter = a_letter()
    outbox.deliver(letter, idempotency_key=KEY)
    [mail] = mails_in(folder)
    assert mail["From"] == SENDER
    assert mail["To"] == "maya@example.com"
    assert mail["Subject"] == letter.subject
    assert mail["Date"].datetime == NOON.replace(microsecond=0)
    assert mail["Message-ID"] == f"<{KEY}@anonmsg.example>"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert words_of(mail, "plain") == letter.text
    assert words_of(mail, "html") == letter.html
    assert not mail.defects


def test_a_digest_in_the_outbox_says_how_to_end_it(outbox: OutboxFolder, folder: Path) -> None:
    outbox.deliver(a_digest(), idempotency_key=KEY)
    [mail] = mails_in(folder)
    assert mail["List-Unsubscribe"] == f"<{STOP}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # As it is, in one piece: programs that read it know no encoded words.
    [file] = folder.iterdir()
    assert f"<{STOP}>".encode() in file.read_bytes()
    assert not mail.defects


def test_no_other_mail_says_how_to_end_it(outbox: OutboxFolder, folder: Path) -> None:
    outbox.deliver(a_letter(), idempotency_key=KEY)
    [mail] = mails_in(folder)
    assert [name for name in mail if name.lower().startswith("list-")] == []


def test_resend_is_told_how_to_end_a_digest(
    service: ResendService, stand_in: ResendStandIn
) -> None:
    service.deliver(a_digest(), idempotency_key=KEY)
    service.deliver(a_letter(), idempotency_key=f"{KEY}-2")
    digest, other = stand_in.sent
    assert digest["headers"] == {
        "List-Unsubscribe": f"<{STOP}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert "headers" not in other


def test_a_digest_is_the_same_after_the_outbox() -> None:
    assert Letter.from_json(a_digest().to_json()) == a_digest()
    # A worker of an older release doesn't know the field.
    assert "stop_url" not in a_letter().to_json()


def test_a_mail_in_the_outbox_reads_well_in_an_editor(outbox: OutboxFolder, folder: Path) -> None:
    outbox.deliver(a_letter(), idempotency_key=KEY)
    [file] = folder.iterdir()
    assert f"\r\n{LINK}\r\n" in file.read_bytes().decode()
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")


def test_a_mail_in_another_script_arrives_whole(outbox: OutboxFolder, folder: Path) -> None:
    letter = Letter(
        "мая@example.com", "Привет, мир " * 9 + "!", "Привет \U0001f33b\n", "<p>Привет</p>\n"
    )
    outbox.deliver(letter, idempotency_key=KEY)
    [mail] = mails_in(folder)
    assert (mail["To"], mail["Subject"]) == (letter.to, letter.subject)
    assert (words_of(mail, "plain"), words_of(mail, "html")) == (letter.text, letter.html)


@pytest.mark.parametrize(
    "address", ["maya@example.com", "мая@example.com", "maya,k@example.com", "a.b+c@x.example"]
)
def test_the_outbox_forgets_the_mails_to_an_address_and_no_other(
    outbox: OutboxFolder, folder: Path, address: str
) -> None:
    others = [f"x{address}", f"{address}.example", "grace@example.com"]
    for number, to in enumerate([address, *others, address]):
        outbox.deliver(Letter(to, address, address, address), idempotency_key=f"key-{number}")
    outbox.forget([address.upper()])
    assert sorted(mail["To"].addresses[0].domain for mail in mails_in(folder)) == sorted(
        to.rpartition("@")[2] for to in others
    )


def test_the_outbox_forgets_nothing_that_is_no_mail_of_its_own(
    outbox: OutboxFolder, folder: Path
) -> None:
    outbox.forget(["maya@example.com"])
    (folder / "kept").mkdir(parents=True)
    for name, content in (("empty", b""), ("notes", b"maya@example.com"), ("bytes", b"To: \xff")):
        (folder / f"{name}.eml").write_bytes(content)
    outbox.forget(["maya@example.com", ""])
    assert len(list(folder.iterdir())) == 4


def test_the_outbox_keeps_no_mail_of_before_a_time(folder: Path) -> None:
    for at in (NOON, NOON + timedelta(seconds=2)):
        key = f"{KEY[:-2]}{at.second:02}"
        OutboxFolder(folder, SENDER, clock=lambda at=at: at).deliver(
            a_letter(), idempotency_key=key
        )
    (folder / "notes.eml").write_text("mine")
    OutboxFolder(folder, SENDER).purge(before=NOON + timedelta(seconds=1))
    left = sorted(file.name for file in folder.iterdir())
    assert left == [f"20260131T120002125Z-{KEY[:-2]}02.eml", "notes.eml"]


def test_the_outbox_is_for_its_owner_alone(outbox: OutboxFolder, folder: Path) -> None:
    before = os.umask(0)
    try:
        outbox.deliver(a_letter(), idempotency_key=KEY)
    finally:
        os.umask(before)
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_outbox_that_others_may_look_into_is_closed(outbox: OutboxFolder, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    outbox.deliver(a_letter(), idempotency_key=KEY)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_mail_is_named_by_its_time_and_its_key(outbox: OutboxFolder, folder: Path) -> None:
    outbox.deliver(a_letter(), idempotency_key=KEY)
    assert [file.name for file in folder.iterdir()] == [f"20260131T120000125Z-{KEY}.eml"]


def test_the_same_key_is_one_mail(folder: Path) -> None:
    times = iter([NOON, NOON.replace(hour=13)])
    outbox = OutboxFolder(folder, SENDER, clock=lambda: next(times))
    outbox.deliver(a_letter(), idempotency_key=KEY)
    outbox.deliver(a_letter(), idempotency_key=KEY)
    assert len(list(folder.iterdir())) == 1


def test_a_key_that_ends_like_another_is_another_mail(outbox: OutboxFolder, folder: Path) -> None:
    for key in ("a-1", "1", "-1", "b-a-1"):
        outbox.deliver(a_letter(), idempotency_key=key)
    assert len(list(folder.iterdir())) == 4


def test_many_threads_with_one_key_write_one_mail(folder: Path) -> None:
    outbox = OutboxFolder(folder, SENDER)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(32):
            threads.submit(outbox.deliver, a_letter(), idempotency_key=KEY)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("key", ["", "../up", "a/b", "a b", "*", "a\n", "a" * 101])
def test_a_key_that_is_no_file_name_is_refused(
    outbox: OutboxFolder, folder: Path, key: str
) -> None:
    with pytest.raises(ValueError, match="key"):
        outbox.deliver(a_letter(), idempotency_key=key)
    assert not folder.exists()


def test_an_address_with_a_comma_is_still_one_address(outbox: OutboxFolder, folder: Path) -> None:
    outbox.deliver(a_letter("a@evil.example, maya@example.com"), idempotency_key=KEY)
    [mail] = mails_in(folder)
    [address] = mail["To"].addresses
    assert address.domain == "example.com"


@pytest.mark.parametrize("to", ["", "nobody", "@", "maya@", "@example.com"])
def test_what_is_no_address_is_refused(outbox: OutboxFolder, folder: Path, to: str) -> None:
    with pytest.raises(MailRefused, match="cannot be written as an email"):
        outbox.deliver(a_letter(to), idempotency_key=KEY)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_refuses_the_mail(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    outbox = OutboxFolder(tmp_path / "taken" / "outbox", SENDER)
    with pytest.raises(MailRefused, match="outbox folder"):
        outbox.deliver(a_letter(), idempotency_key=KEY)


def test_the_log_says_where_a_mail_is_and_nothing_of_it(
    outbox: OutboxFolder, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outbox.deliver(a_letter(), idempotency_key=KEY)
    [file] = folder.iterdir()
    assert caplog.messages == [f"Email written to {file}"]
    assert "maya" not in caplog.text
    assert "048213" not in caplog.text


def test_resend_gets_the_whole_mail(stand_in: ResendStandIn, service: ResendService) -> None:
    letter = a_letter()
    service.deliver(letter, idempotency_key=KEY)
    assert stand_in.sent == [
        {
            "from": SENDER,
            "to": ["maya@example.com"],
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
        }
    ]


def test_resend_sends_the_same_key_once(stand_in: ResendStandIn, service: ResendService) -> None:
    service.deliver(a_letter(), idempotency_key=KEY)
    service.deliver(a_letter(), idempotency_key=KEY)
    assert stand_in.requests == 2
    assert len(stand_in.sent) == 1


def test_another_key_is_another_mail(stand_in: ResendStandIn, service: ResendService) -> None:
    service.deliver(a_letter(), idempotency_key="one")
    service.deliver(a_letter(), idempotency_key="two")
    assert len(stand_in.sent) == 2


def test_a_key_for_two_different_mails_is_refused(
    stand_in: ResendStandIn, service: ResendService
) -> None:
    service.deliver(a_letter(), idempotency_key=KEY)
    with pytest.raises(MailRefused, match=r"answered 409 \(invalid_idempotent_request\)"):
        service.deliver(a_letter(code="111213"), idempotency_key=KEY)
    assert len(stand_in.sent) == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("500", "Resend answered 500 (application_error)"),
        ("429", "Resend answered 429 (rate_limit_exceeded)"),
        ("hang", "Resend could not be reached, or did not answer in time"),
        ("drop", "Resend could not be reached, or did not answer in time"),
    ],
)
def test_a_mail_that_resend_did_not_take_is_refused_and_can_be_sent_again(
    stand_in: ResendStandIn, service: ResendService, behaviour: Behaviour, reason: str
) -> None:
    stand_in.behave(behaviour)
    with pytest.raises(MailRefused, match=f"^{re.escape(reason)}$"):
        service.deliver(a_letter(), idempotency_key=KEY)
    assert stand_in.sent == []
    stand_in.behave("ok")
    service.deliver(a_letter(), idempotency_key=KEY)
    assert len(stand_in.sent) == 1


def test_a_lost_answer_does_not_send_a_mail_twice(
    stand_in: ResendStandIn, service: ResendService
) -> None:
    stand_in.behave("drop-after")
    with pytest.raises(MailRefused):
        service.deliver(a_letter(), idempotency_key=KEY)
    stand_in.behave("ok")
    service.deliver(a_letter(), idempotency_key=KEY)
    assert len(stand_in.sent) == 1


def test_a_wrong_api_key_is_named_as_the_reason(stand_in: ResendStandIn) -> None:
    service = ResendService("re_Wrong", stand_in.url, SENDER, timeout=1)
    with pytest.raises(MailRefused, match=r"answered 403 \(invalid_api_key\)"):
        service.deliver(a_letter(), idempotency_key=KEY)
    assert stand_in.sent == []


def test_a_missing_field_is_refused(stand_in: ResendStandIn, service: ResendService) -> None:
    letter = Letter("maya@example.com", "Hello", "", "<p>Hello</p>")
    with pytest.raises(MailRefused, match=r"answered 422 \(missing_required_field\)"):
        service.deliver(letter, idempotency_key=KEY)
    assert stand_in.sent == []


def test_an_address_in_another_script_is_refused_for_good(
    stand_in: ResendStandIn, service: ResendService
) -> None:
    letter = Letter("мая@example.com", "Hello", "Hello", "<p>Hello</p>")
    with pytest.raises(MailRefused, match="SMTPUTF8") as refusal:
        service.deliver(letter, idempotency_key="k")
    assert refusal.value.is_final


def test_nobody_at_the_address_refuses_the_mail() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        service = ResendService("re_Key", f"http://127.0.0.1:{port}", SENDER, timeout=1)
        with pytest.raises(MailRefused, match="could not be reached"):
            service.deliver(a_letter(), idempotency_key=KEY)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<h1>Hello</h1>"),
        (200, "application/json", b""),
        (200, "application/json", b"null"),
        (200, "application/json", b"[]"),
        (200, "application/json", b'"id"'),
        (200, "application/json", b"{}"),
        (200, "application/json", b'{"id": ""}'),
        (200, "application/json", b'{"id": 7}'),
        (200, "application/json", b'{"id": "half'),
        (200, "application/json", b"\xff\xfe\xfd"),
        (200, "application/json", b"9" * 5000),
        (200, "application/json", b"[" * 100_000),
        (200, "application/json", b'{"statusCode": "maya@example.com", "name": "re_Key"}'),
        (403, "application/json", b'{"name": {}, "message": "maya@example.com"}'),
        (403, "application/json", b'{"name": "validation_error", "message": "maya@example.com"}'),
        (422, "application/json", b'{"name": "maya@example.com", "message": ["re_Key"]}'),
        (502, "text/html", b"maya@example.com re_Key 048213"),
        (302, "text/html", b""),
    ],
)
def test_a_malformed_answer_is_a_refusal_that_repeats_nothing(
    status: int, kind: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with always_answering(status, kind, body) as url:
        service = ResendService("re_Key", url, SENDER, timeout=1)
        with pytest.raises(MailRefused) as refused:
            service.deliver(a_letter(), idempotency_key=KEY)
    error: BaseException | None = refused.value
    assert re.fullmatch(r"Resend (answered \d+( \([a-z_]+\))?|gave an answer [a-z ]+)", str(error))
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    for secret in ("maya", "re_Key", "048213", KEY, LINK):
        assert secret not in str(error)
        assert secret not in caplog.text


def test_nothing_of_a_mail_is_logged_on_its_way_to_resend(
    stand_in: ResendStandIn, service: ResendService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.deliver(a_letter(), idempotency_key=KEY)
    stand_in.behave("drop")
    with pytest.raises(MailRefused):
        service.deliver(a_letter(), idempotency_key=KEY)
    for secret in ("maya", "048213", stand_in.api_key, LINK):
        assert secret not in caplog.text


def test_the_stand_in_answers_as_the_documentation_says(stand_in: ResendStandIn) -> None:
    mail = {"from": "a@b.example", "to": ["c@d.example"], "subject": "s", "html": "h", "text": "t"}
    good = {"Authorization": f"Bearer {stand_in.api_key}", "Idempotency-Key": "k"}
    emails = f"{stand_in.url}/emails"
    assert requests.post(emails, json=mail, timeout=5).json()["name"] == "missing_api_key"
    assert requests.post(emails, data="x", headers=good, timeout=5).status_code == 422
    assert requests.get(emails, headers=good, timeout=5).status_code == 405
    assert requests.post(stand_in.url, json=mail, headers=good, timeout=5).status_code == 404
    long = good | {"Idempotency-Key": "k" * 257}
    assert requests.post(emails, json=mail, headers=long, timeout=5).status_code == 400
    first = requests.post(emails, json=mail, headers=good, timeout=5)
    again = requests.post(emails, json=mail, headers=good, timeout=5)
    assert (first.status_code, list(first.json())) == (200, ["id"])
    assert again.json() == first.json()
    assert stand_in.sent == [mail]


def test_a_key_for_resend_makes_the_mailer_resend(tmp_path: Path) -> None:
    settings = config.load(
        data_dir=tmp_path,
        mail_transport="",
        resend_api_key="re_Key",
        mail_from="anonmsg <a@anonmsg.example>",
    )
    assert isinstance(mailer_from(settings), ResendService)


def test_without_a_key_mail_goes_into_the_data_folder(tmp_path: Path) -> None:
    mailer = mailer_from(config.load(data_dir=tmp_path, mail_transport="outbox"))
    assert isinstance(mailer, OutboxFolder)
    mailer.deliver(a_letter(), idempotency_key=KEY)
    [mail] = mails_in(tmp_path / "outbox")
    assert mail["From"] == "anonmsg <no-reply@localhost>"


class always_answering:  # noqa: N801
    """A server that gives everyone the same answer, for responses Resend never gives."""

    def __init__(self, status: int, kind: str, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_an_answer_of_resend_that_never_ends_is_given_up(stand_in: ResendStandIn) -> None:
    stand_in.behave("trickle")
    service = ResendService(stand_in.api_key, stand_in.url, SENDER, timeout=1.0)
    began = time.monotonic()
    with pytest.raises(MailRefused, match="did not answer in time"):
        service.deliver(a_letter(), idempotency_key=KEY)
    # Far more than the two timeouts that it may take.
    assert time.monotonic() - began < 15
