"""Exports: owners download everything that is kept about them.

A download can take minutes, so each piece is its own use case with its own short
transaction, and continues after the message where the last one ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import col, select

from anonmsg.database.tables import (
    EmailDigest,
    HeldUsername,
    MailedLink,
    Message,
    Person,
    SignInSession,
)
from anonmsg.errors import NotSignedIn
from anonmsg.public import InboxMessage
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import export_files
from anonmsg.services.inbox import folders, inbox_keys, message_order, reading
from anonmsg.services.inbox.message_order import Position
from anonmsg.services.sessions import reauthentication, sessions

# A message takes at most 4 kB, so a batch holds two megabytes at worst.
RUN = 500


class Export:
    """A download in progress: whose it is, and how far it has come."""

    def __init__(
        self, ctx: Context, kept: export_files.ExportedProfile, *, owner_id: str, session_id: str
    ) -> None:
        """Start at the first piece.

        Args:
            ctx: The context; messages that arrive after its time are left out, so that
                all files contain the same ones.
            kept: What is kept about the owner.
            owner_id: Who asked.
            session_id: The session that asked.
        """
        self.filename = f"anonmsg-{kept.username}-{ctx.now:%Y-%m-%d}.zip"
        self.session_id = session_id
        self._owner_id, self._until = owner_id, ctx.now
        self._ctx = ctx
        self._pieces = export_files.pieces(kept, self._runs)

    def step(self, ctx: Context) -> bytes:
        """Return the next piece, read with the caller's context; empty at the end."""
        self._ctx = ctx
        return next((piece for piece in self._pieces if piece), b"")

    def _runs(self) -> Iterator[Sequence[InboxMessage]]:
        only_if = [col(Message.sent_at) <= self._until]
        while True:
            asked = message_order.newest(self._owner_id, folders.PLACES, *only_if, limit=RUN)
            with self._ctx.reading() as db:
                rows = reading.rows(db.connection().execute(asked))
                cipher = inbox_keys.of(self._ctx, owner_id=self._owner_id)
            if rows:
                yield [reading.as_shown(row, cipher) for row in rows]
            if len(rows) < RUN:
                return
            only_if = [message_order.older_than(Position(rows[-1].sent_at, rows[-1].id))]


def check(ctx: Context, *, owner_id: str, session_id: str, password: object = "") -> None:
    """Check whether a download may start, without starting it.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were too many wrong passwords.
        NotSignedIn: the account or the session is gone.
    """
    reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, password=password)


def begin(ctx: Context, *, owner_id: str, session_id: str, password: object = "") -> Export:
    """Start a download of everything, after a recent password check.

    Args:
        ctx: The context.
        owner_id: Who asks.
        session_id: The session that asks.
        password: As typed; empty if the owner hasn't been asked for it yet.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were too many wrong passwords or too many downloads.
        NotSignedIn: the account or the session is gone.
    """
    reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, password=password)
    ctx.rate_limits.spend("export", owner_id)
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
        latest_first = col(SignInSession.rotated_at).desc()
        mine = (
            select(SignInSession).where(SignInSession.person_id == owner_id).order_by(latest_first)
        )
        rows = db.exec(mine).all()
        emails = _in_words(db.get(EmailDigest, owner_id))
        other_names = _former_usernames(ctx, owner_id)
        other_emails = _linked_addresses(ctx, owner_id)
    if person is None:
        raise NotSignedIn
    kept = export_files.ExportedProfile(
        username=person.username,
        email=person.email,
        display_name=person.display_name,
        prompt=person.prompt,
        bio=person.bio,
        accepts_messages=person.accepts_messages,
        two_factor_on=person.totp_on_at is not None,
        emails_about_messages=emails,
        other_usernames=other_names,
        other_emails=other_emails,
        created_at=person.created_at.isoformat(),
        exported_at=ctx.now.isoformat(),
        browsers=tuple(_browser(ctx, row) for row in rows),
        time_zone=person.time_zone,
        paused_until=person.paused_until.isoformat() if person.paused_until else "",
        delivery=person.delivery,
        delivery_hour=person.delivery_hour,
        deliver_together=person.deliver_together,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
    )
    return Export(ctx, kept, owner_id=owner_id, session_id=session_id)


def next_piece(ctx: Context, *, export: Export) -> bytes:
    """Return the next piece of a download; empty once it is complete.

    Raises:
        NotSignedIn: the session has ended, or the account is gone.
    """
    sessions.current(ctx, session_id=export.session_id)
    return export.step(ctx)


def _former_usernames(ctx: Context, owner_id: str) -> tuple[str, ...]:
    kept = HeldUsername.person_id == owner_id, col(HeldUsername.held_until) > ctx.now
    return tuple(sorted(ctx.db.exec(select(HeldUsername.username_key).where(*kept)).all()))


def _linked_addresses(ctx: Context, owner_id: str) -> tuple[str, ...]:
    """Return the addresses that an undo would restore or that await confirmation."""
    alive = MailedLink.person_id == owner_id, MailedLink.expires_at > ctx.now
    found = ctx.db.exec(select(MailedLink.email).where(*alive)).all()
    return tuple(sorted(set(found) - {""}))


def _in_words(told: EmailDigest | None) -> str:
    """Return how often an owner is told about new messages by email."""
    if told is None:
        return "off"
    return f"daily at {told.hour:02}:00" if told.frequency == "daily" else told.frequency


def _browser(ctx: Context, row: SignInSession) -> export_files.UsedBrowser:
    is_alive = row.ended_at is None and row.expires_at > ctx.now
    return export_files.UsedBrowser(row.label, row.rotated_at.date().isoformat(), is_alive)
