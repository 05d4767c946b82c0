"""Each form submitted twice at once: the change is made once, and no error appears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlmodel import select

from anonmsg.database.tables import MailedLink, Person, RecoveryCode
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from anonmsg.services.accounts import email_changes, password_resets
from anonmsg.services.sessions import two_factor
from tests import factories
from tests.factories import NETWORK, PASSWORD
from tests.fakes import FakeMailer
from tests.tabs import STATES, Tab

NEW = "moss kettle violin zebra"


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
async def page(tab: Callable[..., Tab], ada: Person, ctx: Context) -> Tab:
    """Ada's settings, just after she typed her password."""
    opened = await tab("/settings", "ada").load()
    proof = {"password": PASSWORD}
    two_factor.begin(ctx, owner_id=ada.id, session_id=opened.session_id, **proof)
    return opened


async def twice(page: Tab, handler: str, **form: Any) -> None:
    state, name = handler.split(".")
    for _ in range(2):
        await page.enqueue(f"{STATES[state]}.{name}", form=form)
    await page.site.settle()


async def from_two_tabs(first: Tab, second: Tab, handler: str, **form: Any) -> None:
    state, name = handler.split(".")
    for each in (first, second):
        await each.enqueue(f"{STATES[state]}.{name}", form=form)
    await first.site.settle()


def stored(ctx: Context) -> Person:
    with ctx.reading() as db:
        db.expire_all()
        return db.exec(select(Person)).one()


def subjects(ctx: Context, mailer: FakeMailer) -> list[str]:
    """The subjects of all outgoing emails."""
    while outbox.deliver_next(ctx):
        pass
    return [letter.subject for letter in mailer.letters]


async def test_a_profile_is_saved(page: Tab, ctx: Context) -> None:
    await twice(page, "settings.describe", display_name="Ada L.", bio="Counting")
    assert page.shows("settings.said") == {"profile": "Saved"}
    assert page.shows("settings.errors") == {}
    assert stored(ctx).display_name == "Ada L."


async def test_a_name_is_taken_and_not_refused_as_changed_lately(page: Tab, ctx: Context) -> None:
    await twice(page, "settings.rename", username="countess")
    for _ in range(2):
        await page.enqueue(f"{STATES['settings']}.confirm_rename")
    await page.site.settle()
    assert page.shows("settings.errors") == {}
    assert page.shows("settings.said")["username"].startswith("Your page is now countess.")
    assert stored(ctx).username == "countess"


async def test_either_mail_to_a_new_address_confirms_it(
    page: Tab, ctx: Context, mailer: FakeMailer
) -> None:
    await twice(page, "settings.change_email", email="new@example.org")
    assert page.shows("settings.errors") == {}
    subjects(ctx, mailer)
    first, second = [letter.text.partition("confirm-email#")[2][:43] for letter in mailer.letters]
    assert first != second
    email_changes.confirm(ctx, link=first, network=NETWORK)
    assert stored(ctx).email == "new@example.org"


async def test_a_password_is_changed_once(
    page: Tab, tab: Callable[..., Tab], ctx: Context, mailer: FakeMailer
) -> None:
    other = await tab("/settings", "ada").load()
    form = {"password": PASSWORD, "new_password": NEW}
    await from_two_tabs(page, other, "settings.change_password", **form)
    told = [page.shows("settings.said"), other.shows("settings.said")]
    assert [bool(each) for each in told].count(True) == 1
    assert ctx.keyring.passwords.fits(NEW, stored(ctx).password_hash)
    assert len(subjects(ctx, mailer)) == 1


async def test_a_browser_is_ended_and_not_missed(page: Tab, tab: Callable[..., Tab]) -> None:
    other = await tab("/dashboard", "ada").load()
    await twice(page, "settings.end_session", session=other.session_id)
    assert page.shows("settings.errors") == {}
    assert page.shows("settings.said") == {"sessions": "That browser is signed out."}
    assert len(page.shows("settings.sessions")) == 1


async def test_the_secret_on_the_screen_is_the_one_that_counts(page: Tab, ctx: Context) -> None:
    await twice(page, "two_factor.begin", password=PASSWORD)
    app = pyotp.parse_uri(page.shows("two_factor.app_link"))
    assert isinstance(app, pyotp.TOTP)
    await page.ask("two_factor.turn_on", form={"code": app.at(ctx.now)})
    assert page.shows("two_factor.is_on") is True


async def test_the_recovery_codes_on_the_screen_work(
    page: Tab, ctx: Context, mailer: FakeMailer
) -> None:
    await page.ask("two_factor.begin", form={"password": PASSWORD})
    app = pyotp.parse_uri(page.shows("two_factor.app_link"))
    assert isinstance(app, pyotp.TOTP)
    await twice(page, "two_factor.turn_on", code=app.at(ctx.now))
    assert page.shows("two_factor.errors") in (None, {})
    assert page.shows("two_factor.said") == {"two-factor": "Two-factor sign-in is on."}
    two_factor.check(ctx, stored(ctx), page.shows("two_factor.codes").splitlines()[0])
    assert len(subjects(ctx, mailer)) == 1

    await twice(page, "two_factor.renew_codes", password=PASSWORD)
    two_factor.check(ctx, stored(ctx), page.shows("two_factor.codes").splitlines()[9])
    with ctx.reading() as db:
        assert len(db.exec(select(RecoveryCode)).all()) == 9

    await twice(page, "two_factor.turn_off", password=PASSWORD)
    assert page.shows("two_factor.errors") == {}
    assert page.shows("two_factor.said") == {"two-factor": "Two-factor sign-in is off."}
    assert stored(ctx).totp_on_at is None


async def test_either_mail_about_a_forgotten_password_opens_the_way(
    tab: Callable[..., Tab], ada: Person, ctx: Context, mailer: FakeMailer
) -> None:
    page = await tab("/forgot-password").load()
    await twice(page, "forgot_password.submit", email=ada.email)
    assert page.shows("forgot_password.errors") == {}
    assert page.shows("forgot_password.notice") == password_resets.request_answer()
    subjects(ctx, mailer)
    first = mailer.letters[0].text.partition("reset-password#")[2][:43]
    password_resets.reset(ctx, link=first, password=NEW, network=NETWORK)
    with ctx.reading() as db:
        assert db.exec(select(MailedLink)).all() == []


@pytest.mark.parametrize("handler", ["confirm", "undo"])
async def test_a_link_does_its_work_and_is_not_called_dead(
    tab: Callable[..., Tab], page: Tab, ctx: Context, mailer: FakeMailer, handler: str
) -> None:
    await page.ask("settings.change_email", form={"email": "new@example.org"})
    subjects(ctx, mailer)
    link = mailer.last_link("confirm-email")
    if handler == "undo":
        email_changes.confirm(ctx, link=link, network=NETWORK)
        subjects(ctx, mailer)
        link = mailer.last_link("undo-email")
    opened = await tab(f"/{handler}-email").load()
    await twice(opened, f"email_link.{handler}", link=link)
    assert opened.shows("email_link.done") is True
    assert opened.shows("email_link.error") == ""
    assert stored(ctx).email == {"confirm": "new@example.org", "undo": "ada@example.com"}[handler]
