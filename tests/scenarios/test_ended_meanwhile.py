"""What a sign-in began and somebody else ended, between the password and the act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import NotSignedIn
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.passwords import Passwords
from anonmsg.services import operators
from anonmsg.services.sessions import sessions, sign_ins, two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD


class Meanwhile(Passwords):
    """Compares, and lets something happen before it answers."""

    def __init__(self, runtime: Runtime, happens: Callable[[], object]) -> None:
        super().__init__(runtime.settings.pepper.get_secret_value(), cost=4)
        self._happens = happens

    def fits(self, password: str, stored: str | None) -> bool:
        found = super().fits(password, stored)
        self._happens()
        return found


def test_a_second_factor_is_not_turned_on_by_a_sign_in_that_has_just_ended(
    runtime: Runtime,
) -> None:
    with runtime.context() as ctx:
        ada = factories.person(ctx)
        pair = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
        session_id = ctx.keyring.tokens.read_access(pair.access, now=ctx.now)
        me = {"owner_id": ada.id, "session_id": session_id}
        app = pyotp.TOTP(two_factor.begin(ctx, **me).secret)

    def end() -> None:
        with runtime.context() as other:
            operators.end_sessions(other, person_id=ada.id)

    with runtime.context() as ctx:
        ctx.keyring = replace(ctx.keyring, passwords=Meanwhile(runtime, end))
        with pytest.raises(NotSignedIn):
            two_factor.turn_on(ctx, **me, code=app.at(ctx.now), password=PASSWORD)
    with runtime.context() as ctx, ctx.reading() as db:
        assert db.get_one(Person, ada.id).totp_on_at is None
        assert sessions.find_alive(ctx, session_id) is None
