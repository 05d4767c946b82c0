"""Sign-ins: a browser proves who it is, stays signed in, and signs out.

A sign-in is a row; its two tokens only point to it. Refresh tokens rotate:
each use makes the next generation. The predecessor works until its successor
has been used, for a minute at most, because two tabs may refresh at once and
an answer may be lost; the use of an older one means that somebody has a copy,
and ends the whole family.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select, update

from anonmsg import letters, live, rules
from anonmsg.context import Context, hashes_passwords
from anonmsg.errors import IncorrectPassword, NotSignedIn, NotVerified
from anonmsg.models import Person, SignIn, SignUp
from anonmsg.security.codes import new_id
from anonmsg.security.tokens import REFRESH_LIVES, SIGN_IN_LIVES, RefreshClaims
from anonmsg.services import codes, credentials, living, outbox, second_factors, token_pairs
from anonmsg.services.token_pairs import Pair

PREDECESSOR_LIVES = timedelta(seconds=60)


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
    may_verify_here: bool = True,
) -> Pair:
    """Sign in with a username or an e-mail address, a password, and a code where it is asked for.

    Args:
        ctx: The context.
        identifier: As typed, like the password.
        password: The password.
        network: The key of the client's network.
        label: What the owner will know this browser by.
        code: Of the authenticator app, or a recovery code.
        may_verify_here: Whether this browser can be told the random id by which
            it may enter the code of a sign-up; else the one that began it goes on.

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
    named = credentials.look_up(ctx, identifier)
    ctx.limiter.spend_sign_in(named.account, network)
    found = credentials.whose(ctx, named, password)
    # The password was right. Wrong codes have a count of their own, so that one
    # waiting time is told, and it is the true one.
    ctx.limiter.forgive_sign_in(named.account, network)
    if isinstance(found, SignUp):
        raise NotVerified(codes.go_on(ctx, found, elsewhere=may_verify_here))
    second_factors.check(ctx, found, code)
    return _begin(ctx, found, rules.password(password), label)


def refresh(ctx: Context, *, token: str) -> Pair:
    """Exchange a refresh token for the next pair.

    Raises:
        NotSignedIn: it is no token of a living sign-in. An old one ends it.
    """
    claims = token_pairs.refresh_claims(ctx, token)
    with ctx.writing() as db:
        row = living.sign_in(ctx, claims.sign_in_id)
        if row is None:
            raise NotSignedIn
        expires_at = min(ctx.now + REFRESH_LIVES, row.created_at + SIGN_IN_LIVES)
        rotated = db.exec(
            update(SignIn)
            .where(col(SignIn.id) == row.id, col(SignIn.generation) == claims.generation)
            .values(generation=claims.generation + 1, rotated_at=ctx.now, expires_at=expires_at)
        )
        if rotated.rowcount == 1:
            return token_pairs.issue(ctx, row, claims.generation + 1)
        db.refresh(row)
        replayed = not _is_predecessor(ctx, row, claims)
        if replayed:
            _end_family(ctx, row)
    if replayed:
        raise NotSignedIn
    return token_pairs.issue(ctx, row, row.generation)


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
        row = living.sign_in(ctx, sign_in_id)
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
    sign_in_id = token_pairs.sign_in_id(ctx, access)
    with ctx.reading():
        if sign_in_id:
            return sign_in_id if living.sign_in(ctx, sign_in_id) else ""
        try:
            claims = token_pairs.refresh_claims(ctx, refresh)
        except NotSignedIn:
            return ""
        row = living.sign_in(ctx, claims.sign_in_id)
    if row is None:
        return ""
    current = row.generation == claims.generation or _is_predecessor(ctx, row, claims)
    return row.id if current else ""


def _begin(ctx: Context, person: Person, password: str, label: str) -> Pair:
    """Begin a sign-in, unless another password was set while this one was compared."""
    row = SignIn(
        id=new_id(),
        person_id=person.id,
        label=label[:60],
        proved_at=ctx.now,
        created_at=ctx.now,
        rotated_at=ctx.now,
        expires_at=ctx.now + REFRESH_LIVES,
    )
    compared = person.password_hash
    anew = ctx.vault.passwords.kept_or_anew(compared, password)
    while not _has_begun(ctx, row, person.id, compared, anew):
        # It may be the same one, hashed anew by another sign-in.
        with ctx.reading() as db:
            found = db.exec(select(Person.password_hash).where(Person.id == person.id)).first()
        if found is None or not ctx.vault.passwords.fits(password, found):
            raise IncorrectPassword
        compared = anew = found
    return token_pairs.issue(ctx, row, 0)


def _has_begun(ctx: Context, row: SignIn, person_id: str, compared: str, anew: str) -> bool:
    """Keep the sign-in, if the hash that was compared is still the person's."""
    with ctx.writing() as db:
        same = col(Person.id) == person_id, col(Person.password_hash) == compared
        if db.exec(update(Person).where(*same).values(password_hash=anew)).rowcount != 1:
            return False
        db.add(row)
        # Whoever comes back has changed their mind about leaving.
        stays = col(Person.id) == person_id, col(Person.leaves_at).is_not(None)
        if db.exec(update(Person).where(*stays).values(leaves_at=None)).rowcount:
            _tell_it_stays(ctx, person_id)
    return True


def _tell_it_stays(ctx: Context, person_id: str) -> None:
    """Open the page again, and say by mail that the account is not deleted."""
    columns = select(Person.username, Person.username_key, Person.email)
    username, key, email = ctx.db.exec(columns.where(Person.id == person_id)).one()
    settings_url = f"{ctx.settings.site}/settings"
    outbox.post(
        ctx, letters.deletion_undone(to=email, username=username, settings_url=settings_url)
    )
    ctx.announce(live.page_of(key))


def _is_predecessor(ctx: Context, row: SignIn, claims: RefreshClaims) -> bool:
    young = row.rotated_at + PREDECESSOR_LIVES > ctx.now
    return young and row.generation == claims.generation + 1


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
