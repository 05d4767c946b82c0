"""The verification page's handlers: the code, the link and a new code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person
from anonmsg.mail.mailer import MailRefused
from anonmsg.runtime.context import Context
from anonmsg.services import outbox
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock, FakeMailer
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

WRONG = "Incorrect verification code"
BEGUN = "User registered successfully. Please verify your email"
NOT_FOUND = "We couldn't find a sign-up in this browser."


@pytest.fixture
def browser(ctx: Context) -> str:
    """The random id of a browser that has started ada's sign-up."""
    return factories.sign_up(ctx)


def _people(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return list(db.exec(select(Person.username)).all())


async def test_a_browser_that_began_no_sign_up_is_told_so(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load()
    assert (page.shows("verify.known"), page.shows("verify.loaded")) == (False, True)
    assert page.shows("verify.notice") == ""
    await page.ask("verify.submit", form={"code": mailer.last_code()})
    assert page.shows("verify.errors")["code"].startswith(NOT_FOUND)
    assert _people(ctx) == []


async def test_the_right_code_makes_a_person_and_forgets_the_browsers_id(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load(browser=browser)
    assert (page.shows("verify.known"), page.shows("verify.email")) == (True, "ada@example.com")
    code = mailer.last_code()
    form = {"__reflex_form_data__": [["code", f"{code[:3]} {code[3:]}"]]}
    await page.ask("verify.submit", form=form)
    assert page.redirects == ["/sign-in"]
    assert page.shows("verify.verified_notice") == "Account verified successfully"
    assert page.shows("sign_up.browser") == ""
    assert _people(ctx) == ["ada"]


async def test_a_double_submit_makes_one_person(
    tab: Callable[..., Tab], site: Site, browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load(browser=browser)
    for _ in range(2):
        await page.enqueue(f"{STATES['verify']}.submit", form={"code": mailer.last_code()})
    await site.settle()
    assert page.redirects == ["/sign-in"]
    assert page.shows("verify.verified_notice") == "Account verified successfully"
    assert _people(ctx) == ["ada"]


async def test_a_form_or_a_code_that_is_none_is_answered_by_a_sentence(
    tab: Callable[..., Tab], browser: str, ctx: Context
) -> None:
    page = await tab("/verify").load(browser=browser)
    for form in [*JUNK, *({"code": each} for each in [*JUNK, "١٢٣٤٥", "12345", "1234567"])]:
        page.forget()
        await page.ask("verify.submit", form=form)
        assert page.shows("verify.errors") == {"code": WRONG}, form
        assert page.deltas("verify.busy") == [True, False], form
        assert page.deltas("frame.notice") == [], form
    assert _people(ctx) == []


async def test_links_passwords_and_names_of_wrong_types_are_answered_by_sentences(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load()
    links = [{"link": each} for each in JUNK if each]
    passwords = [{"link": mailer.last_link(), "password": each} for each in [*JUNK[-3:], {}, 7]]
    for n, form in enumerate([*links, *passwords]):
        asked = await tab("/verify", network=f"network {n}").load()
        await asked.ask("verify.submit", form=form | {"username": ["x"]})
        assert len(asked.shows("verify.errors")) == 1, form
        assert asked.shows("verify.busy") is False, form
        assert asked.deltas("frame.notice") in ([], [""]), form
    assert page.redirects == []
    assert _people(ctx) == []


async def test_five_wrong_codes_are_too_many_for_the_right_one(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load(browser=browser)
    right = mailer.last_code()
    for _ in range(5):
        await page.ask("verify.submit", form={"code": f"{(int(right) + 1) % 10**6:06}"})
        assert page.shows("verify.errors") == {"code": WRONG}
    await page.ask("verify.submit", form={"code": right})
    assert page.shows("verify.errors") == {"code": "Too many wrong codes. Get a new one."}
    assert _people(ctx) == []


async def test_another_browser_needs_the_password_besides_the_link(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context
) -> None:
    page = await tab("/verify").load()
    link = mailer.last_link()
    await page.ask("verify.submit", form={"link": link})
    assert set(page.shows("verify.errors")) == {"password"}
    await page.ask("verify.submit", form={"link": link, "password": "not the password"})
    assert page.shows("verify.errors") == {"password": "Incorrect password"}
    assert _people(ctx) == []
    await page.ask("verify.submit", form={"link": link, "password": PASSWORD})
    assert page.redirects == ["/sign-in"]
    assert _people(ctx) == ["ada"]


async def test_a_name_that_was_lost_meanwhile_is_picked_anew_with_the_same_code(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context, clock: Clock
) -> None:
    code = mailer.last_code()
    with ctx.writing() as db:
        db.connection().exec_driver_sql("DELETE FROM names")
    factories.person(ctx, "Ada").email  # noqa: B018
    with ctx.writing() as db:
        db.connection().exec_driver_sql("UPDATE people SET email_key = 'other@example.com'")
    page = await tab("/verify").load(browser=browser)
    await page.ask("verify.submit", form={"code": code})
    assert page.shows("verify.errors") == {"username": "Username is already taken"}
    assert page.shows("verify.needs_username") is True
    await page.ask("verify.submit", form={"code": code, "username": "a"})
    assert set(page.shows("verify.errors")) == {"username"}
    assert page.shows("verify.needs_username") is True
    await page.ask("verify.submit", form={"code": code, "username": "lovelace"})
    assert page.redirects == ["/sign-in"]
    assert set(_people(ctx)) == {"Ada", "lovelace"}


async def test_a_fresh_code_is_mailed_after_a_minute_and_the_old_one_is_dead(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, runtime, clock: Clock
) -> None:
    page = await tab("/verify").load(browser=browser)
    old = mailer.last_code()
    await page.ask("verify.resend")
    assert page.shows("verify.errors")["code"].startswith("Too many attempts. Try again in ")
    assert page.shows("verify.resend_wait") == 60
    clock.move(seconds=60)
    await page.ask("verify.resend")
    assert (page.shows("verify.errors"), page.shows("verify.resend_wait")) == ({}, 60)
    assert page.shows("verify.notice").startswith("We've sent a new code.")
    with runtime.context() as ctx:
        assert outbox.deliver_next(ctx)
    if mailer.last_code() != old:
        await page.ask("verify.submit", form={"code": old})
        assert page.shows("verify.errors") == {"code": WRONG}
    await page.ask("verify.submit", form={"code": mailer.last_code()})
    assert page.redirects == ["/sign-in"]


async def test_a_resend_without_a_sign_up_is_answered_by_a_sentence(
    tab: Callable[..., Tab],
) -> None:
    for n, junk in enumerate([*JUNK, "guessed"]):
        page = await tab("/verify", network=f"network {n}").load(browser=junk)
        assert page.shows("verify.known") is False, junk
        await page.ask("verify.resend")
        assert page.shows("verify.errors")["code"].startswith(NOT_FOUND), junk


async def test_a_mail_that_cannot_be_delivered_is_told(
    tab: Callable[..., Tab], mailer: FakeMailer, ctx: Context
) -> None:
    mailer.is_down = True
    browser = factories.sign_up(ctx)
    page = await tab("/verify").load(browser=browser)
    assert (page.shows("verify.known"), page.shows("verify.mail_delayed")) == (True, True)


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, browser: str, mailer: FakeMailer
) -> None:
    page = await tab("/verify").load(browser=browser)
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE counters RENAME TO gone")
    await page.ask("verify.submit", form={"code": mailer.last_code()})
    assert page.deltas("verify.busy")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")
    assert page.redirects == []


async def test_the_welcome_is_said_once_right_after_signing_up(
    tab: Callable[..., Tab], ctx: Context
) -> None:
    page = await tab("/sign-up").load()
    form = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    await page.ask("sign_up.submit", form=form)
    assert page.redirects == ["/verify"]
    await page.go("/verify").load(browser=page.shows("sign_up.browser"))
    assert page.shows("verify.notice") == BEGUN
    await page.load(again=True)
    assert page.shows("verify.notice") == BEGUN
    await page.load()
    assert page.shows("verify.notice") == ""


async def test_a_returning_browser_is_not_welcomed_again(
    tab: Callable[..., Tab], browser: str
) -> None:
    page = await tab("/verify").load(browser=browser)
    assert (page.shows("verify.email"), page.shows("verify.notice")) == ("ada@example.com", "")


async def test_the_address_is_shown_to_nobody_else(tab: Callable[..., Tab], browser: str) -> None:
    for held in ("", "guessed", browser[:-1]):
        page = await tab("/verify").load(browser=held)
        assert "ada@example.com" not in page.received, held


async def test_the_first_tab_moves_on_once_another_has_verified(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer
) -> None:
    first = await tab("/verify").load(browser=browser)
    other = await tab("/verify").load()
    await other.ask("verify.submit", form={"link": mailer.last_link(), "password": PASSWORD})
    for page in (first, other):
        assert page.redirects == ["/sign-in"]
        assert page.shows("verify.verified_notice") == "Account verified successfully"
        assert page.shows("verify.verified_name") == "ada"
    assert first.shows("sign_up.browser") == ""
    late = await tab("/verify").load(browser=browser)
    assert late.redirects == ["/sign-in"]


async def test_a_link_that_has_done_its_work_says_so(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer
) -> None:
    link, code = mailer.last_link(), mailer.last_code()
    page = await tab("/verify").load(browser=browser)
    await page.ask("verify.submit", form={"code": code})
    again = await tab("/verify").load()
    await again.ask("verify.submit", form={"link": link})
    assert again.shows("verify.errors") == {"form": "This account is already verified"}
    assert again.shows("verify.already_verified") is True
    await again.load()
    assert again.shows("verify.already_verified") is False


async def test_another_address_gets_the_code_and_nothing_is_typed_again(
    tab: Callable[..., Tab], browser: str, mailer: FakeMailer, ctx: Context, runtime
) -> None:
    page = await tab("/verify").load(browser=browser)
    await page.ask("verify.ask_for_email")
    assert page.shows("verify.changes_email") is True
    for form in [*JUNK, {"email": "ada@"}, {"email": "ada@example.com"}]:
        await page.ask("verify.change_email", form=form)
        assert set(page.shows("verify.errors")) == {"email"}, form
    await page.ask("verify.change_email", form={"email": "new@example.com"})
    assert (page.shows("verify.changes_email"), page.shows("verify.errors")) == (False, {})
    assert page.shows("verify.email") == "new@example.com"
    assert page.shows("sign_up.browser") != browser
    with runtime.context() as other:
        assert outbox.deliver_next(other)
    await page.site.settle()
    await page.ask("verify.submit", form={"code": mailer.last_code()})
    assert page.redirects == ["/sign-in"]
    assert _people(ctx) == ["ada"]


async def test_a_mail_that_can_never_be_delivered_is_told(
    tab: Callable[..., Tab], site: Site, ctx: Context
) -> None:
    def refuse(_letter: object, *, idempotency_key: str) -> None:
        raise MailRefused(idempotency_key, is_final=True)

    ctx.mailer.deliver = refuse  # type: ignore[method-assign]
    page = await tab("/verify").load(browser=factories.sign_up(ctx))
    assert (page.shows("verify.mail_failed"), page.shows("verify.mail_delayed")) == (True, False)
