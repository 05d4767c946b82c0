"""Whatever people type gets a sentence, never a stack trace; it's kept and shown as text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit

# Playwright's protocol can't carry these two, so the page creates them itself.
NUL, SURROGATE = [0x61, 0, 0x62], [0x61, 0xD800, 0x62]
STRANGE = {
    "html": "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "sql": "Robert'); DROP TABLE people;--",
    "right to left": "\u202eمرحبا بالعالم שלום",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇺🇳",
    "braces": "{0} %s ${x} {{sentence}} \\u0000",
    "nul": "",
    "surrogate": "",
}
CODES = {"nul": NUL, "surrogate": SURROGATE}
TROUBLE = re.compile("Something went wrong|Traceback|Internal Server Error|Exception")
HUGE = "x" * 20_000
TOO_LONG = "That's too long."


def type_into(field: Locator, kind: str) -> str:
    """Fill a field with something strange and return what the field then contains."""
    if kind in CODES:
        field.evaluate(
            "(box, codes) => { box.value = String.fromCharCode(...codes);"
            " box.dispatchEvent(new Event('input', {bubbles: true})); }",
            CODES[kind],
        )
    else:
        field.fill(STRANGE[kind])
    return escaped(field)


def escaped(field: Locator) -> str:
    """A field's value, escaped so that any protocol can carry it."""
    value: str = field.evaluate("box => escape(box.value)")
    return value


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def said(page: Page, sentence: str) -> None:
    expect(page.get_by_text(sentence, exact=True).filter(visible=True).first).to_be_visible()
    expect(page.get_by_text(TROUBLE)).to_have_count(0)


@pytest.fixture
def unharmed(server: Server):
    """Check that nothing typed is logged as an incident."""
    before = server.log.read_text().count("Incident")
    yield
    assert server.log.read_text().count("Incident") == before


@pytest.mark.usefixtures("unharmed")
def test_the_sign_up_form_takes_anything_and_keeps_it(visitor: Visit, name: str) -> None:
    page = visitor().open("/sign-up")
    fields = [box(page, label) for label in ("Username", "Email", "Password")]
    send = page.get_by_role("button", name="Sign up")

    send.click()
    said(page, "Use 2–20 letters, numbers or underscores.")
    said(page, "Enter a valid email address.")
    said(page, "Use at least 8 characters.")

    for field in fields:
        field.fill(HUGE)
    send.click()
    expect(page.get_by_text(TOO_LONG).filter(visible=True)).to_have_count(3)
    for field in fields:
        expect(field).to_have_value(HUGE)

    for kind in STRANGE:
        page.reload()
        typed = [type_into(field, kind) for field in fields]
        send.click()
        said(page, "Use 2–20 letters, numbers or underscores.")
        said(page, "Enter a valid email address.")
        assert [escaped(field) for field in fields] == typed

    page.reload()
    for field, value in zip(fields, (name, f"{name}@example.com", "pä" * 150), strict=True):
        field.fill(value)
    send.click()
    said(page, "Use at most 256 characters.")
    expect(fields[2]).to_have_value("pä" * 150)
    expect(fields[0]).to_have_value(name)


@pytest.mark.usefixtures("unharmed")
def test_the_longest_password_in_another_script_works(
    visitor: Visit, server: Server, name: str
) -> None:
    password = "گھوڑا بیٹری ٹھیک اسٹیپل 🐴 " * 9
    page = visitor().open("/sign-up")
    box(page, "Username").fill(name)
    box(page, "Email").fill(f"{name}@example.com")
    box(page, "Password").fill(password)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/verify")
    box(page, "Verification code").fill(server.code(f"{name}@example.com"))
    page.wait_for_url("**/sign-in")

    box(page, "Email or username").fill(name)
    box(page, "Password").fill(password[:-1] + "!")
    page.get_by_role("button", name="Sign in").click()
    said(page, "Incorrect password")
    box(page, "Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard")


@pytest.mark.usefixtures("unharmed")
def test_the_code_field_takes_anything_and_keeps_it(
    visitor: Visit, server: Server, name: str
) -> None:
    page = visitor().open("/sign-up")
    for label, value in {"Username": name, "Email": f"{name}@example.com"}.items():
        box(page, label).fill(value)
    box(page, "Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/verify")
    field, send = box(page, "Verification code"), page.get_by_role("button", name="Verify")

    for digits, sentence in (
        ("", "Incorrect verification code"),
        ("1" * 5000, TOO_LONG),
        ("1" * 3999, "Incorrect verification code"),
        (HUGE, TOO_LONG),
    ):
        page.reload()
        field.fill(digits)
        send.click()
        said(page, sentence)
        expect(field).to_have_value(digits)
    for kind in STRANGE:
        page.reload()
        typed = type_into(field, kind)
        send.click()
        said(page, "Incorrect verification code")
        assert escaped(field) == typed
    field.fill(server.code(f"{name}@example.com"))
    send.click()
    page.wait_for_url("**/sign-in")


