"""A new PEPPER with the previous one kept: nobody is locked out."""

from __future__ import annotations

import secrets

import pyotp
import pytest
from pydantic import SecretStr
from sqlmodel import select

from anonmsg.config import BadSettings
from anonmsg.database.tables import Message, Person, RecoveryCode
from anonmsg.errors import IncorrectPassword, IncorrectTwoFactorCode
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.keyring import Keyring
from anonmsg.services import outbox, peppers
from anonmsg.services.accounts import password_resets, sign_ups, verifications
from anonmsg.services.sessions import sessions, sign_ins, two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import FakeMailer
from tests.races import contexts_at_once

NEW = "purple ladder sings loudly"


def restart(runtime: Runtime) -> None:
    """Do what a start does about the PEPPER, without its background tasks."""
    runtime.keyring = Keyring.of(runtime.settings, cost=4)
    with runtime.context() as ctx:
        peppers.check(ctx)
        peppers.renew(ctx)


def replace_pepper(runtime: Runtime) -> None:
    """Restart with a new PEPPER, keeping the earlier ones."""
    was = (runtime.settings.pepper, *runtime.settings.previous_peppers)
    changed = {"pepper": SecretStr(secrets.token_hex(32)), "previous_peppers": was}
    runtime.settings = runtime.settings.model_copy(update=changed)
    restart(runtime)


def drop_previous(runtime: Runtime) -> None:
    runtime.settings = runtime.settings.model_copy(update={"previous_peppers": ()})
    restart(runtime)


def sign_in(runtime: Runtime, code: str = "", password: str = PASSWORD) -> sessions.SignedIn:
    with runtime.context() as ctx:
        pair = sign_ins.sign_in(
            ctx, identifier="ada", password=password, network=NETWORK, code=code
        )
        session_id = ctx.keyring.tokens.read_access(pair.access, now=ctx.now)
        return sessions.current(ctx, session_id=session_id)


def needed(runtime: Runtime) -> tuple[int, int]:
    with runtime.context() as ctx, ctx.reading():
        found = peppers.still_needed(ctx)
    return found.passwords, found.recovery_codes


@pytest.fixture
def ada(runtime: Runtime, ctx: Context) -> Person:
    restart(runtime)
    return factories.person(ctx, "ada")


def test_a_password_of_before_fits_and_is_hashed_anew(runtime: Runtime, ada: Person) -> None:
    replace_pepper(runtime)
    assert needed(runtime) == (1, 0)
    with pytest.raises(IncorrectPassword):
        sign_in(runtime, password="another one altogether")
    assert needed(runtime) == (1, 0)
    assert sign_in(runtime).username == "ada"
    assert needed(runtime) == (0, 0)
    drop_previous(runtime)
    assert sign_in(runtime).username == "ada"


def test_many_sign_ins_at_once_are_all_let_in(runtime: Runtime, ada: Person) -> None:
    replace_pepper(runtime)

    def one(ctx: Context, number: int) -> bool:
        asked = {"identifier": "ada", "password": PASSWORD}
        return bool(sign_ins.sign_in(ctx, network=f"n{number}", **asked))

    assert contexts_at_once(runtime, 8, one) == [True] * 8
    assert needed(runtime) == (0, 0)


def test_the_peppers_of_two_rotations_ago_are_known(runtime: Runtime, ada: Person) -> None:
    replace_pepper(runtime)
    replace_pepper(runtime)
    assert sign_in(runtime).username == "ada"


def test_a_pepper_that_is_still_needed_is_missed_at_the_start(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    replace_pepper(runtime)
    with runtime.context() as later:
        factories.person(later, "grace")
    with pytest.raises(BadSettings) as refusal:
        drop_previous(runtime)
    assert refusal.value.problems == [peppers.MISSING_PEPPER.format(people=1)]


def test_a_two_factor_outlives_the_pepper_that_sealed_it(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    app, codes = factories.two_factor(ctx, ada)
    replace_pepper(runtime)
    assert sign_in(runtime, code=codes[0]).username == "ada"
    assert needed(runtime) == (0, 1)
    drop_previous(runtime)
    assert sign_in(runtime, code=app.at(ctx.now)).username == "ada"
    with pytest.raises(IncorrectTwoFactorCode):
        sign_in(runtime, code=codes[1])


def test_one_that_is_being_set_up_can_be_finished(
    runtime: Runtime, ctx: Context, ada: Person
) -> None:
    me = {"owner_id": ada.id, "session_id": sign_in(runtime).session_id}
    code = pyotp.TOTP(two_factor.begin(ctx, **me).secret).at(ctx.now)
    replace_pepper(runtime)
    with runtime.context() as later:
        two_factor.turn_on(later, **me, code=code)
        with later.reading() as db:
            assert {row.pepper_id for row in db.exec(select(RecoveryCode))} == {
                later.keyring.passwords.pepper_id
            }


def test_a_link_in_a_mail_works(runtime: Runtime, ada: Person, mailer: FakeMailer) -> None:
    with runtime.context() as ctx:
        password_resets.request(ctx, email=ada.email, network=NETWORK)
    replace_pepper(runtime)
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
        link = mailer.last_link("reset-password")
        password_resets.reset(ctx, link=link, password=NEW, network=NETWORK)
    assert needed(runtime) == (0, 0)
    assert sign_in(runtime, password=NEW).username == "ada"


@pytest.mark.parametrize("way", ["code", "link"])
def test_a_sign_up_can_be_verified(runtime: Runtime, mailer: FakeMailer, way: str) -> None:
    restart(runtime)
    with runtime.context() as ctx:
        browser = factories.sign_up(ctx, "ada")
    replace_pepper(runtime)
    with runtime.context() as ctx:
        assert sign_ups.pending(ctx, browser=browser).username == "ada"
        given = {"browser": browser, "network": NETWORK}
        if way == "code":
            verifications.by_code(ctx, code=mailer.last_code(), **given)
        else:
            verifications.by_link(ctx, link=mailer.last_link("verify"), **given)
    assert sign_in(runtime).username == "ada"


def test_a_message_that_is_sent_again_is_not_kept_twice(runtime: Runtime, ada: Person) -> None:
    for _ in range(2):
        with runtime.context() as ctx:
            factories.send(ctx, username="ada", content="Hello", key="k" * 22, network=NETWORK)
        replace_pepper(runtime)
    with runtime.context() as ctx, ctx.reading() as db:
        assert len(db.exec(select(Message)).all()) == 1
