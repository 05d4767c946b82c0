"""What an operator can do to an account, and the sentences for what's refused."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, text, update

from anonmsg.database.tables import HeldUsername, MailedLink, Message, Person, SendKey, SignUp
from anonmsg.errors import NotSignedIn, TwoFactorCodeNeeded
from anonmsg.runtime.context import Context
from anonmsg.services import outbox, peppers, purge_clock
from anonmsg.services.accounts import mailed_links, password_resets, usernames
from anonmsg.services.accounts.mailed_links import Purpose
from anonmsg.services.sessions import sessions, sign_ins
from tests import factories
from tests.broken import refuse_rows
from tests.commands.conftest import Command
from tests.factories import NETWORK, PASSWORD
from tests.fakes import FakeMailer

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TWICE = f"{PASSWORD}\n{PASSWORD}\n"
ANOTHER = "an entirely different sentence"


def people(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return list(db.exec(select(Person.username).order_by(col(Person.username))).all())


def signed_in(ctx: Context, username: str, password: str = PASSWORD) -> str:
    pair = sign_ins.sign_in(ctx, identifier=username, password=password, network=NETWORK)
    return ctx.keyring.tokens.read_access(pair.access, now=ctx.now)


def token_of(link: str) -> str:
    site, _, token = link.strip().partition("/reset-password#")
    assert site == "https://anonmsg.example"
    return token


@pytest.mark.parametrize(
    ("username", "email", "password", "words"),
    [
        ("a", "ada@example.com", PASSWORD, "username: Use 2–20 letters, numbers or underscores."),
        ("admin", "ada@example.com", PASSWORD, "username: Username is already taken"),
        ("ada", "nobody", PASSWORD, "email: Enter a valid email address."),
        ("ada", "ada@example.com", "short", "password: Use at least 8 characters."),
        ("ada", "ada@example.com", "", "password: Use at least 8 characters."),
        ("ada", "ada@example.com", "adaadaada", "password: That password is easy to guess."),
    ],
)
def test_the_rules_of_a_sign_up_hold_for_an_operator(
    on_site: Command, ctx: Context, username: str, email: str, password: str, words: str
) -> None:
    result = on_site("create-user", username, email, "--password-stdin", typed=f"{password}\n")
    assert result.exit_code == 1
    assert words in result.output
    assert people(ctx) == []


def test_everything_that_is_refused_is_said_at_once(on_site: Command) -> None:
    result = on_site("create-user", "a", "nobody", "--password-stdin", typed="short\n")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.output.splitlines()] == [
        "Error",
        "email",
        "password",
    ]


def test_what_somebody_has_is_refused(on_site: Command, ctx: Context) -> None:
    factories.person(ctx, "ada")
    result = on_site("create-user", "Ada", "other@example.com", typed=TWICE)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        1,
        "Error: Username is already taken",
    )
    result = on_site("create-user", "grace", "ADA@example.com", typed=TWICE)
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        1,
        "Error: User already exists with this email",
    )
    assert people(ctx) == ["ada"]


def test_a_password_that_is_no_text_is_refused(on_site: Command, ctx: Context) -> None:
    result = on_site("create-user", "ada", "ada@example.com", "--password-stdin", typed=b"\xff\n")
    assert result.exit_code == 1
    assert result.output == "Error: The password isn't valid UTF-8.\n"
    assert people(ctx) == []


def test_two_different_passwords_make_no_account(on_site: Command, ctx: Context) -> None:
    result = on_site("create-user", "ada", "ada@example.com", typed=f"{PASSWORD}\n{ANOTHER}\n")
    assert result.exit_code == 1
    assert people(ctx) == []


def test_an_account_can_be_used_at_once(on_site: Command, ctx: Context) -> None:
    result = on_site("create-user", "Ada", "Ada@Example.com", typed=TWICE)
    assert result.exit_code == 0
    assert "https://anonmsg.example/u/Ada" in result.output
    assert PASSWORD not in result.output
    assert signed_in(ctx, "Ada")
    assert signed_in(ctx, "ada@example.com")
    with ctx.reading() as db:
        name = db.get(HeldUsername, "ada")
        assert name is not None
        assert (name.person_id is None, name.held_until) == (False, None)
        assert not usernames.is_free(ctx, "ada")


def test_a_password_may_come_from_the_input(on_site: Command, ctx: Context) -> None:
    typed = f"{PASSWORD}\r\nnot this\n"
    result = on_site("create-user", "ada", "ada@example.com", "--password-stdin", typed=typed)
    assert result.exit_code == 0
    assert signed_in(ctx, "ada")


def test_a_sign_up_that_waits_keeps_its_name_and_its_address_goes(
    on_site: Command, ctx: Context
) -> None:
    ctx.now = datetime.now(UTC)
    factories.sign_up(ctx, "grace")
    held = on_site("create-user", "grace", "other@example.com", typed=TWICE)
    assert (held.exit_code, people(ctx)) == (1, [])
    made = on_site("create-user", "hopper", "grace@example.com", typed=TWICE)
    assert (made.exit_code, people(ctx)) == (0, ["hopper"])
    with ctx.reading() as db:
        assert db.exec(select(SignUp)).all() == []


@pytest.mark.parametrize(
    "asked_for", ["reset-password", "end-sessions", "end-two-factor", "delete-user"]
)
@pytest.mark.parametrize("named", ["no body", "nobody@example.com"])
def test_nobody_is_told_so(on_site: Command, ctx: Context, asked_for: str, named: str) -> None:
    factories.person(ctx, "ada")
    result = on_site(asked_for, named, typed="ada\n")
    assert result.exit_code == 1
    assert result.output == f"Error: No account has the username or email {named}.\n"
    assert people(ctx) == ["ada"]


@pytest.mark.parametrize("named", ["ADA", "ada@EXAMPLE.com"])
def test_a_reset_link_works_once_and_is_not_mailed(
    on_site: Command, ctx: Context, named: str
) -> None:
    factories.person(ctx, "ada")
    result = on_site("reset-password", named)
    assert result.exit_code == 0
    assert result.stderr == "This link for ada works once, for 30 minutes.\n"
    with ctx.reading() as db:
        [link] = db.exec(select(MailedLink)).all()
        assert db.execute(text("SELECT count(*) FROM mails")).scalar() == 0
    assert link.expires_at - link.created_at == timedelta(minutes=30)
    ctx.now = link.created_at
    password_resets.reset(ctx, link=token_of(result.stdout), password=ANOTHER, network=NETWORK)
    assert signed_in(ctx, "ada", ANOTHER)
    with ctx.reading() as db:
        assert db.exec(select(MailedLink)).all() == []


def test_only_the_newest_reset_link_works(on_site: Command, ctx: Context) -> None:
    factories.person(ctx, "ada")
    first, second = (token_of(on_site("reset-password", "ada").stdout) for _ in range(2))
    assert first != second
    with ctx.reading() as db:
        [link] = db.exec(select(MailedLink)).all()
    ctx.now = link.created_at
    with ctx.reading():
        assert mailed_links.find(ctx, Purpose.RESET, second).id == link.id


def test_sessions_end_everywhere_and_only_that_persons(on_site: Command, ctx: Context) -> None:
    factories.person(ctx, "ada")
    factories.person(ctx, "grace")
    ended, other = [signed_in(ctx, "ada"), signed_in(ctx, "ada")], signed_in(ctx, "grace")
    result = on_site("end-sessions", "ada@example.com")
    assert (result.exit_code, result.output) == (0, "ada is signed out everywhere.\n")
    for session_id in ended:
        with pytest.raises(NotSignedIn):
            sessions.current(ctx, session_id=session_id)
    assert sessions.current(ctx, session_id=other).username == "grace"
    assert signed_in(ctx, "ada")


def test_who_lost_phone_and_codes_signs_in_by_the_password_alone(
    on_site: Command, ctx: Context, mailer: FakeMailer
) -> None:
    ada, grace = factories.person(ctx, "ada"), factories.person(ctx, "grace")
    factories.two_factor(ctx, ada)
    factories.two_factor(ctx, grace)
    result = on_site("end-two-factor", "ada@example.com")
    assert result.exit_code == 0
    assert result.output == "ada now signs in with just a password.\n"
    assert signed_in(ctx, "ada")
    with pytest.raises(TwoFactorCodeNeeded):
        signed_in(ctx, "grace")
    ctx.now = datetime.now(UTC)
    assert outbox.deliver_next(ctx)
    assert [letter.to for letter in mailer.letters] == ["ada@example.com"]
    assert "two-factor sign-in" in mailer.letters[0].text.lower()
    again = on_site("end-two-factor", "ada")
    assert again.exit_code == 1
    assert again.output == "Error: ada doesn't use two-factor sign-in.\n"


def test_the_former_name_of_end_two_factor_still_works_and_is_not_listed(
    on_site: Command, ctx: Context
) -> None:
    factories.two_factor(ctx, factories.person(ctx, "ada"))
    result = on_site("end-second-factor", "ada")
    assert (result.exit_code, result.output) == (0, "ada now signs in with just a password.\n")
    assert signed_in(ctx, "ada")
    assert "end-second-factor" not in on_site("--help").output


@pytest.mark.parametrize("typed", ["grace\n", "ADA\n", "y\n", None])
def test_a_deletion_that_is_not_confirmed_deletes_nothing(
    on_site: Command, ctx: Context, typed: str | None
) -> None:
    factories.person(ctx, "ada")
    result = on_site("delete-user", "ada", typed=typed)
    assert result.exit_code == 1
    assert people(ctx) == ["ada"]


@pytest.mark.parametrize(("arguments", "typed"), [((), "Ada\n"), (("--yes",), None)])
def test_an_account_goes_with_its_messages(
    on_site: Command, ctx: Context, arguments: tuple[str, ...], typed: str | None
) -> None:
    factories.messages(ctx, factories.person(ctx, "Ada"), "hello")
    kept = factories.messages(ctx, factories.person(ctx, "grace"), "hi")
    result = on_site("delete-user", "ada@example.com", *arguments, typed=typed)
    assert result.exit_code == 0
    assert result.output.endswith("Ada and their messages have been deleted.\n")
    assert people(ctx) == ["grace"]
    with ctx.reading() as db:
        assert [row.id for row in db.exec(select(Message)).all()] == [row.id for row in kept]


def bytes_on_disk(ctx: Context) -> dict[str, bytes]:
    """What lies in the database's file and in the two beside it."""
    files = ctx.settings.data_dir.glob("anonmsg.db*")
    return {file.name: file.read_bytes() for file in files if file.suffix != ".lock"}