@pytest.mark.usefixtures("unharmed")
def test_a_made_up_link_is_refused_and_its_password_kept(visitor: Visit) -> None:
    page = visitor().open("/verify#" + "<script>alert(1)</script>'\"--{}" * 3)
    box(page, "Password").fill(STRANGE["html"])

    page.get_by_role("button", name="Verify").click()

    said(page, "Incorrect verification code")
    expect(box(page, "Password")).to_have_value(STRANGE["html"])


@pytest.mark.usefixtures("unharmed")
def test_the_sign_in_form_takes_anything_and_keeps_it(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor().open("/sign-in")
    who, password = box(page, "Email or username"), box(page, "Password")
    send = page.get_by_role("button", name="Sign in")

    send.click()
    said(page, "Enter your email or username.")
    who.fill(HUGE)
    password.fill(HUGE)
    send.click()
    expect(page.get_by_text(TOO_LONG).filter(visible=True)).to_have_count(2)
    expect(who).to_have_value(HUGE)
    for kind in STRANGE:
        typed = [type_into(each, kind) for each in (who, password)]
        with page.expect_response("**/sign-in") as answer:
            send.click()
        assert answer.value.status == 404
        said(page, "User not found")
        assert [escaped(each) for each in (who, password)] == typed

    who.fill(name)
    for secret in ("p" * 300, STRANGE["html"], STRANGE["emoji"]):
        password.fill(secret)
        with page.expect_response("**/sign-in") as answer:
            send.click()
        assert answer.value.status == 401
        said(page, "Incorrect password")
        expect(password).to_have_value(secret)


@pytest.mark.usefixtures("unharmed")
def test_a_message_of_1000_emoji_fits_and_of_1001_stays_in_the_box(
    visitor: Visit, server: Server, watching: Owner
) -> None:
    page = visitor().open(f"/u/{watching.name}")
    message, send = box(page, "Your message"), page.get_by_role("button", name="Send", exact=True)

    for too_long in ("🍲" * 1001, HUGE):
        message.fill(too_long)
        expect(page.get_by_text(re.compile(r"^[\d,]+ over the limit$")).first).to_be_visible()
        send.click()
        said(page, "Use at most 1,000 characters.")
        expect(message).to_have_value(too_long)
    message.fill("🍲" * 1000)
    expect(page.get_by_text("0 left").first).to_be_visible()
    send.click()

    expect(page.get_by_text("Message sent anonymously")).to_be_visible()
    assert server.inbox(watching.name) == ["🍲" * 1000]
    expect(watching.dashboard.get_by_role("article")).to_contain_text("🍲" * 1000)


@pytest.mark.usefixtures("unharmed")
def test_a_message_without_anything_to_see_is_refused(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    for blank in ("", " \n\t ", "\u200b\u200d\u2060", "\u3164", "\u202e\u2066"):
        page.reload()
        box(page, "Your message").fill(blank)
        page.get_by_role("button", name="Send", exact=True).click()
        said(page, "Write a message first.")
        expect(box(page, "Your message")).to_have_value(blank)
    assert server.inbox(settled.name) == []


@pytest.mark.usefixtures("unharmed")
def test_strange_messages_arrive_as_text_and_do_nothing(
    visitor: Visit, server: Server, watching: Owner
) -> None:
    page = visitor().open(f"/u/{watching.name}")
    shown = {
        "html": STRANGE["html"],
        "sql": STRANGE["sql"],
        "right to left": "مرحبا بالعالم שלום",
        "emoji": STRANGE["emoji"],
        "braces": STRANGE["braces"],
        "nul": "ab",
        "surrogate": "ab",
    }
    for kind in STRANGE:
        type_into(box(page, "Your message"), kind)
        page.get_by_role("button", name="Send", exact=True).click()
        page.get_by_role("button", name="Send another").click()
        expect(box(page, "Your message")).to_have_value("")

    assert server.inbox(watching.name) == list(shown.values())
    articles = watching.dashboard.get_by_role("article")
    expect(articles).to_have_count(len(shown))
    # Messages of one second lie in no particular order.
    for text in shown.values():
        expect(articles.filter(has_text=text).first).to_be_visible()
    expect(articles.get_by_role("img")).to_have_count(0)
    expect(articles.get_by_role("link")).to_have_count(0)
    watching.dashboard.reload()
    expect(articles.filter(has_text=STRANGE["html"])).to_have_count(1)


@pytest.mark.usefixtures("unharmed")
def test_addresses_that_are_no_names_are_nobodys_pages(visitor: Visit) -> None:
    me = visitor()
    page = me.open("/u/nobody_has_this_name")
    for path in (
        "%00",
        "%F0%9F%8D%B2",
        "%3Cscript%3E",
        "..%2F..",
        "a" * 3000,
        "%E2%80%AE",
        "%ED%A0%80",
    ):
        answer = page.goto(f"{me.server.url}/u/{path}")
        assert answer is not None
        # A control character has no place in any path.
        assert answer.status == (400 if path == "%00" else 404)
        expect(page.get_by_text(TROUBLE)).to_have_count(0)
