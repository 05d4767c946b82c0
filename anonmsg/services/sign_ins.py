"""Sign-ins: a browser proves who it is, stays signed in, and signs out.

A sign-in is a row; its two tokens only point to it. Refresh tokens rotate:
each use makes the next generation. The predecessor works until its successor
has been used, for a minute at most, because two tabs may refresh at once and
an answer may be lost; the use of an older one means that somebody has a copy,
and ends the whole family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import letters, live, rules
from anonmsg.context import Context, hashes_passwords
from anonmsg.errors import (
    IncorrectPassword,
    NotSignedIn,
    NotVerified,
    SecondFactorNeeded,
    TooManyAttempts,
    UserNotFound,
)
from anonmsg.models import Person, SignIn, SignUp
from anonmsg.security.codes import new_id, new_token
from anonmsg.security.tokens import REFRESH_LIVES, SIGN_IN_LIVES, BadToken, RefreshClaims
from anonmsg.services import codes, outbox, second_factors, sign_ups

# A person and a sign-up that waits, or two that wait: what an address may have.
COMPARED_BY_EMAIL = 2
PREDECESSOR_LIVES = timedelta(seconds=60)


@dataclass(frozen=True)
class Pair:
    """The two tokens of a sign-in, and for how long the second may be kept."""

    access: str
    refresh: str
    refresh_lives: timedelta


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, proved by a living row."""

    owner_id: str
    username: str
    sign_in_id: str


@hashes_passwords
def sign_in(
    ctx: Context,
    *,
    identifier: object,
    password: object,
    network: str,
    label: str = "",
    code: object = "",
) -> Pair:
    """Sign in with a username or an e-mail address, a password, and a code where it is asked for.

    Args:
        ctx: The context.
        identifier: As typed, like the password.
        password: The password.
        network: The key of the client's network.
        label: What the owner will know this browser by.
        code: Of the authenticator app, or a recovery code.

    Raises:
        UserNotFound: nobody has this username.
        IncorrectPassword: not the password; or nobody has this address,
            which takes as long to say.
        SecondFactorNeeded: the password is right, and the account wants a code.
        IncorrectSecondFactor: the password is right, and the code is not.
        NotVerified: the password of a sign-up whose code was not entered yet.
        TooManyAttempts: too many from this network, or failures for this account.
    """
    ctx.limiter.spend("sign_in_minute", network)
    ctx.limiter.spend("sign_in_hour", network)
    named = rules.text(identifier).strip()
    with ctx.reading():
        person = _find(ctx, named)
        waiting = sign_ups.newest_of(ctx, named, limit=COMPARED_BY_EMAIL)
    if person is None and not waiting and "@" not in named:
        raise UserNotFound
    account = _account(ctx, named, person, waiting)
    ctx.limiter.spend_sign_in(account, network)
    found = _whose_password(ctx, rules.password(password), named, [person, *waiting])
    if found is None:
        raise IncorrectPassword
    if isinstance(found, Person):
        try:
            second_factors.check(ctx, found, code)
        except SecondFactorNeeded:
            # The password was right and nothing was guessed; a wrong code stays a failure.
            ctx.limiter.forgive_sign_in(account, network)
            raise
    ctx.limiter.forgive_sign_in(account, network)
    if isinstance(found, SignUp):
        raise NotVerified(_go_on_verifying_here(ctx, found))
    return _begin(ctx, found, label)


def refresh(ctx: Context, *, token: str) -> Pair:
    """Exchange a refresh token for the next pair.

    Raises:
        NotSignedIn: it is no token of a living sign-in. An old one ends it.
    """
    claims = _claims(ctx, token)
    with ctx.writing() as db:
        row = _alive(ctx, claims.sign_in_id)
        if row is None:
            raise NotSignedIn
        expires_at = min(ctx.now + REFRESH_LIVES, row.created_at + SIGN_IN_LIVES)
        rotated = db.exec(
            update(SignIn)
            .where(col(SignIn.id) == row.id, col(SignIn.generation) == claims.generation)
            .values(generation=claims.generation + 1, rotated_at=ctx.now, expires_at=expires_at)
        )
        if rotated.rowcount == 1:
            return _pair(ctx, row, claims.generation + 1)
        db.refresh(row)
        replayed = not _is_predecessor(ctx, row, claims)
        if replayed:
            _end_family(ctx, row)
    if replayed:
        raise NotSignedIn
    return _pair(ctx, row, row.generation)