@pytest.mark.sqlite_only
def test_nothing_of_a_deleted_message_is_left_on_disk_while_a_server_runs(
    on_site: Command, ctx: Context
) -> None:
    factories.messages(ctx, factories.person(ctx, "Ada"), "only you will ever read this")
    with ctx.reading() as db:
        words = db.exec(select(Message.sealed)).one()
    assert words is not None
    # As a server does: its connection stays open, so nobody's end empties the log.
    server = sqlite3.connect(ctx.settings.data_dir / "anonmsg.db")
    try:
        assert server.execute("SELECT count(*) FROM people").fetchone() == (1,)
        assert words in bytes_on_disk(ctx)["anonmsg.db-wal"]
        assert on_site("delete-user", "ada", "--yes").exit_code == 0
        assert server.execute("SELECT count(*) FROM people").fetchone() == (0,)
        left = bytes_on_disk(ctx)
    finally:
        server.close()
    assert left.keys() == {"anonmsg.db", "anonmsg.db-wal", "anonmsg.db-shm"}
    assert [name for name, content in left.items() if words in content] == []


def test_purging_deletes_what_is_over_and_nothing_else(on_site: Command, ctx: Context) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    leaving, staying = factories.person(ctx, "ada"), factories.person(ctx, "grace")
    factories.person(ctx, "edsger")
    with ctx.writing() as db:
        db.add(SendKey(digest="over", expires_at=LONG_AGO))
        db.add(SendKey(digest="not over", expires_at=later))
        for person, at in ((leaving, LONG_AGO), (staying, later)):
            db.exec(update(Person).where(col(Person.id) == person.id).values(leaves_at=at))
    result = on_site("purge")
    assert (result.exit_code, result.output) == (0, "All expired data has been deleted.\n")
    assert people(ctx) == ["edsger", "grace"]
    with ctx.reading() as db:
        assert db.exec(select(SendKey.digest)).all() == ["not over"]


