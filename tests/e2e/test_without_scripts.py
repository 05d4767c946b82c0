"""Without JavaScript, or before React loads: the essentials work, and no form leaks into a URL."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import (
    PASSWORD,
    STATUS_NOTE,
    Owner,
    Server,
    Visit,
    Visitor,
    sign_in,
    sign_up,
)

SENT = "Message sent anonymously"
MARK = "typed-by-somebody"


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def send(page: Page, text: str) -> None:
    box(page, "Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


@pytest.fixture
def plain(visitor: Visit) -> Visitor:
    """Someone with JavaScript turned off."""
    return visitor(java_script_enabled=False)


@pytest.fixture
def bundleless(visitor: Visit) -> Visitor:
    """Someone whose browser loads the static script but never React."""
    made = visitor()
    made.bears = re.compile(STATUS_NOTE.pattern + r"|^Failed to load resource: net::ERR_FAILED")
    made.context.route("**/assets/*.js", lambda route: route.abort())
    return made


def test_sending_works_without_javascript(plain: Visitor, server: Server, watching: Owner) -> None:
    page = plain.open(f"/u/{watching.name}")
    expect(page.get_by_role("heading", name=watching.name)).to_be_visible()

    send(page, "No script was needed 🍲\nTwo lines")

    expect(page.get_by_text(SENT)).to_be_visible()
    expect(watching.dashboard.get_by_role("article")).to_contain_text("No script was needed 🍲")
    page.get_by_role("link", name="Send another").click()
    send(page, "And another")
    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(watching.name) == ["No script was needed 🍲\nTwo lines", "And another"]
    assert plain.context.cookies() == []


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        ("", "Write a message first."),
        (" \u200b ", "Write a message first."),
        ("</textarea><script>x</script>\n" * 60, "Use at most 1,000 characters."),
        ("\n\n" + "🍲" * 1001, "Use at most 1,000 characters."),
    ],
    ids=["empty", "invisible", "html", "1,001 emoji"],
)
def test_a_refusal_shows_the_sentence_and_the_draft(
    plain: Visitor, server: Server, settled: Owner, draft: str, sentence: str
) -> None:
    page = plain.open(f"/u/{settled.name}")

    send(page, draft)

    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(box(page, "Your message")).to_have_value(draft)
    assert page.url == f"{server.url}/u/{settled.name}"
    send(page, "Short and visible")
    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(settled.name) == ["Short and visible"]


def test_20000_characters_come_back_in_the_box(
    plain: Visitor, server: Server, settled: Owner
) -> None:
    page = plain.open(f"/u/{settled.name}")
    for draft in ("x" * 20_000, "🍲" * 5_000):
        send(page, draft)
        expect(page.get_by_text(re.compile("at most 1,000 characters"))).to_be_visible()
        expect(box(page, "Your message")).to_have_value(draft)
    assert server.inbox(settled.name) == []


def test_a_repeated_post_makes_one_message(plain: Visitor, server: Server, settled: Owner) -> None:
    page = plain.open(f"/u/{settled.name}")
    send(page, "Pressed, reloaded, pressed")
    for _ in range(2):
        expect(page.get_by_text(SENT)).to_be_visible()
        page.wait_for_load_state("networkidle")
        page.reload()

    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(settled.name) == ["Pressed, reloaded, pressed"]

    page.goto(f"{server.url}/u/{settled.name}")
    send(page, "")
    send(page, "From the refused page")
    expect(page.get_by_text(SENT)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(settled.name) == ["Pressed, reloaded, pressed", "From the refused page"]


def test_a_closed_inbox_says_so_before_and_after_the_post(
    plain: Visitor, server: Server, watching: Owner
) -> None:
    early = plain.open(f"/u/{watching.name}")
    switch = watching.dashboard.get_by_role("switch", name="Accept messages")
    switch.click()
    expect(watching.dashboard.get_by_text("Not accepting messages")).to_be_visible()

    late = plain.open(f"/u/{watching.name}")
    expect(late.get_by_text(f"{watching.name} is not accepting messages")).to_be_visible()
    expect(late.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    send(early, "Too late")

    expect(early.get_by_text(f"{watching.name} is not accepting messages")).to_be_visible()
    expect(box(early, "Your message")).to_have_value("Too late")
    assert server.inbox(watching.name) == []


def test_signing_in_natively_keeps_the_identifier_and_never_the_password(
    plain: Visitor, server: Server, name: str
) -> None:
    server.settle(name)
    page = plain.open("/dashboard")
    expect(page).to_have_url(f"{server.url}/sign-in?next=/dashboard")
    strange = '"><b>x</b>'

    for identifier, password, sentence in (
        (strange, PASSWORD, "User not found"),
        (name, "not the password", "Incorrect password"),
    ):
        sign_in(page, identifier, password)
        expect(page.get_by_text(sentence, exact=True)).to_be_visible()
        expect(box(page, "Email or username")).to_have_value(identifier)
        expect(box(page, "Password")).to_have_value("")
        assert page.url == f"{server.url}/sign-in"
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    assert page.url == f"{server.url}/dashboard"


def test_an_unverified_person_is_told_so_without_javascript(
    plain: Visitor, visitor: Visit, server: Server, name: str
) -> None:
    page = visitor().open("/sign-up")
    sign_up(page, name)
    page.wait_for_url("**/verify")
    page = plain.open("/sign-in")

    sign_in(page, name)

    expect(page.get_by_text("Please verify your account before login")).to_be_visible()
    expect(box(page, "Email or username")).to_have_value(name)


def listen(who: Visitor) -> list[str]:
    """Every URL the browser requests from now on."""
    asked: list[str] = []
    who.context.on("request", lambda request: asked.append(request.url))
    return asked


def nothing_typed_in(asked: list[str]) -> None:
    assert asked
    assert [url for url in asked if MARK in url or "password" in urlsplit(url).query] == []


def fill_every_form(who: Visitor, owner: Owner) -> list[Page]:
    signing_up = who.open("/sign-up")
    sign_up(signing_up, MARK, email=f"{MARK}@example.com", password=MARK)
    verifying = who.open("/verify")
    box(verifying, "Verification code").fill(MARK)
    verifying.get_by_role("button", name="Verify").click()
    signing_in = who.open("/sign-in")
    sign_in(signing_in, MARK, MARK)
    writing = who.open(f"/u/{owner.name}")
    send(writing, MARK)
    return [signing_up, verifying, signing_in, writing]


def test_no_form_fills_an_address_without_javascript(
    plain: Visitor, server: Server, settled: Owner
) -> None:
    asked = listen(plain)

    signing_up, verifying, signing_in, writing = fill_every_form(plain, settled)

    for page, path, refusal in (
        (signing_up, "/sign-up", "Use 2–20 letters"),
        (verifying, "/verify", "Incorrect verification code"),
    ):
        expect(page.get_by_role("alert").filter(has_text=refusal)).to_be_visible()
        assert page.url == server.url + path
    expect(box(signing_up, "Email")).to_have_value(f"{MARK}@example.com")
    expect(signing_in.get_by_text("User not found")).to_be_visible()
    expect(writing.get_by_text(SENT)).to_be_visible()
    nothing_typed_in(asked)


def told(page: Page) -> None:
    """Expect the page to say it needs JavaScript; text locators can't see into a noscript."""
    expect(page.locator("noscript p")).to_be_visible()
    assert "This page needs JavaScript." in page.locator("noscript p").inner_text()


