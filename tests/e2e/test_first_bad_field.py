"""Every refused form leads to its first bad field, on a phone with its keyboard too."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Visit, Visitor, unfold_delete_account

DESK = {"width": 1280, "height": 800}
# 390x844 with its keyboard open.
KEYBOARD = {"width": 390, "height": 460}
SIZES = {"desk": DESK, "keyboard": KEYBOARD}
SOON = 15_000
WRONG = "not the password"


@dataclass(frozen=True)
class Form:
    """A form, filled in so that it's refused.

    Attributes:
        path: The page.
        typed: What is typed, by the fields' ids.
        button: The button's name.
        first: The id of the first field that is refused.
        told: Every sentence, by the id of its field.
        owner: Whether its page is an owner's.
    """

    path: str
    typed: dict[str, str]
    button: str
    first: str
    told: dict[str, str]
    owner: bool = False


FORMS = {
    "sign-up": Form(
        "/sign-up",
        {"username": "x", "email": "nonsense", "password": "short"},
        "Sign up",
        "username",
        {"username": "2–20", "email": "valid email", "password": "8 characters"},
    ),
    "sign-up, the last field": Form(
        "/sign-up",
        {"username": "n0body_yet", "email": "n0body@example.com", "password": "short"},
        "Sign up",
        "password",
        {"password": "8 characters"},
    ),
    "sign-in": Form(
        "/sign-in",
        {"identifier": "nobody@example.com", "password": WRONG},
        "Sign in",
        "password",
        {"password": "Incorrect password"},
    ),
    "sign-in, empty": Form(
        "/sign-in", {}, "Sign in", "identifier", {"identifier": "Enter your email or username."}
    ),
    "forgot": Form(
        "/forgot-password",
        {"email": "nonsense"},
        "Send reset link",
        "email",
        {"email": "valid email"},
    ),
    "profile": Form(
        "/settings",
        {"display_name": "x" * 51, "prompt": "x" * 81, "bio": "x" * 201},
        "Save",
        "display_name",
        {"display_name": "50 characters", "prompt": "80 characters", "bio": "200 characters"},
        owner=True,
    ),
    "username": Form(
        "/settings",
        {"username": "!"},
        "Change username",
        "username",
        {"username": "2–20"},
        owner=True,
    ),
    "password": Form(
        "/settings",
        {"current-password": WRONG, "new-password": "short"},
        "Change password",
        "current-password",
        {"current-password": "Incorrect password", "new-password": "8 characters"},
        owner=True,
    ),
    "delete account": Form(
        "/settings",
        {"delete-account-username": "somebody_else", "delete-account-password": WRONG},
        "Delete account",
        "delete-account-username",
        {
            "delete-account-username": "Type your username",
            "delete-account-password": "Incorrect password",
        },
        owner=True,
    ),
}


def errors_of(page: Page, field: str) -> Locator:
    return page.locator(f":is([id='{field}-error'], [id='{field}-refusal']):not(:empty)")


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.tagName")
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("asked", FORMS)
def test_a_refused_form_leads_to_its_first_bad_field_and_tells_all_of_them(
    settled: Owner, visitor: Visit, asked: str, size: str
) -> None:
    form = FORMS[asked]
    who: Visitor = settled.visitor if form.owner else visitor()
    page = who.open(form.path)
    page.set_viewport_size(SIZES[size])
    expect(page.locator("[data-cut-off]")).to_have_attribute("data-cut-off", "false", timeout=SOON)
    # A page that was only opened leads nowhere.
    assert focused(page) == "BODY"
    if asked == "delete account":
        unfold_delete_account(page)
    for field, value in form.typed.items():
        page.locator(f"[id='{field}']").fill(value)
    page.get_by_role("button", name=form.button, exact=True).click()

    first = page.locator(f"[id='{form.first}']")
    expect(first).to_be_focused(timeout=SOON)
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(first).to_be_in_viewport(ratio=1)
    expect(errors_of(page, form.first)).to_be_in_viewport(ratio=1)
    for field, sentence in form.told.items():
        expect(errors_of(page, field)).to_contain_text(sentence)
    assert page.locator("form .field-error:not(:empty)").count() == len(form.told)


def test_the_same_refusal_twice_leads_there_twice(visitor: Visit) -> None:
    page = visitor().open("/forgot-password")
    for _ in range(2):
        page.get_by_label("Email").fill("nonsense")
        page.get_by_role("button", name="Send reset link").click()
        expect(page.get_by_label("Email")).to_be_focused(timeout=SOON)
        page.get_by_role("link", name="anonmsg, home").focus()


def test_who_has_gone_on_to_another_form_is_left_there(settled: Owner) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible(timeout=SOON)
    page.locator("#current-password").fill(WRONG)
    page.locator("#new-password").fill("short")
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("About you").focus()
    expect(page.get_by_text("Incorrect password")).to_be_visible(timeout=SOON)
    expect(page.get_by_label("About you")).to_be_focused()


def test_without_scripts_the_plain_page_begins_in_the_bad_field(
    settled: Owner, visitor: Visit
) -> None:
    plain = visitor(java_script_enabled=False)
    page = plain.open("/forgot-password")
    page.get_by_label("Email").fill("nonsense")
    page.get_by_role("button", name="Send reset link").click()
    expect(page.get_by_label("Email")).to_be_focused()
    page = plain.open("/sign-in")
    page.get_by_label("Email or username").fill(settled.name)
    page.get_by_label("Password", exact=True).fill(WRONG)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page = plain.open(f"/u/{settled.name}")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Your message")).to_be_focused()


def test_what_is_right_is_never_led_away_from(settled: Owner) -> None:
    page = settled.visitor.open("/settings")
    expect(page.get_by_role("list").get_by_text("This browser")).to_be_visible(timeout=SOON)
    page.get_by_label("Display name").fill("Ada")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    assert PASSWORD not in page.content()