def sign_out(ctx: Context, *, sign_in_id: str) -> None:
    """End a sign-in; every tab of it is out at its next event."""
    with ctx.writing() as db:
        db.exec(
            update(SignIn)
            .where(col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None))
            .values(ended_at=ctx.now)
        )
        row = db.get(SignIn, sign_in_id)
    if row is not None:
        ctx.announce(live.sign_ins_of(row.person_id))


def end_all(ctx: Context, *, person_id: str, but: str = "") -> None:
    """End every sign-in of a person, within the caller's transaction.

    Args:
        ctx: Within a writing transaction.
        person_id: Whose.
        but: The sign-in that goes on, if any.
    """
    ctx.db.exec(
        update(SignIn)
        .where(
            col(SignIn.person_id) == person_id,
            col(SignIn.ended_at).is_(None),
            col(SignIn.id) != but,
        )
        .values(ended_at=ctx.now)
    )
    ctx.announce(live.sign_ins_of(person_id))


def whose(ctx: Context, *, sign_in_id: str) -> SignedIn:
    """Who is signed in by a row that is alive at this moment.

    Raises:
        NotSignedIn: the row is gone, ended or expired, or the person banned.
    """
    with ctx.reading() as db:
        row = _alive(ctx, sign_in_id)
        person = db.get(Person, row.person_id) if row else None
    if person is None:
        raise NotSignedIn
    return SignedIn(person.id, person.username, sign_in_id)


def proved(ctx: Context, *, access: str, refresh: str) -> str:
    """The id of the living sign-in that one of a browser's tokens proves.

    Nothing is rotated: a socket's handshake cannot set the successor's cookie.

    Returns:
        The sign-in's id, or nothing for a stranger.
    """
    sign_in_id = _proved_by_access(ctx, access)
    with ctx.reading():
        if sign_in_id:
            return sign_in_id if _alive(ctx, sign_in_id) else ""
        try:
            claims = _claims(ctx, refresh)
        except NotSignedIn:
            return ""
        row = _alive(ctx, claims.sign_in_id)
    if row is None:
        return ""
    current = row.generation == claims.generation or _is_predecessor(ctx, row, claims)
    return row.id if current else ""


def _find(ctx: Context, named: str) -> Person | None:
    if "@" in named:
        mine = Person.email_key == sign_ups.email_key(named)
    else:
        mine = Person.username_key == rules.username_key(named)
    return ctx.db.exec(select(Person).where(mine, col(Person.banned_at).is_(None))).first()


def _account(ctx: Context, named: str, person: Person | None, waiting: list[SignUp]) -> str:
    """The key of an account's failures, however its owner is written."""
    if person is not None:
        return person.id
    same = waiting[0].email_key if waiting else sign_ups.email_key(named) or named
    return ctx.vault.digests.of("account", same)


def _whose_password(
    ctx: Context, typed: str, named: str, rows: Sequence[Person | SignUp | None]
) -> Person | SignUp | None:
    """The first row whose password fits.

    By address it always compares as many, so that time does not tell whether
    an address has an account, a sign-up that waits, or neither.
    """
    candidates = [row for row in rows if row is not None]
    compared: list[Person | SignUp | None] = list(candidates[:COMPARED_BY_EMAIL])
    if "@" in named:
        compared += [None] * (COMPARED_BY_EMAIL - len(compared))
    fits = ctx.vault.passwords.fits
    right = [row for row in compared if fits(typed, row.password_hash if row else None)]
    return right[0] if right else None