def test_a_page_that_can_do_nothing_without_javascript_says_so(
    plain: Visitor, settled: Owner
) -> None:
    for path in ("/", "/sign-in", "/sign-up", "/forgot-password", f"/u/{settled.name}"):
        expect(plain.open(path).locator("noscript")).to_have_count(0)
    sign_in(plain.open("/sign-in"), settled.name)
    for path in ("/dashboard", "/settings"):
        told(plain.open(path))


def test_signing_up_and_verifying_work_without_javascript(
    plain: Visitor, server: Server, name: str
) -> None:
    page = plain.open("/sign-up")
    sign_up(page, name)
    expect(page.get_by_text("User registered successfully.")).to_be_visible()
    box(page, "Verification code").fill(server.code(f"{name}@example.com"))
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Account verified successfully")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in to your new page")).to_be_visible()
    expect(page.get_by_label("Email or username")).to_have_value(name)
    sign_in(page, name)
    page.wait_for_url("**/dashboard")


def test_the_links_of_emails_are_pasted_without_javascript(
    plain: Visitor, visitor: Visit, server: Server, name: str
) -> None:
    email, new = f"{name}@example.com", "moss kettle violin zebra"
    sign_up(plain.open("/sign-up"), name)
    link = server.link(email)
    page = visitor(java_script_enabled=False).open(link)
    page.locator("summary", has_text="Signed up in another browser?").click()
    box(page, "Link from the email").fill(link)
    box(page, "Password").fill(PASSWORD)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Account verified successfully")).to_be_visible()

    asking = plain.open("/forgot-password")
    box(asking, "Email").fill(email)
    asking.get_by_role("button", name="Send reset link").click()
    expect(asking.get_by_text("we've sent a link")).to_be_visible()
    link = server.link(email, after=1)
    page = plain.open(link)
    expect(page.get_by_text("Open this page from the link")).to_be_hidden()
    box(page, "Link from the email").fill(link)
    box(page, "New password").fill(new)
    page.get_by_role("button", name="Reset password").click()
    expect(page.get_by_role("heading", name="Your password is changed.")).to_be_visible()
    for path in ("/confirm-email", "/undo-email"):
        page = plain.open(f"{path}#{'x' * 43}")
        box(page, "Link from the email").fill(f"{server.url}{path}#{'x' * 43}")
        page.get_by_role("button", name=re.compile("Confirm|Undo")).click()
        expect(page.get_by_text("This link has expired or been used.")).to_be_visible()


