"""Equal work: what is hashed, compared and sealed never hangs on whether there is an account.

Counted and not timed: a count cannot be wrong on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import bcrypt
import pytest
from sqlmodel import func, select, update

from anonmsg.database.tables import HeldUsername, Mail, Person, SignUp
from anonmsg.errors import (
    FormRefused,
    IncorrectPassword,
    NotVerified,
    TooManyAttempts,
    UserNotFound,
)
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.security.seals import Seal
from anonmsg.services.accounts import password_resets
from anonmsg.services.sessions import sign_ins
from tests import factories
from tests.factories import NETWORK, PASSWORD

WRONG = "not the password of anybody"
# As long as the address that has an account, so that their mails are as well.
REGISTERED, UNKNOWN = "holder@example.com", "others@example.com"


@dataclass
class Work:
    """The costs of all that bcrypt has been asked for, which it still does."""

    hashed: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)

    def begin_anew(self) -> None:
        self.hashed.clear()
        self.compared.clear()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Watches bcrypt itself, below whatever of ours might leave a compare out."""
    seen, compare, make = Work(), bcrypt.checkpw, bcrypt.hashpw

    def checkpw(password: bytes, hashed: bytes) -> bool:
        seen.compared.append(hashed[:7].decode())
        return compare(password, hashed)

    def hashpw(password: bytes, salt: bytes) -> bytes:
        seen.hashed.append(salt[:7].decode())
        return make(password, salt)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    monkeypatch.setattr(bcrypt, "hashpw", hashpw)
    return seen


def nobody(_ctx: Context) -> None:
    """Leave the address unknown."""


def somebody(ctx: Context) -> None:
    factories.person(ctx, "holder")


def somebody_banned(ctx: Context) -> None:
    somebody(ctx)
    with ctx.writing() as db:
        db.exec(update(Person).values(banned_at=ctx.now))


def a_sign_up(ctx: Context) -> None:
    factories.sign_up(ctx, "holder")


def both(ctx: Context) -> None:
    ctx.settings = ctx.settings.model_copy(update={"hide_registered_emails": True})
    factories.person(ctx, "holder")
    factories.sign_up(ctx, "waiting", email=REGISTERED)


@pytest.mark.parametrize("known", [nobody, somebody, somebody_banned, a_sign_up, both])
@pytest.mark.parametrize("typed", [PASSWORD, WRONG])
def test_by_address_two_passwords_are_always_compared(
    ctx: Context, work: Work, known: Callable[[Context], None], typed: str
) -> None:
    known(ctx)
    work.begin_anew()
    try:
        sign_ins.sign_in(ctx, identifier=REGISTERED, password=typed, network=NETWORK)
    except (IncorrectPassword, NotVerified):
        is_let_in = False
    else:
        is_let_in = True
    assert is_let_in == (typed == PASSWORD and known in {somebody, both})
    assert work == Work(hashed=[], compared=["$2b$04$"] * 2)


@pytest.mark.parametrize(("known", "compares"), [(nobody, 0), (somebody, 1), (a_sign_up, 1)])
def test_by_username_one_password_is_compared_where_there_is_one(
    ctx: Context, work: Work, known: Callable[[Context], None], compares: int
) -> None:
    known(ctx)
    work.begin_anew()
    with pytest.raises(IncorrectPassword if compares else UserNotFound):
        sign_ins.sign_in(ctx, identifier="holder", password=WRONG, network=NETWORK)
    assert work == Work(hashed=[], compared=["$2b$04$"] * compares)


def rows(ctx: Context) -> tuple[int, ...]:
    """How many sign-ups, names and mails there are."""
    with ctx.reading() as db:
        tables = (SignUp, HeldUsername, Mail)
        return tuple(db.exec(select(func.count()).select_from(each)).one() for each in tables)


def test_where_addresses_are_hidden_a_sign_up_costs_the_same_for_each(
    runtime: Runtime, ctx: Context, work: Work
) -> None:
    ctx.settings = ctx.settings.model_copy(update={"hide_registered_emails": True})
    somebody(ctx)
    found = []
    for username, email in (("eve_1", REGISTERED), ("eve_2", UNKNOWN)):
        work.begin_anew()
        before = rows(ctx)
        factories.sign_up(ctx, username, email=email)
        assert work == Work(hashed=["$2b$04$"], compared=[])
        found.append([after - earlier for earlier, after in zip(before, rows(ctx), strict=True)])
    assert found == [[1, 1, 1]] * 2


@pytest.mark.parametrize(("username", "email"), [("eve", REGISTERED), ("holder", UNKNOWN)])
def test_where_they_are_not_what_is_taken_is_refused_before_the_hash(
    ctx: Context, work: Work, username: str, email: str
) -> None:
    somebody(ctx)
    work.begin_anew()
    with pytest.raises(FormRefused):
        factories.sign_up(ctx, username, email=email)
    assert work == Work()


def test_a_sign_up_that_is_one_too_many_is_refused_before_the_hash(
    ctx: Context, work: Work
) -> None:
    for number in range(3):
        factories.sign_up(ctx, f"name_{number}", email=UNKNOWN)
    work.begin_anew()
    with pytest.raises(TooManyAttempts):
        factories.sign_up(ctx, "name_3", email=UNKNOWN)
    assert work == Work()


def test_a_sign_in_that_is_one_too_many_is_refused_before_the_compare(
    ctx: Context, work: Work
) -> None:
    somebody(ctx)
    asked = {"identifier": "holder", "password": WRONG, "network": NETWORK}
    for _ in range(5):
        with pytest.raises(IncorrectPassword):
            sign_ins.sign_in(ctx, **asked)
    work.begin_anew()
    with pytest.raises(TooManyAttempts):
        sign_ins.sign_in(ctx, **asked)
    assert work == Work()


class SealThatCounts(Seal):
    """Notes how much it has closed."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret)
        self.closed: list[int] = []

    def close(self, plain: bytes, *, bound_to: str) -> bytes:
        self.closed.append(len(plain))
        return super().close(plain, bound_to=bound_to)


def test_whoever_forgot_a_password_costs_the_same_with_and_without_an_account(
    runtime: Runtime, work: Work
) -> None:
    with runtime.context() as ctx:
        # What stands for the name of nobody is as long as this one's.
        factories.person(ctx, "somebody", password=PASSWORD)
    found = []
    for email in ("somebody@example.com", "nobodyat@example.com"):
        seal = SealThatCounts("a secret of this test")
        with runtime.context() as ctx:
            ctx.keyring = replace(ctx.keyring, seal=seal)
            before, work.compared[:], work.hashed[:] = rows(ctx), [], []
            password_resets.request(ctx, email=email, network=NETWORK)
            made = [after - earlier for earlier, after in zip(before, rows(ctx), strict=True)]
            found.append((seal.closed, made, ctx.mail_waits))
        assert work == Work()
    assert found[0] == found[1]
    sealed, made, wakes_the_sender = found[0]
    assert (len(sealed), made, wakes_the_sender) == (1, [0, 0, 1], True)
