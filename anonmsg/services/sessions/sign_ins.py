"""Sign-ins: a browser proves who it is, and a session begins."""

from __future__ import annotations

from sqlmodel import col, select, update

from anonmsg import addresses, rules
from anonmsg.database.tables import Person, SignInSession, SignUp
from anonmsg.errors import IncorrectPassword, NotVerified
from anonmsg.mail import letters
from anonmsg.runtime import topics
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.security.tokens import REFRESH_LIVES
from anonmsg.services import outbox
from anonmsg.services.accounts import verification_codes
from anonmsg.services.sessions import credentials, sessions, two_factor
from anonmsg.services.sessions.sessions import TokenPair


def sign_in(
    ctx: Context,
    *,
    identifier: object,
    password: object,
    network: str,
    label: str = "",
    code: object = "",
    may_verify_here: bool = True,
) -> TokenPair:
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
        TwoFactorCodeNeeded: the password is right, and the account wants a code.
        IncorrectTwoFactorCode: the password is right, and the code is not.
        NotVerified: the password of a sign-up whose code was not entered yet.
        TooManyAttempts: too many from this network, or failures for this account.
    """
    ctx.rate_limits.spend("sign_in_minute", network)
    ctx.rate_limits.spend("sign_in_hour", network)
    named = credentials.look_up(ctx, identifier)
    ctx.rate_limits.spend_sign_in(named.account, network)
    found = credentials.whose(ctx, named, password)
    # The password was right. Wrong codes have a count of their own, so that one
    # waiting time is told, and it is the true one.
    ctx.rate_limits.forgive_sign_in(named.account, network)
    if isinstance(found, SignUp):
        raise NotVerified(verification_codes.go_on(ctx, found, elsewhere=may_verify_here))
    two_factor.check(ctx, found, code)
    return _begin(ctx, found, rules.password(password), label)


def _begin(ctx: Context, person: Person, password: str, label: str) -> TokenPair:
    """Begin a sign-in, unless another password was set while this one was compared."""
    row = SignInSession(
        id=new_id(),
        person_id=person.id,
        label=label[:60],
        proved_at=ctx.now,
        created_at=ctx.now,
        rotated_at=ctx.now,
        expires_at=ctx.now + REFRESH_LIVES,
    )
    compared = person.password_hash
    anew = ctx.passwords.kept_or_anew(compared, password)
    while not _has_begun(ctx, row, person.id, compared, anew):
        # It may be the same one, hashed anew by another sign-in.
        with ctx.reading() as db:
            found = db.exec(select(Person.password_hash).where(Person.id == person.id)).first()
        if found is None or not ctx.passwords.fits(password, found):
            raise IncorrectPassword
        compared = anew = found
    return sessions.issue(ctx, row, 0)


def _has_begun(ctx: Context, row: SignInSession, person_id: str, compared: str, anew: str) -> bool:
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
    settings_url = addresses.link(ctx.settings.site, addresses.SETTINGS)
    outbox.post(
        ctx, letters.deletion_undone(to=email, username=username, settings_url=settings_url)
    )
    ctx.announce(topics.page_of(key))
