"""Everything works by keyboard alone, focus is never lost or hidden, and motion can be stopped."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Owner, Server, Visit

FOCUS_IS_SEEN = """() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
}"""


def tab_to(page: Page, aim: Locator) -> None:
    """Press Tab until the target has focus; the focus must be visible at every stop."""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), "a stop that is not seen"
        if aim.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"no way to {aim} by keyboard")


def focus_is_kept(page: Page) -> bool:
    kept: bool = page.evaluate("document.activeElement !== document.body")
    return kept


@pytest.mark.parametrize("path", ["/", "/sign-up", "/privacy", "/lost"])
def test_the_first_tab_stop_skips_to_the_content(visitor: Visit, path: str) -> None:
    page = visitor().open(path)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    behind = "document.querySelector('main').compareDocumentPosition(document.activeElement)"
    assert page.evaluate(f"{behind} & Node.DOCUMENT_POSITION_FOLLOWING")


def test_signing_up_needs_no_mouse(visitor: Visit, server: Server, name: str) -> None:
    page = visitor().open("/sign-up")
    tab_to(page, page.get_by_role("button", name="Sign up"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    # Focus goes to the first field that was refused.
    expect(page.get_by_label("Username")).to_be_focused()
    page.reload()
    tab_to(page, page.get_by_label("Username"))
    page.keyboard.type(name)
    expect(page.get_by_text("Username is available")).to_be_visible()
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(f"{name}@example.com")
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/verify")
    expect(page.get_by_text("User registered successfully")).to_be_visible()
    expect(page.get_by_label("Verification code")).to_be_focused()
    page.keyboard.type(server.code(f"{name}@example.com"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")


def test_a_refused_sign_in_leads_to_the_field(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    page = visitor().open("/sign-in")
    tab_to(page, page.get_by_label("Email or username"))
    page.keyboard.type(name)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type("wrong horse")
    tab_to(page, page.get_by_role("button", name="Sign in"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Incorrect password")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()


def test_sending_needs_no_mouse(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    page = visitor().open(f"/u/{name}")
    box = page.get_by_label("Your message")
    tab_to(page, page.get_by_role("button", name="Suggest messages"))
    page.keyboard.press("Enter")
    suggestion = page.locator("[data-suggestion]").first
    expect(suggestion).to_be_visible()
    tab_to(page, suggestion)
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    expect(box).not_to_be_empty()
    tab_to(page, page.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Message sent anonymously")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Send another"))
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.type("And one more thing")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_text("Message sent anonymously")).to_be_visible()


def test_a_refused_message_leaves_the_focus_where_it_was(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    page = visitor().open(f"/u/{name}")
    # The page sees this as text and the rules as empty, so only the server refuses it.
    page.get_by_label("Your message").fill("\u2800")
    tab_to(page, page.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("#message-refusal")).not_to_be_empty()
    assert focus_is_kept(page)


def test_a_message_is_deleted_by_keyboard_and_only_after_the_question(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, "the first", "the second")
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    for number in (2, 1):
        expect(page.get_by_role("article")).to_have_count(number)
        tab_to(page, page.get_by_role("button", name="Delete").first)
        page.keyboard.press("Enter")
    page.goto(f"{server.url}/dashboard?folder=trash")
    newest = page.get_by_role("article").filter(has_text="the second")
    delete = newest.get_by_role("button", name="Delete forever")
    dialog = page.get_by_role("alertdialog")
    expect(delete).to_be_visible()

    tab_to(page, delete)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("Tab")
        held = "document.activeElement === document.body || "
        held += "document.querySelector('dialog').contains(document.activeElement)"
        assert page.evaluate(held), "the focus left the question"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(delete).to_be_focused()
    expect(page.get_by_role("article")).to_have_count(2)

    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, dialog.get_by_role("button", name="Delete forever"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("the first")
    expect(page.get_by_role("heading", name="Trash")).to_be_focused()


def test_loading_more_by_keyboard_keeps_the_focus(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, *(f"number {n}" for n in range(22)))
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    more = page.get_by_role("button", name="Load more")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(22)
    expect(more).to_be_hidden()
    assert focus_is_kept(page)


def test_the_switch_turns_by_the_space_bar(watching: Owner) -> None:
    page = watching.dashboard
    expect(page.get_by_text("No messages yet")).to_be_visible()
    tab_to(page, page.get_by_role("switch", name="Accept messages"))
    page.keyboard.press("Space")
    expect(page.get_by_text("Not accepting messages")).to_be_visible()
    expect(page.get_by_role("switch", name="Accept messages")).to_be_focused()


def moving(page: Page) -> list[str]:
    """The animations running right now."""
    names: list[str] = page.evaluate(
        "document.getAnimations().filter((each) => each.playState === 'running')"
        ".map((each) => each.animationName ?? each.transitionProperty)"
    )
    return names


def test_the_settings_change_without_a_mouse_and_the_focus_is_never_lost(
    settled: Owner, visitor: Visit
) -> None:
    visitor().sign_in(settled.name)
    page = settled.visitor.open("/settings")
    browsers = page.get_by_role("region", name="Where you're signed in")
    one = browsers.get_by_role("button", name="Sign out of")
    one.focus()
    page.keyboard.press("Enter")
    expect(one).to_have_count(0)
    expect(browsers.get_by_role("heading")).to_be_focused()

    part = page.get_by_role("region", name="Two-factor sign-in")
    part.get_by_role("button", name="Set up").focus()
    page.keyboard.press("Enter")
    expect(part.get_by_label("Code from the app")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(part.get_by_text("Incorrect code")).to_be_visible()
    expect(part.get_by_label("Code from the app")).to_be_focused()
    key = part.get_by_label("Key", exact=True).input_value().replace(" ", "")
    page.keyboard.press("Control+A")
    page.keyboard.type(pyotp.TOTP(key).now())
    page.keyboard.press("Enter")
    expect(part.get_by_label("Recovery codes", exact=True)).to_be_focused()
    tab_to(page, part.get_by_role("button", name="Done"))
    page.keyboard.press("Enter")
    expect(part.get_by_text("Recovery codes left: 10")).to_be_visible()
    tab_to(page, part.get_by_label("Current password"))
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(part.get_by_text("Incorrect password")).to_be_visible()
    expect(part.get_by_label("Current password")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(part.get_by_text("Two-factor sign-in is off.")).to_be_visible()
    expect(part.get_by_role("heading")).to_be_focused()


def test_the_example_moves_until_it_is_paused(visitor: Visit) -> None:
    page = visitor(reduced_motion="no-preference").open("/")
    assert "tick" in moving(page)
    pause = page.get_by_role("button", name="Pause")
    tab_to(page, pause)
    # Focus inside pauses the animation; pressing the button pauses it for good.
    assert "tick" not in moving(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    play = page.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "true")
    assert "tick" not in moving(page)
    play.click()
    page.mouse.move(0, 0)
    page.get_by_role("main").focus()
    assert "tick" in moving(page)


def test_nothing_moves_under_reduced_motion(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, "hello")
    still = visitor(reduced_motion="reduce")
    home = still.open("/")
    expect(home.get_by_text("Example")).to_be_visible()
    assert moving(home) == []
    expect(home.get_by_role("button", name="Pause")).to_be_hidden()
    still.sign_in(name)
    dashboard = still.open("/dashboard")
    expect(dashboard.get_by_role("article")).to_be_visible()
    assert moving(dashboard) == []


def test_what_changes_is_said_aloud(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    page = visitor().open(f"/u/{name}")
    page.get_by_label("Your message").fill("x" * 980)
    expect(page.get_by_role("status").filter(has_text="20 left")).to_have_count(1)
    expect(page.locator("#offline[role=status]")).to_have_count(1)
    page.get_by_label("Your message").fill("x" * 1001)
    expect(page.get_by_role("status").filter(has_text="1 over the limit")).to_have_count(1)
    sign_up = visitor().open("/sign-up")
    sign_up.get_by_label("Username").fill(name)
    said = sign_up.locator("[aria-live=polite]").filter(has_text="Username is already taken")
    expect(said).to_have_count(1)
