"""The pages that emailed links about an address open: anyone with the link may use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.security.codes import new_id
from anonmsg.security.tokens import REFRESH_LIVES
from anonmsg.services import outbox
from anonmsg.services.accounts import email_changes
from tests import factories
from tests.fakes import FakeMailer
from tests.payloads import JUNK
from tests.tabs import Tab

DEAD = "This link has expired or been used. Request a new one."


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _asked(ctx: Context, mailer: FakeMailer, ada: Person) -> str:
    here = SignInSession(
        id=new_id(),
        person_id=ada.id,
        proved_at=ctx.now,
        created_at=ctx.now,
        rotated_at=ctx.now,
        expires_at=ctx.now + REFRESH_LIVES,
    )
    with ctx.writing() as db:
        db.add(here)
    email_changes.request(ctx, owner_id=ada.id, session_id=here.id, email="new@example.org")
    while outbox.deliver_next(ctx):
        pass
    return mailer.last_link("confirm-email")


async def test_a_link_confirms_and_another_undoes_without_a_sign_in(
    tab: Callable[..., Tab], ctx: Context, ada: Person, mailer: FakeMailer
) -> None:
    page = await tab("/confirm-email").load()
    await page.ask("email_link.confirm", form={"link": _asked(ctx, mailer, ada)})
    assert (page.shows("email_link.done"), page.shows("email_link.error")) == (True, "")
    while outbox.deliver_next(ctx):
        pass
    other = await tab("/undo-email").load()
    await other.ask("email_link.undo", form={"link": mailer.last_link("undo-email")})
    assert other.shows("email_link.done") is True
    with ctx.reading() as db:
        db.expire_all()
        assert db.get_one(Person, ada.id).email == "ada@example.com"


@pytest.mark.parametrize("handler", ["confirm", "undo"])
async def test_what_is_no_link_is_told(tab: Callable[..., Tab], handler: str) -> None:
    for junk in JUNK[:12]:
        page = await tab("/confirm-email", network=f"network of {junk!r}"[:40]).load()
        await page.ask(f"email_link.{handler}", form={"link": junk})
        assert page.shows("email_link.error") == DEAD, junk
        assert (page.shows("email_link.done"), page.shows("email_link.busy")) == (False, False)
