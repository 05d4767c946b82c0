"""What a person does before the page has finished loading: the result stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.services.accounts import password_resets
from tests import factories
from tests.factories import PASSWORD
from tests.fakes import Clock
from tests.tabs import MARK, ROOT, STATES, Tab

DEAD = "This link has expired or been used. Request a new one."
WORD = {"form": {"password": PASSWORD}}


async def open_and_press(page: Tab, handler: str, *, browser: str = "", **payload: Any) -> Tab:
    """Reload the page and press a button before any response arrives."""
    kept = {f"{STATES['sign_up']}.browser{MARK}": browser} if browser else {}
    state, name = handler.split(".")
    hashes = ["of what the client was built with"]
    await page.enqueue(f"{ROOT}.hydrate_and_load", vars=kept, hashes=hashes)
    await page.enqueue(f"{STATES[state]}.{name}", **payload)
    await page.site.settle()
    return page


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


@pytest.mark.parametrize(
    ("path", "handler", "form", "var", "told"),
    [
        ("/sign-up", "sign_up.submit", {"username": "a"}, "sign_up.errors", None),
        ("/verify", "verify.submit", {"code": "1"}, "verify.errors", None),
        (
            "/forgot-password",
            "forgot_password.submit",
            {"email": "a@b.example"},
            "forgot_password.notice",
            None,
        ),
        (
            "/reset-password",
            "reset_password.submit",
            {"link": "x"},
            "reset_password.errors",
            {"form": DEAD},
        ),
        ("/confirm-email", "email_link.confirm", {"link": "x"}, "email_link.error", DEAD),
        ("/undo-email", "email_link.undo", {"link": "x"}, "email_link.error", DEAD),
        (
            "/u/ada",
            "public_page.send",
            {"message": "hello", "key": "k" * 24},
            "public_page.sent",
            True,
        ),
    ],
)
async def test_a_strangers_answer_stays(
    tab: Callable[..., Tab], ada: Person, path: str, handler: str, form: Any, var: str, told: Any
) -> None:
    page = await open_and_press(tab(path), handler, form=form)
    assert page.shows(var) == told if told is not None else page.shows(var)


@pytest.mark.parametrize(
    ("handler", "payload", "var"),
    [
        ("settings.describe", {"form": {"bio": "x"}}, "settings.said"),
        ("settings.rename", {"form": {"username": "1"}}, "settings.errors"),
        ("settings.end_other_sessions", {}, "settings.said"),
        ("two_factor.begin", WORD, "two_factor.secret"),
        ("two_factor.turn_off", {"form": {}}, "two_factor.errors"),
        ("delete_account.submit", {"form": {"username": "grace"}}, "delete_account.errors"),
    ],
)
async def test_an_owners_answer_stays(
    tab: Callable[..., Tab], ada: Person, handler: str, payload: dict[str, Any], var: str
) -> None:
    page = await open_and_press(tab("/settings", "ada"), handler, **payload)
    assert page.shows(var)


async def test_a_fresh_code_is_told_although_the_page_has_just_come(
    tab: Callable[..., Tab], ctx: Context, clock: Clock
) -> None:
    page = tab("/verify")
    browser = factories.sign_up(ctx)
    await page.load(browser=browser)
    clock.move(seconds=61)
    page.forget()
    await open_and_press(page, "verify.resend", browser=browser)
    assert page.shows("verify.notice").startswith("We've sent a new code.")


async def test_a_page_that_is_opened_anew_has_forgotten_what_was_told(
    tab: Callable[..., Tab], ada: Person
) -> None:
    page = await tab("/forgot-password").load()
    await page.ask("forgot_password.submit", form={"email": ada.email})
    assert page.shows("forgot_password.notice") == password_resets.request_answer()
    await page.load()
    assert page.shows("forgot_password.notice") in (None, "")
    await open_and_press(page, "forgot_password.submit", form={"email": "nonsense"})
    assert page.shows("forgot_password.notice") in (None, "")
    assert page.shows("forgot_password.errors")
