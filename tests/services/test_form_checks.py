"""Every form tells all of its problems at once, each under its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

import anonmsg
from anonmsg.database.tables import Person, SignInSession
from anonmsg.errors import (
    AppError,
    FormRefused,
    IncorrectPassword,
    InvalidBio,
    InvalidDisplayName,
    TooManyAttempts,
)
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import (
    deletions,
    email_changes,
    password_resets,
    profiles,
    sign_ups,
)
from anonmsg.services.form_checks import check_all
from anonmsg.services.sessions import sign_ins, two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD

WRONG = "not the password"
SERVICES = Path(anonmsg.__file__).parent / "services"


@dataclass(frozen=True)
class Form:
    """A form with several fields, filled in with nothing that is right."""

    use_case: Callable[..., Any]
    typed: dict[str, str]
    fields: tuple[str, ...]
    by_owner: bool = True
    by_session: bool = True


# Every form with several fields that can be refused. The module of each is named so that
# the registry below finds a form that is missing here.
FORMS = {
    "account_fields": Form(
        sign_ups.sign_up,
        {"username": "grace", "email": "nonsense", "password": "short", "network": NETWORK},
        ("email", "password", "username"),
        by_owner=False,
    ),
    "profiles": Form(
        profiles.describe,
        {"display_name": "x" * 51, "prompt": "x" * 81, "bio": "x" * 201},
        ("bio", "display_name", "prompt"),
        by_session=False,
    ),
    "email_changes": Form(
        email_changes.request,
        {"email": "nonsense", "password": WRONG},
        ("email", "password"),
    ),
    "password_resets": Form(
        password_resets.change,
        {"current": WRONG, "new": "short"},
        ("new_password", "password"),
    ),
    "deletions": Form(
        deletions.schedule,
        {"username": "grace", "password": WRONG},
        ("password", "username"),
    ),
    "two_factor": Form(
        two_factor.turn_on,
        {"code": "zz", "password": WRONG},
        ("code", "password"),
    ),
}


@pytest.fixture
def ada(ctx: Context) -> Person:
    factories.person(ctx, "grace")
    return factories.person(ctx)


def _session(ctx: Context) -> str:
    sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    with ctx.reading() as db:
        return db.exec(select(SignInSession.id)).one()


@pytest.mark.parametrize("name", FORMS)
def test_all_problems_of_a_form_are_told_at_once(ctx: Context, ada: Person, name: str) -> None:
    form = FORMS[name]
    who = {"owner_id": ada.id} if form.by_owner else {}
    who |= {"session_id": _session(ctx)} if form.by_owner and form.by_session else {}
    with pytest.raises(FormRefused) as refused:
        form.use_case(ctx, **who, **form.typed)
    told = refused.value.by_field()
    assert tuple(sorted(told)) == form.fields
    assert all(told.values())


def test_every_service_that_checks_several_fields_is_among_the_forms() -> None:
    found = {
        file.stem
        for file in SERVICES.rglob("*.py")
        if "check_all(" in file.read_text() and file.stem != "form_checks"
    }
    assert found == set(FORMS)


def test_the_own_address_and_a_wrong_password_are_told_together(ctx: Context, ada: Person) -> None:
    by = {"owner_id": ada.id, "session_id": _session(ctx)}
    with pytest.raises(FormRefused) as refused:
        email_changes.request(ctx, **by, email="ADA@example.com", password=WRONG)
    assert sorted(refused.value.by_field()) == ["email", "password"]


def _refuse(refusal: AppError) -> Callable[[], None]:
    def check() -> None:
        raise refusal

    return check


def test_one_refusal_keeps_its_kind(ctx: Context) -> None:
    with pytest.raises(IncorrectPassword):
        check_all(lambda: 1, _refuse(IncorrectPassword()))


def test_what_is_checked_is_returned_in_its_order() -> None:
    assert check_all(lambda: 1, lambda: "two", lambda: None) == (1, "two", None)


def test_a_refusal_of_the_whole_form_ends_it_at_once(ctx: Context, ada: Person) -> None:
    asked = []
    by = {"owner_id": ada.id, "session_id": _session(ctx)}
    for _ in range(5):
        with pytest.raises(IncorrectPassword):
            deletions.schedule(ctx, **by, username="ada", password=WRONG)
    with pytest.raises(TooManyAttempts):
        deletions.schedule(ctx, **by, username="grace", password=WRONG)
    with pytest.raises(TooManyAttempts):
        check_all(
            _refuse(InvalidBio()),
            _refuse(TooManyAttempts(timedelta(seconds=1))),
            lambda: asked.append("more"),
        )
    assert asked == []


def test_refusals_are_told_in_the_order_of_the_form() -> None:
    with pytest.raises(FormRefused) as refused:
        check_all(_refuse(InvalidDisplayName()), _refuse(InvalidBio()))
    assert list(refused.value.by_field()) == ["display_name", "bio"]