def test_no_form_around_an_account_fills_an_address_without_javascript(
    plain: Visitor, settled: Owner
) -> None:
    signing_in = plain.open("/sign-in?next=/settings")
    sign_in(signing_in, settled.name)
    signing_in.wait_for_url("**/settings")
    asked = listen(plain)
    count = signing_in.locator("main form[method=post]").count()
    assert count >= 6
    for number in range(count):
        page = plain.open("/settings")
        form = page.locator("main form[method=post]").nth(number)
        if form.get_attribute("action"):
            # The export works without scripts.
            continue
        if not form.is_visible():
            page.get_by_text("Delete this account…").click()
        for field in form.locator("input:visible, textarea:visible").all():
            if field.get_attribute("type") == "checkbox":
                field.check()
            else:
                field.fill(MARK)
        form.locator("button[type=submit]").click()
        expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
        assert urlsplit(page.url).path == "/settings"
        page.close()
    page = plain.open("/forgot-password")
    box(page, "Email").fill(f"{MARK}@example.com")
    page.get_by_role("button", name="Send reset link").click()
    expect(page.get_by_text("we've sent a link")).to_be_visible()
    nothing_typed_in(asked)


def test_a_new_password_fills_no_address_when_react_never_comes(bundleless: Visitor) -> None:
    asked = listen(bundleless)
    page = bundleless.open("/reset-password#" + "guessed" * 7)
    box(page, "New password").fill(MARK)
    page.get_by_role("button", name="Reset password").click()
    expect(page.get_by_text("This link has expired or been used.")).to_be_visible(timeout=10_000)
    assert "guessed" not in page.url
    nothing_typed_in(asked)


def test_no_form_fills_an_address_when_react_never_comes(
    bundleless: Visitor, server: Server, settled: Owner
) -> None:
    asked = listen(bundleless)

    signing_up, verifying, signing_in, writing = fill_every_form(bundleless, settled)

    # The script sends the sign-in itself; after a while it leaves the others to the browser.
    expect(signing_in.get_by_text("User not found")).to_be_visible()
    expect(box(signing_in, "Password")).to_have_value(MARK)
    empty = bundleless.open(f"/u/{settled.name}")
    send(empty, "")
    expect(empty.get_by_text("Write a message first.")).to_be_visible()
    for page, refusal in (
        (signing_up, "Use 2–20 letters"),
        (verifying, "Incorrect verification code"),
    ):
        refused = page.get_by_role("alert").filter(has_text=refusal)
        expect(refused).to_be_visible(timeout=10_000)
    expect(writing.get_by_text(SENT)).to_be_visible(timeout=10_000)
    assert server.inbox(settled.name) == [MARK]
    nothing_typed_in(asked)


def test_a_double_click_while_react_never_comes_sends_once(
    bundleless: Visitor, server: Server, settled: Owner
) -> None:
    server.settle(f"{settled.name}_b")
    page, other = (bundleless.open(f"/u/{n}") for n in (settled.name, f"{settled.name}_b"))
    for each in (page, other):
        box(each, "Your message").fill("Pressed early and often")
        each.get_by_role("button", name="Send", exact=True).dblclick()
        each.get_by_role("button", name="Send", exact=True).click()
    for each, owner in ((page, settled.name), (other, f"{settled.name}_b")):
        expect(each.get_by_text(SENT)).to_be_visible(timeout=10_000)
        assert server.inbox(owner) == ["Pressed early and often"]
    signing_in = bundleless.open("/sign-in")
    sign_in(signing_in, settled.name)
    signing_in.wait_for_url("**/dashboard")
