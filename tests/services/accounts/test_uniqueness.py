"""A taken username or email is refused by name; any other database error isn't hidden."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select, update

from anonmsg.database.tables import Person, SignUp
from anonmsg.errors import AppError, EmailTaken, UsernameTaken
from anonmsg.runtime.context import Context
from anonmsg.services import operators, outbox
from anonmsg.services.accounts import email_changes, profiles, verifications
from anonmsg.services.sessions import sign_ins, token_pairs
from tests import factories
from tests.broken import refuse_rows
from tests.fakes import FakeMailer

# What someone does to get grace's username and email.
Deed = Callable[[], object]
Begun = Callable[[Context, FakeMailer], Deed]


def create_user(ctx: Context, _mailer: FakeMailer) -> Deed:
    """An operator creates her account."""
    her = {"username": "grace", "email": "grace@example.com", "password": factories.PASSWORD}
    return lambda: operators.create_user(ctx, **her)


def verify(ctx: Context, mailer: FakeMailer) -> Deed:
    """Her sign-up is verified."""
    browser = factories.sign_up(ctx, "grace")
    code = mailer.last_code()
    return lambda: verifications.by_code(ctx, browser=browser, code=code, network="n")


def rename(ctx: Context, _mailer: FakeMailer) -> Deed:
    """Ada takes her name."""
    ada = factories.person(ctx, "ada")
    return lambda: profiles.rename(ctx, owner_id=ada.id, username="grace")


def change_email(ctx: Context, mailer: FakeMailer) -> Deed:
    """Ada takes her email."""
    ada = factories.person(ctx, "ada")
    who = {"identifier": "ada", "password": factories.PASSWORD, "network": "n"}
    here = token_pairs.id_from_tokens(ctx, access=sign_ins.sign_in(ctx, **who).access, refresh="")
    email_changes.request(ctx, owner_id=ada.id, session_id=here, email="grace@example.com")
    while outbox.deliver_next(ctx):
        pass
    [link] = re.findall(r"#(\S{43})", mailer.letters[-1].text)
    return lambda: email_changes.confirm(ctx, link=link, network="n")


ADDRESS = {"email": "grace@example.com", "email_key": "grace@example.com"}
NAME = {"username": "Grace", "username_key": "grace"}


def taken(ctx: Context, fields: dict[str, str]) -> None:
    """Give her name or email to someone else, only in the people table."""
    hopper = factories.person(ctx, "hopper")
    with ctx.writing() as db:
        db.exec(update(Person).where(Person.id == hopper.id).values(**fields))


@pytest.mark.parametrize(
    ("begin", "fields", "refusal"),
    [
        (create_user, ADDRESS, EmailTaken),
        (create_user, NAME, UsernameTaken),
        (verify, ADDRESS, EmailTaken),
        (verify, NAME, UsernameTaken),
        (rename, NAME, UsernameTaken),
        (change_email, ADDRESS, EmailTaken),
    ],
)
def test_each_thing_that_is_taken_is_refused_by_its_name(
    ctx: Context,
    mailer: FakeMailer,
    begin: Begun,
    fields: dict[str, str],
    refusal: type[AppError],
) -> None:
    deed = begin(ctx, mailer)
    taken(ctx, fields)
    with pytest.raises(refusal) as told:
        deed()
    assert type(told.value) is refusal


@pytest.mark.parametrize("begin", [create_user, verify, rename, change_email])
def test_another_constraint_is_not_reported_as_taken(
    ctx: Context, mailer: FakeMailer, begin: Begun
) -> None:
    deed = begin(ctx, mailer)
    refuse_rows(ctx, "people", "no email_key fits")
    with pytest.raises(IntegrityError):
        deed()


@pytest.mark.parametrize(("fields", "tries"), [(NAME, 0), (ADDRESS, 1)])
def test_only_a_taken_username_gives_the_try_back(
    ctx: Context, mailer: FakeMailer, fields: dict[str, str], tries: int
) -> None:
    deed = verify(ctx, mailer)
    taken(ctx, fields)
    with pytest.raises(AppError):
        deed()
    with ctx.reading() as db:
        assert db.exec(select(SignUp.code_tries)).one() == tries
