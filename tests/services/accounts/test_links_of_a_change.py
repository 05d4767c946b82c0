"""The links that are on their way when an address changes: which of them live on."""

from __future__ import annotations

import pytest

from anonmsg.database.tables import Person
from anonmsg.errors import LinkExpired
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.accounts import email_changes, password_resets
from anonmsg.services.sessions import sign_ins, token_pairs
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import FakeMailer

OLD, NEW, LATER = "ada@example.com", "new@example.org", "later@example.org"
ANOTHER = "moss kettle violin zebra"


@pytest.fixture
def me(ctx: Context) -> dict[str, str]:
    ada: Person = factories.person(ctx)
    pair = sign_ins.sign_in(ctx, identifier="ada", password=PASSWORD, network=NETWORK)
    session_id = token_pairs.id_from_tokens(ctx, access=pair.access, refresh="")
    return {"owner_id": ada.id, "session_id": session_id}


def mailed(ctx: Context, mailer: FakeMailer, page: str) -> str:
    while outbox.deliver_next(ctx):
        pass
    return mailer.last_link(page)


def asked(ctx: Context, mailer: FakeMailer, me: dict[str, str], to: str) -> str:
    """The secret of the link to a new address."""
    email_changes.request(ctx, **me, email=to)
    return mailed(ctx, mailer, "confirm-email")


def forgotten(ctx: Context, mailer: FakeMailer, email: str) -> str:
    """The secret of a link to a new password, mailed to the account's address."""
    password_resets.request(ctx, email=email, network=NETWORK)
    return mailed(ctx, mailer, "reset-password")


def is_dead(ctx: Context, reset: str) -> bool:
    try:
        password_resets.reset(ctx, link=reset, password=ANOTHER, network=NETWORK)
    except LinkExpired:
        return True
    return False


def test_of_two_links_to_one_address_either_works(
    ctx: Context, mailer: FakeMailer, me: dict[str, str]
) -> None:
    first, _second = asked(ctx, mailer, me, NEW), asked(ctx, mailer, me, NEW)
    email_changes.confirm(ctx, link=first, network=NETWORK)
    assert mailed(ctx, mailer, "undo-email")


def test_a_changed_address_ends_the_links_of_before(
    ctx: Context, mailer: FakeMailer, me: dict[str, str]
) -> None:
    reset = forgotten(ctx, mailer, OLD)
    twice = [asked(ctx, mailer, me, NEW) for _ in range(2)]
    email_changes.confirm(ctx, link=twice[0], network=NETWORK)
    with pytest.raises(LinkExpired):
        email_changes.confirm(ctx, link=twice[1], network=NETWORK)
    assert is_dead(ctx, reset)


def test_an_undone_address_ends_the_links_of_after_the_change(
    ctx: Context, mailer: FakeMailer, me: dict[str, str]
) -> None:
    email_changes.confirm(ctx, link=asked(ctx, mailer, me, NEW), network=NETWORK)
    undo = mailed(ctx, mailer, "undo-email")
    reset, later = forgotten(ctx, mailer, NEW), asked(ctx, mailer, me, LATER)
    email_changes.undo(ctx, link=undo, network=NETWORK)
    with pytest.raises(LinkExpired):
        email_changes.confirm(ctx, link=later, network=NETWORK)
    assert is_dead(ctx, reset)