def test_purging_waits_for_a_clock_that_leaped_unless_told_not_to(
    on_site: Command, ctx: Context
) -> None:
    before = replace(ctx, now=datetime.now(UTC) - timedelta(days=40))
    purge_clock.trust(before)
    with ctx.writing() as db:
        db.add(SendKey(digest="over", expires_at=LONG_AGO))
    result = on_site("purge")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The clock may be wrong. Nothing is deleted until ")
    with ctx.reading() as db:
        assert db.exec(select(SendKey.digest)).all() == ["over"]
    assert on_site("purge", "--now").exit_code == 0
    with ctx.reading() as db:
        assert db.exec(select(SendKey.digest)).all() == []
    assert on_site("purge").exit_code == 0


def test_a_database_that_complains_is_told_in_a_line(on_site: Command, ctx: Context) -> None:
    factories.person(ctx, "ada")
    signed_in(ctx, "ada")
    refuse_rows(ctx, "sign_ins", "no room")
    result = on_site("end-sessions", "ada")
    assert (result.exit_code, result.output) == (
        1,
        "Error: The database can't be used: no room.\n",
    )


def test_the_first_command_notes_the_pepper_for_the_first_start(
    on_site: Command, ctx: Context
) -> None:
    with ctx.writing() as db:
        db.execute(text("DELETE FROM facts"))
    assert on_site("create-user", "ada", "ada@example.com", typed=TWICE).exit_code == 0
    peppers.check(ctx)