def _begin(ctx: Context, person: Person, label: str) -> Pair:
    row = SignIn(
        id=new_id(),
        person_id=person.id,
        label=label[:60],
        proved_at=ctx.now,
        created_at=ctx.now,
        rotated_at=ctx.now,
        expires_at=ctx.now + REFRESH_LIVES,
    )
    with ctx.writing() as db:
        # Comparing took a while: another password may have been set meanwhile.
        same = select(Person.password_hash).where(Person.id == person.id)
        if db.exec(same).first() != person.password_hash:
            raise IncorrectPassword
        db.add(row)
        # Whoever comes back has changed their mind about leaving.
        stays = col(Person.id) == person.id, col(Person.leaves_at).is_not(None)
        if db.exec(update(Person).where(*stays).values(leaves_at=None)).rowcount:
            ctx.announce(live.page_of(person.username_key))
    return _pair(ctx, row, 0)


def _go_on_verifying_here(ctx: Context, waiting: SignUp) -> str:
    """Mail a fresh code and let this browser enter it; its password was right."""
    browser = new_token()
    try:
        with ctx.writing():
            codes.fresh(ctx, _still_waiting(ctx, waiting), browser=browser)
    except TooManyAttempts:
        # The last code is still good; this browser may enter that one.
        with ctx.writing() as db:
            digest = ctx.vault.digests.of("browser", browser)
            _still_waiting(ctx, waiting)
            bound = update(SignUp).where(col(SignUp.id) == waiting.id)
            db.exec(bound.values(browser_digest=digest))
    return browser


def _still_waiting(ctx: Context, waiting: SignUp) -> SignUp:
    """The sign-up as it is now: comparing its password took a while."""
    row = ctx.db.get(SignUp, waiting.id)
    if row is None:
        raise IncorrectPassword
    return row


def _pair(ctx: Context, row: SignIn, generation: int) -> Pair:
    lives = min(REFRESH_LIVES, row.created_at + SIGN_IN_LIVES - ctx.now)
    tokens = ctx.vault.tokens
    return Pair(
        tokens.issue_access(sign_in_id=row.id, now=ctx.now),
        tokens.issue_refresh(
            sign_in_id=row.id, generation=generation, now=ctx.now, expires_at=ctx.now + lives
        ),
        lives,
    )


def _alive(ctx: Context, sign_in_id: str) -> SignIn | None:
    return ctx.db.exec(
        select(SignIn)
        .join(Person, col(Person.id) == col(SignIn.person_id))
        .where(
            SignIn.id == sign_in_id,
            col(SignIn.ended_at).is_(None),
            col(SignIn.expires_at) > ctx.now,
            col(Person.banned_at).is_(None),
        )
    ).first()


def _is_predecessor(ctx: Context, row: SignIn, claims: RefreshClaims) -> bool:
    young = row.rotated_at + PREDECESSOR_LIVES > ctx.now
    return young and row.generation == claims.generation + 1


def _claims(ctx: Context, token: str) -> RefreshClaims:
    try:
        return ctx.vault.tokens.read_refresh(token, now=ctx.now)
    except BadToken:
        raise NotSignedIn from None


def _proved_by_access(ctx: Context, token: str) -> str:
    try:
        return ctx.vault.tokens.read_access(token, now=ctx.now)
    except BadToken:
        return ""


def _end_family(ctx: Context, row: SignIn) -> None:
    ctx.db.exec(update(SignIn).where(col(SignIn.id) == row.id).values(ended_at=ctx.now))
    ctx.announce(live.sign_ins_of(row.person_id))
    person = ctx.db.get(Person, row.person_id)
    if person is not None:
        letter = letters.refresh_reuse(
            to=person.email,
            username=person.username,
            sign_in_url=f"{ctx.settings.site}/sign-in",
        )
        outbox.post(ctx, letter)
