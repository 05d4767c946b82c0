"""The second factor: after the password, a code from an authenticator app.

The app and the server share a secret and the time (TOTP, RFC 6238). Each of its codes
works once, and so does each recovery code; only digests of recovery codes are stored.
"""

from __future__ import annotations

import pyotp
from sqlmodel import col

from anonmsg import addresses, rules
from anonmsg.database.tables import Person
from anonmsg.errors import (
    IncorrectTwoFactorCode,
    NotSignedIn,
    TwoFactorChanged,
    TwoFactorCodeNeeded,
)
from anonmsg.mail import letters
from anonmsg.public import TwoFactor, TwoFactorSetup
from anonmsg.runtime.context import Context
from anonmsg.security import totp
from anonmsg.services import counters, outbox
from anonmsg.services.form_checks import check_all
from anonmsg.services.sessions import reauthentication, recovery_codes, totp_secrets


def state(ctx: Context, *, owner_id: str) -> TwoFactor:
    """Return the two-factor status for the settings page.

    Raises:
        NotSignedIn: the account is gone.
    """
    with ctx.reading() as db:
        person = db.get(Person, owner_id)
        left = recovery_codes.left(ctx, person_id=owner_id)
    if person is None:
        raise NotSignedIn
    return TwoFactor(person.totp_on_at is not None, left)


def begin(ctx: Context, *, owner_id: str, session_id: str, password: object = "") -> TwoFactorSetup:
    """Make the secret for setting up an authenticator app, without turning it on yet.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were too many wrong passwords.
        TwoFactorChanged: it is already on.
    """
    reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, password=password)
    secret = pyotp.random_base32()
    bound_to = totp_secrets.in_one_browser(owner_id, session_id)
    sealed = ctx.keyring.seal.close(secret.encode(), bound_to=bound_to)
    with ctx.writing() as db:
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        totp_secrets.change(ctx, owner_id, ~totp_secrets.IS_ON, totp_sealed=sealed)
        username = db.get_one(Person, owner_id).username
    link = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="anonmsg")
    return TwoFactorSetup(secret, link)


def turn_on(
    ctx: Context, *, owner_id: str, session_id: str, code: object, password: object = ""
) -> list[str]:
    """Turn two-factor on, once the app has shown a right code.

    This works only in the browser that began the setup, so that a setup somebody left
    unfinished elsewhere can't be turned on here unnoticed. It also needs a recent
    password check, so that nobody else can complete a setup page that was left open.

    Returns:
        The recovery codes, which are stored nowhere else.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TwoFactorCodeNeeded: no code was typed.
        IncorrectTwoFactorCode: the code doesn't match the latest secret.
        FormRefused: the password is refused, and no code at all was typed, or none that is one.
        TooManyAttempts: there were five wrong codes or passwords within 15 minutes.
        TwoFactorChanged: it is already on, or setup began in another browser.
    """
    # The code is compared only once the password is right.
    typed, _none = check_all(
        lambda: _typed(code),
        lambda: reauthentication.require(
            ctx, owner_id=owner_id, session_id=session_id, password=password
        ),
    )
    _count(ctx, owner_id)
    with ctx.writing() as db:
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        person = db.get(Person, owner_id)
        if person is None or person.totp_on_at is not None:
            raise TwoFactorChanged
        secret = totp_secrets.begun(ctx, person, session_id)
        step = totp.step_of(typed, secret=secret, now=ctx.now)
        if step is None:
            raise IncorrectTwoFactorCode
        same = col(Person.totp_sealed) == person.totp_sealed
        sealed = ctx.keyring.seal.close(secret.encode(), bound_to=totp_secrets.in_use(owner_id))
        values = {"totp_sealed": sealed, "totp_step": step, "totp_on_at": ctx.now}
        totp_secrets.change(ctx, owner_id, ~totp_secrets.IS_ON & same, **values)
        counters.forget(ctx, "second factor", owner_id)
        outbox.post(ctx, letters.new_sign_in_method(**_about(ctx, person)))
        return recovery_codes.replace_all(ctx, person_id=owner_id)


def new_recovery_codes(
    ctx: Context, *, owner_id: str, session_id: str, password: object = ""
) -> list[str]:
    """Make ten recovery codes; the earlier ones stop working.

    Raises:
        ReauthenticationNeeded: the last password check is too old, and no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were too many wrong passwords.
        TwoFactorChanged: it is off.
    """
    reauthentication.require(ctx, owner_id=owner_id, session_id=session_id, password=password)
    with ctx.writing() as db:
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        # Of two simultaneous requests, the second waits here for the first one's codes.
        totp_secrets.change(ctx, owner_id, totp_secrets.IS_ON, totp_on_at=Person.totp_on_at)
        person = db.get_one(Person, owner_id)
        outbox.post(ctx, letters.new_recovery_codes(**_about(ctx, person)))
        return recovery_codes.replace_all(ctx, person_id=owner_id)


def turn_off(ctx: Context, *, owner_id: str, session_id: str, password: object) -> None:
    """Turn two-factor off; the password is required however recent the last check is.

    Raises:
        ReauthenticationNeeded: no password was given.
        IncorrectPassword: the password is wrong.
        TooManyAttempts: there were too many wrong passwords.
        TwoFactorChanged: it is already off.
    """
    reauthentication.require(
        ctx, owner_id=owner_id, session_id=session_id, password=password, always=True
    )
    with ctx.writing():
        reauthentication.require_live_session(ctx, owner_id=owner_id, session_id=session_id)
        disable(ctx, person_id=owner_id)


def disable(ctx: Context, *, person_id: str) -> None:
    """Turn two-factor off and tell the owner by email, within the caller's transaction.

    Raises:
        TwoFactorChanged: it is already off.
    """
    off = {"totp_sealed": None, "totp_step": 0, "totp_on_at": None}
    totp_secrets.change(ctx, person_id, totp_secrets.IS_ON, **off)
    recovery_codes.withdraw(ctx, person_id=person_id)
    person = ctx.db.get_one(Person, person_id)
    outbox.post(ctx, letters.two_factor_off(**_about(ctx, person)))


def check(ctx: Context, person: Person, code: object) -> None:
    """Require the second factor after a right password: an app code or a recovery code.

    Raises:
        TwoFactorCodeNeeded: it is on, and no code was typed.
        IncorrectTwoFactorCode: the code matches neither, or was used before.
        TooManyAttempts: there were five wrong codes within 15 minutes.
    """
    if person.totp_on_at is None:
        return
    typed = _typed(code)
    # Count and commit before comparing, so that only five of a hundred simultaneous attempts
    # are compared.
    _count(ctx, person.id)
    with ctx.writing():
        used = totp_secrets.use_code(ctx, person.id, typed)
        if not used and not recovery_codes.use(ctx, person_id=person.id, typed=typed):
            raise IncorrectTwoFactorCode
        counters.forget(ctx, "second factor", person.id)


def _typed(code: object) -> str:
    if typed := rules.two_factor_code(code):
        return typed
    raise TwoFactorCodeNeeded


def _count(ctx: Context, person_id: str) -> None:
    with ctx.writing():
        counters.spend(
            ctx,
            "second factor",
            person_id,
            limit=reauthentication.TRIES,
            period=reauthentication.TRIES_PERIOD,
        )


def _about(ctx: Context, person: Person) -> dict[str, str]:
    settings_url = addresses.link(ctx.settings.site, addresses.SETTINGS)
    return {"to": person.email, "username": person.username, "settings_url": settings_url}
