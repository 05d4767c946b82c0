"""The two-factor handlers: what is shown once, to whom, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import unquote

import pyotp
import pytest

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.services.sessions import sign_ins, two_factor
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

STATE = "two_factor"
ONCE = ("secret", "app_link", "picture", "codes", "codes_file")


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


async def opened(tab: Callable[..., Tab]) -> Tab:
    """Ada's freshly opened settings."""
    page = tab("/settings", "ada")
    return await page.ask(f"{STATE}.load")


async def set_up(tab: Callable[..., Tab]) -> tuple[Tab, pyotp.TOTP]:
    """Ada's settings with the secret on screen, and the app that has read it."""
    page = await opened(tab)
    await page.ask(f"{STATE}.begin", form={"password": PASSWORD})
    app = pyotp.parse_uri(shown(page, "app_link"))
    assert isinstance(app, pyotp.TOTP)
    return page, app


def shown(page: Tab, var: str) -> object:
    return page.shows(f"{STATE}.{var}")


def is_on(ctx: Context, who: Person) -> bool:
    return two_factor.state(ctx, owner_id=who.id).is_on


async def test_a_page_that_was_opened_shows_neither_secret_nor_code(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    _app, codes = factories.two_factor(ctx, ada)
    page = await opened(tab)
    assert (shown(page, "is_on"), shown(page, "codes_left")) == (True, 10)
    assert shown(page, "loaded") is True
    assert not any(shown(page, var) for var in ONCE)
    assert not any(code in page.received for code in codes)


async def test_a_password_that_was_not_asked_for_lately_is_asked_for(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await opened(tab)
    await page.ask(f"{STATE}.begin", form={})
    assert shown(page, "needs_password") is True
    assert shown(page, "errors") == {
        "two-factor-begin.password": "Enter your password to continue."
    }
    await page.ask(f"{STATE}.begin", form={"password": "not hers"})
    assert shown(page, "errors") == {"two-factor-begin.password": "Incorrect password"}
    assert not shown(page, "secret")
    await page.ask(f"{STATE}.begin", form={"password": PASSWORD})
    assert (shown(page, "errors"), shown(page, "needs_password")) == ({}, False)
    assert shown(page, "secret")


async def test_the_secret_is_shown_in_groups_of_four_and_as_a_picture_within_the_page(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    page, app = await set_up(tab)
    groups = str(shown(page, "secret")).split(" ")
    assert [len(group) for group in groups] == [4] * 8
    assert "".join(groups) == app.secret
    kind, _, drawn = str(shown(page, "picture")).partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(drawn).lstrip().startswith((b"<?xml", b"<svg"))
    assert PASSWORD not in page.received
    assert not is_on(ctx, ada)


async def test_the_first_code_turns_it_on_and_shows_the_recovery_codes_once(
    tab: Callable[..., Tab], ctx: Context, clock: Clock, ada: Person
) -> None:
    page, app = await set_up(tab)
    await page.ask(f"{STATE}.turn_on", form={"code": app.at(clock.now)})
    codes = str(shown(page, "codes")).splitlines()
    assert len(codes) == 10
    assert unquote(str(shown(page, "codes_file")).partition(",")[2]).splitlines() == codes
    assert (shown(page, "is_on"), shown(page, "codes_left")) == (True, 10)
    assert shown(page, "said") == {"two-factor": "Two-factor sign-in is on."}
    assert not any(shown(page, var) for var in ("secret", "app_link", "picture"))
    signed_in = {"identifier": "ada", "password": PASSWORD, "network": "n"}
    assert sign_ins.sign_in(ctx, **signed_in, code=codes[0])
    await page.ask(f"{STATE}.done")
    assert not any(shown(page, var) for var in ONCE)
    assert shown(page, "codes_left") == 9
    again = await opened(tab)
    assert not any(shown(again, var) for var in ONCE)


async def test_a_wrong_code_is_told_under_its_field_and_the_secret_stays(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    page, app = await set_up(tab)
    await page.ask(f"{STATE}.turn_on", form={"code": "12345"})
    assert shown(page, "errors") == {"two-factor-turn-on.code": "Incorrect code"}
    assert str(shown(page, "secret")).replace(" ", "") == app.secret
    assert not is_on(ctx, ada)


async def test_who_cancels_has_changed_nothing(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    page, _app = await set_up(tab)
    await page.ask(f"{STATE}.done")
    assert not any(shown(page, var) for var in ONCE)
    assert shown(page, "said") == {"two-factor": "Nothing changed."}
    assert not is_on(ctx, ada)


@pytest.mark.parametrize("again", [False, True])
async def test_a_page_that_is_opened_anew_hides_the_secret_and_a_socket_that_is_back_does_not(
    tab: Callable[..., Tab], ada: Person, *, again: bool
) -> None:
    page, _app = await set_up(tab)
    await page.load(again=again)
    await page.ask(f"{STATE}.load")
    assert bool(shown(page, "secret")) is again


async def test_new_recovery_codes_take_the_place_of_the_old(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    _app, old = factories.two_factor(ctx, ada)
    page = await opened(tab)
    await page.ask(f"{STATE}.renew_codes", form={})
    assert set(shown(page, "errors")) == {"two-factor-renew.password"}
    await page.ask(f"{STATE}.renew_codes", form={"password": PASSWORD})
    new = str(shown(page, "codes")).splitlines()
    assert len(new) == 10
    assert not set(new) & set(old)


async def test_turning_off_asks_for_the_password_each_time(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    factories.two_factor(ctx, ada)
    page = await opened(tab)
    await page.ask(f"{STATE}.renew_codes", form={"password": PASSWORD})
    for wrong in ({}, {"password": "not hers"}):
        await page.ask(f"{STATE}.turn_off", form=wrong)
        assert set(shown(page, "errors")) == {"two-factor-turn-off.password"}
        assert is_on(ctx, ada)
    await page.ask(f"{STATE}.turn_off", form={"password": PASSWORD})
    assert (shown(page, "is_on"), shown(page, "said")) == (
        False,
        {"two-factor": "Two-factor sign-in is off."},
    )
    assert not any(shown(page, var) for var in ONCE)
    assert not is_on(ctx, ada)


async def test_forms_of_wrong_shapes_are_answered_by_sentences(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    page = await opened(tab)
    for handler in ("begin", "turn_on", "renew_codes", "turn_off"):
        for form in [*JUNK, *({"password": junk, "code": junk} for junk in JUNK)]:
            page.forget()
            await page.ask(f"{STATE}.{handler}", form=form)
            assert shown(page, "errors") != {}, (handler, form)
            assert page.deltas(f"{STATE}.busy")[-1] is False, (handler, form)
            assert page.deltas("frame.notice") == [], (handler, form)
    assert not is_on(ctx, ada)


async def test_a_stranger_neither_sees_nor_changes_it(
    tab: Callable[..., Tab], ctx: Context, ada: Person
) -> None:
    app, _codes = factories.two_factor(ctx, ada)
    page = tab("/settings")
    for handler in ("load", "begin", "turn_on", "renew_codes", "turn_off", "done"):
        page.forget()
        payload = {} if handler in {"load", "done"} else {"form": {"password": PASSWORD}}
        await page.ask(f"{STATE}.{handler}", **payload)
        assert len(page.redirects) == 1, handler
        assert page.redirects[0].startswith("/sign-in"), handler
    assert two_factor.state(ctx, owner_id=ada.id).codes_left == 10
    assert app.secret not in page.site.sent_to(page)


@pytest.mark.parametrize("other", ["", "eve"])
async def test_a_tab_that_was_somebody_elses_shows_nothing_of_the_setup(
    tab: Callable[..., Tab], ctx: Context, ada: Person, other: str
) -> None:
    factories.person(ctx, "eve")
    hers, app = await set_up(tab)
    secret = str(shown(hers, "secret"))
    hers.close()
    theirs = tab("/settings", other, token=hers.token)
    await theirs.load()
    await theirs.ask(f"{STATE}.load")
    assert secret not in theirs.received
    assert app.secret not in theirs.received


async def test_busy_is_over_and_the_person_told_when_the_database_fails(
    tab: Callable[..., Tab], site: Site, ada: Person
) -> None:
    page = await opened(tab)
    with site.runtime.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE counters RENAME TO gone")
    await page.ask(f"{STATE}.begin", form={"password": PASSWORD})
    assert page.deltas(f"{STATE}.busy")[-2:] == [True, False]
    assert page.shows("frame.notice").startswith("Something went wrong on our end. Try again. (")


def test_the_state_has_the_name_by_which_tabs_ask(site: Site) -> None:
    assert STATES[STATE].endswith(
        "anonmsg___pages___settings___two_factor___state____two_factor_state"
    )
