"""The settings page's handlers: what they change, and what they say under which form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select

from anonmsg.database.tables import Person, SignInSession
from anonmsg.runtime.context import Context
from anonmsg.services.sessions import sessions
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.tabs import Site, Tab

NEW_PASSWORD = "another long sentence of ada"


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.fixture
async def page(tab: Callable[..., Tab], ada: Person) -> Tab:
    return await tab("/settings", "ada").load()


async def rename(page: Tab, username: str) -> None:
    """Change the username, and answer the question."""
    await page.ask("settings.rename", form={"username": username})
    await page.ask("settings.confirm_rename")


def _stored(ctx: Context) -> Person:
    with ctx.reading() as db:
        db.expire_all()
        return db.exec(select(Person).where(Person.username_key != "grace")).one()


async def test_the_page_shows_what_is_set(page: Tab) -> None:
    assert page.shows("settings.loaded") is True
    shown = [page.shows(f"settings.{each}") for each in ("me", "email", "display_name", "link")]
    assert shown == ["ada", "ada@example.com", "", "http://localhost:3000/u/ada"]
    assert [each["is_this"] for each in page.shows("settings.sessions")] == [True]


async def test_a_profile_is_saved_and_open_pages_show_it(
    page: Tab, tab: Callable[..., Tab], ctx: Context
) -> None:
    public = await tab("/u/ada").load()
    said = {"display_name": "Ada L.", "prompt": "Ask me to count", "bio": "Counting"}
    await page.ask("settings.describe", form=said)
    assert page.shows("settings.said") == {"profile": "Saved"}
    assert (page.shows("settings.display_name"), page.shows("settings.busy")) == ("Ada L.", False)
    shown = [public.shows(f"public_page.{each}") for each in ("called", "owner", "prompt", "bio")]
    assert shown == ["Ada L.", "ada", "Ask me to count", "Counting"]
    assert _stored(ctx).bio == "Counting"


async def test_a_refusal_stands_under_its_own_form_and_field(page: Tab, ctx: Context) -> None:
    factories.person(ctx, "grace")
    await page.ask("settings.rename", form={"username": "grace"})
    assert page.shows("settings.errors") == {"username.username": "Username is already taken"}
    await page.ask("settings.change_email", form={"email": "nonsense"})
    assert page.shows("settings.errors") == {
        "email.email": "Enter a valid email address.",
        "email.password": "Enter your password to continue.",
    }
    assert page.shows("settings.needs_password") is True
    await page.ask("settings.describe", form={"display_name": "x" * 51, "bio": ""})
    assert page.shows("settings.errors") == {"profile.display_name": "Use at most 50 characters."}
    assert page.shows("settings.said") == {}


async def test_a_page_that_is_open_goes_on_under_the_old_name(
    page: Tab, tab: Callable[..., Tab]
) -> None:
    public = await tab("/u/ada").load()
    await rename(page, "Countess")
    assert page.shows("settings.me") == "Countess"
    assert page.shows("settings.said")["username"].startswith("Your page is now Countess.")
    assert (public.shows("public_page.owner"), public.shows("public_page.inbox")) == (
        "Countess",
        "open",
    )
    await public.ask("public_page.send", form={"message": "hello", "key": "k" * 43})
    assert public.shows("public_page.sent") is True


async def test_her_other_tabs_go_by_the_new_name(page: Tab, tab: Callable[..., Tab]) -> None:
    other = await tab("/dashboard", "ada").load()
    await rename(page, "Countess")
    assert other.shows("frame.me") == page.shows("frame.me") == "Countess"
    assert other.shows("dashboard.link").endswith("/u/Countess")
    assert other.shows("frame.notice") in (None, "")


async def test_a_new_name_is_asked_about_first(page: Tab, ctx: Context) -> None:
    await page.ask("settings.rename", form={"username": "Countess"})
    assert (page.shows("settings.new_username"), page.shows("settings.said")) == ("Countess", {})
    assert _stored(ctx).username == "ada"
    await page.ask("settings.cancel_rename")
    assert page.shows("settings.new_username") == ""
    await page.ask("settings.confirm_rename")
    assert _stored(ctx).username == "ada"


async def test_a_name_that_is_typed_on_is_no_longer_asked_about(page: Tab, ctx: Context) -> None:
    await page.ask("settings.rename", form={"username": " Countess "})
    await page.ask("settings.check_username", value=" Countess ")
    assert page.shows("settings.new_username") == "Countess"
    await page.ask("settings.check_username", value="Countess2")
    assert page.shows("settings.new_username") == ""
    await page.ask("settings.confirm_rename")
    assert _stored(ctx).username == "ada"


async def test_a_name_that_somebody_took_in_between_is_refused(page: Tab, ctx: Context) -> None:
    await page.ask("settings.rename", form={"username": "Countess"})
    factories.person(ctx, "countess")
    await page.ask("settings.confirm_rename")
    assert page.shows("settings.errors") == {"username.username": "Username is already taken"}
    assert page.shows("settings.new_username") == ""


async def test_a_new_username_is_judged_while_it_is_typed(page: Tab, ctx: Context) -> None:
    factories.person(ctx, "Bob")
    for typed, note, fine in [
        ("Countess", "Username is available", True),
        ("BOB", "Username is already taken", False),
        ("dashboard", "Username is already taken", False),
        ("Ada", "Username is available", True),
        ("a b", "Use 2–20 letters, numbers or underscores.", False),
        ("", "", False),
    ]:
        await page.ask("settings.check_username", value=typed)
        shown = (page.shows("settings.username_note"), page.shows("settings.username_fine"))
        assert shown == (note, fine), typed
    await rename(page, "Countess")
    await page.ask("settings.check_username", value="Lovelace")
    assert page.shows("settings.username_note").startswith("You can change your username once")


async def test_too_many_checks_of_a_name_are_told(page: Tab) -> None:
    for n in range(21):
        await page.ask("settings.check_username", value=f"ada_{n}")
    assert page.shows("settings.username_note").startswith("Too many attempts. Try again in ")


async def test_a_name_that_is_no_other_is_not_told_as_changed(page: Tab) -> None:
    await page.ask("settings.rename", form={"username": "Ada"})
    assert page.shows("settings.said") == {"username": "Your page is Ada."}


async def test_the_password_of_until_now_is_no_new_one(page: Tab) -> None:
    form = {"password": factories.PASSWORD, "new_password": factories.PASSWORD}
    await page.ask("settings.change_password", form=form)
    assert page.shows("settings.errors") == {
        "password.new_password": "That's already your password. Choose a different one."
    }


async def test_the_address_asks_for_the_password_once_it_was_long_ago(
    page: Tab, site: Site, ctx: Context, ada: Person
) -> None:
    await page.ask("settings.change_email", form={"email": "new@example.org"})
    assert page.shows("settings.needs_password") is True
    assert page.shows("settings.errors") == {"email.password": "Enter your password to continue."}
    form = {"email": "new@example.org", "password": factories.PASSWORD}
    await page.ask("settings.change_email", form=form)
    assert page.shows("settings.needs_password") is False
    assert page.shows("settings.said")["email"].startswith("Open the link in the email")


async def test_a_changed_password_signs_the_others_out_and_tells_them(
    page: Tab, tab: Callable[..., Tab], ctx: Context
) -> None:
    other = await tab("/dashboard", "ada").load()
    form = {"password": factories.PASSWORD, "new_password": NEW_PASSWORD}
    await page.ask("settings.change_password", form=form)
    assert page.shows("settings.errors") == {}
    assert page.shows("settings.said")["password"].startswith("Your password is changed.")
    assert other.shows("frame.notice") == "You've been signed out"
    assert other.redirects == ["/sign-in?next=/dashboard"]
    assert page.redirects == []
    assert ctx.keyring.passwords.fits(NEW_PASSWORD, _stored(ctx).password_hash)


async def test_one_browser_is_signed_out_and_this_one_stays(
    page: Tab, tab: Callable[..., Tab]
) -> None:
    other = await tab("/settings", "ada").load()
    await page.ask("settings.end_session", form={"session": other.session_id})
    assert other.redirects == ["/sign-in?next=/settings"]
    assert [each["is_this"] for each in page.shows("settings.sessions")] == [True]
    assert page.shows("settings.said") == {"sessions": "That browser is signed out."}


async def test_all_other_browsers_are_signed_out(
    page: Tab, tab: Callable[..., Tab], ctx: Context
) -> None:
    others = [await tab("/", "ada").load() for _ in range(3)]
    await page.ask("settings.end_other_sessions")
    for other in others:
        assert other.shows("frame.notice") == "You've been signed out"
        assert other.shows("frame.signed_in") is False
        # Tabs on public pages stay where they are.
        assert other.redirects == []
    with ctx.reading() as db:
        alive = db.exec(select(SignInSession.id).where(SignInSession.ended_at == None)).all()  # noqa: E711
    assert list(alive) == [page.session_id]


async def test_signing_out_is_told_to_every_open_tab(page: Tab, site: Site, ctx: Context) -> None:
    second = await site.tab("/dashboard", session_id=page.session_id).load()
    await site.runtime.run(sessions.sign_out, session_id=page.session_id)
    await site.settle()
    for each in (page, second):
        assert each.shows("frame.notice") == "You've been signed out"


async def test_junk_changes_nothing_and_breaks_nothing(page: Tab, ctx: Context) -> None:
    before = _stored(ctx).model_dump()
    for junk in JUNK:
        for handler in ("rename", "change_email", "change_password", "end_session"):
            await page.ask(f"settings.{handler}", form=junk)
            assert page.shows("settings.busy") is False, (handler, junk)
    assert _stored(ctx).model_dump() == before
    assert page.redirects == []


async def test_what_was_said_is_gone_on_the_next_visit(page: Tab, clock: Clock) -> None:
    await page.ask("settings.rename", form={"username": ""})
    assert page.shows("settings.errors") != {}
    await page.load()
    assert (page.shows("settings.errors"), page.shows("settings.said")) == ({}, {})


async def test_a_time_zone_and_how_long_messages_stay_are_saved(page: Tab, ctx: Context) -> None:
    assert page.shows("delivery.loaded") is True
    await page.ask("delivery.choose_time_zone", form={"time_zone": "asia/karachi"})
    assert page.shows("delivery.said") == {"zone": "Saved"}
    assert page.shows("delivery.time_zone") == "Asia/Karachi"
    await page.ask("delivery.keep_for", form={"keep_days": "90", "keep_starred": False})
    assert page.shows("delivery.said") == {"retention": "Saved"}
    shown = [page.shows(f"delivery.{each}") for each in ("keep_days", "keep_starred")]
    assert shown == ["90", False]
    for ticked in (True, "on"):
        await page.ask("delivery.keep_for", form={"keep_days": "0", "keep_starred": ticked})
        assert page.shows("delivery.keep_starred") is True


async def test_what_is_no_zone_or_time_is_refused_under_its_field(page: Tab) -> None:
    await page.ask("delivery.choose_time_zone", form={"time_zone": "Mars"})
    zone = "Choose a time zone from the list, such as Europe/Berlin."
    assert page.shows("delivery.errors") == {"zone.time_zone": zone}
    await page.ask("delivery.keep_for", form={"keep_days": "1"})
    days = "Choose forever, 30, 90 or 365 days."
    assert page.shows("delivery.errors") == {"retention.keep_days": days}


async def test_when_messages_come_is_saved_and_open_pages_say_it(
    page: Tab, tab: Callable[..., Tab]
) -> None:
    public = await tab("/u/ada").load()
    assert public.shows("public_page.delivery") == " "
    form = {"delivery_mode": "daily", "delivery_hour": "20", "holds": "on"}
    await page.ask("delivery.choose_delivery", form=form)
    assert page.shows("delivery.said") == {"delivery": "Saved"}
    shown = [page.shows(f"delivery.{each}") for each in ("mode", "hour", "holds")]
    assert shown == ["daily", "20", True]
    quiet = {"is_quiet": True, "quiet_from": "22", "quiet_to": "7"}
    await page.ask("delivery.choose_quiet_hours", form=quiet)
    assert page.shows("delivery.said") == {"quiet": "Saved"}
    assert [page.shows(f"delivery.{each}") for each in quiet] == [True, "22", "7"]
    said = page.shows("delivery.page_says")
    assert said == public.shows("public_page.delivery")
    assert said.startswith("ada gets messages every evening at 20:00 (UTC), in mixed order. They")
    await page.ask("delivery.choose_delivery", form={"delivery_mode": "now"})
    await page.ask("delivery.choose_quiet_hours", form={})
    assert (page.shows("delivery.page_says"), public.shows("public_page.delivery")) == ("", " ")


async def test_a_delivery_that_is_none_is_refused_under_its_field(page: Tab) -> None:
    await page.ask(
        "delivery.choose_delivery", form={"delivery_mode": "daily", "delivery_hour": "24"}
    )
    said = "Choose right away, every hour, or once a day at a full hour."
    assert page.shows("delivery.errors") == {"delivery.delivery_mode": said}
    same = {"is_quiet": True, "quiet_from": "7", "quiet_to": "7"}
    await page.ask("delivery.choose_quiet_hours", form=same)
    assert page.shows("delivery.errors") == {"quiet.quiet_to": "Choose two different hours."}


async def test_a_storm_brake_is_saved(page: Tab) -> None:
    await page.ask("delivery.choose_brake", form={"storm_at": "10"})
    assert (page.shows("delivery.said"), page.shows("delivery.storm_at")) == (
        {"storm": "Saved"},
        "10",
    )
    await page.ask("delivery.choose_brake", form={"storm_at": "11"})
    said = "Choose off, or 5, 10 or 30 messages a minute."
    assert page.shows("delivery.errors") == {"storm.storm_at": said}
