"""Double clicks, two tabs, reloads, the back button and a lost network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import (
    PASSWORD,
    Owner,
    Server,
    Visit,
    account_menu,
    sign_in,
    sign_up,
)

SENT = "Message sent anonymously"


def box(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def write(page: Page, text: str) -> None:
    box(page, "Your message").fill(text)


def test_double_clicks_on_the_way_in_do_everything_once(
    visitor: Visit, server: Server, name: str
) -> None:
    email = f"{name}@example.com"
    page = visitor().open("/sign-up")
    for label, value in {"Username": name, "Email": email, "Password": PASSWORD}.items():
        box(page, label).fill(value)
    button(page, "Sign up").dblclick()
    page.wait_for_url("**/verify")
    first = server.code(email)
    assert server.sql("SELECT count(*) FROM sign_ups WHERE email = ?", email) == [(1,)]

    server.age(email, code_by=61)
    page.reload()
    page.get_by_role("button", name="Resend code").dblclick()
    expect(page.get_by_text(re.compile("We've sent a new code"))).to_be_visible()
    expect(page.get_by_text(re.compile("Too many attempts"))).to_be_hidden()
    code = server.code(email, after=1)
    assert len(server.mails(email)) == 2, first

    box(page, "Verification code").fill(code)
    button(page, "Verify").dblclick()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_text("Account verified successfully")).to_be_visible()
    box(page, "Email or username").fill(name)
    box(page, "Password").fill(PASSWORD)
    button(page, "Sign in").dblclick()
    page.wait_for_url("**/dashboard")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    mine = "SELECT count(*) FROM sign_ins JOIN people p ON p.id = person_id WHERE username = ?"
    assert server.sql(mine, name) == [(1,)]
    assert len(server.mails(email)) == 2


def test_a_double_click_on_send_makes_one_message(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    button(page, "Suggest messages").dblclick()
    write(page, "Only once")
    button(page, "Send").dblclick()
    expect(page.get_by_text(SENT)).to_be_visible()
    button(page, "Send another").dblclick()
    expect(box(page, "Your message")).to_have_value("")
    write(page, "The second")
    box(page, "Your message").press("Control+Enter")
    expect(page.get_by_text(SENT)).to_be_visible()

    assert server.inbox(settled.name) == ["Only once", "The second"]


def test_double_clicks_on_the_dashboard_do_everything_once(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, *(f"Message {nth:02}" for nth in range(45)))
    me = visitor()
    me.sign_in(name)
    page = me.open("/dashboard")
    articles = page.get_by_role("article")
    expect(articles).to_have_count(20)

    # By the second click, the button may have moved out from under the pointer.
    button(page, "Load more").dblclick()
    expect(articles).not_to_have_count(20)
    page.wait_for_timeout(500)
    if articles.count() < 45:
        button(page, "Load more").click()
    expect(articles).to_have_count(45)
    texts = articles.locator(".message-text").all_text_contents()
    assert texts == [f"Message {nth:02}" for nth in reversed(range(45))]

    button(articles.first, "Delete").dblclick()
    expect(articles).to_have_count(44)
    page.wait_for_timeout(500)
    expect(articles).to_have_count(44)
    assert server.sql("SELECT count(*) FROM messages WHERE folder = 'trash'") == [(1,)]

    switch = page.get_by_role("switch", name="Accept messages")
    button(page, "Refresh").dblclick()
    button(page, "Copy link").dblclick()
    expect(articles).to_have_count(44)
    # Whether the second click undoes the first depends on timing, so only check
    # that what's shown is what's stored.
    switch.dblclick()
    other = me.open("/dashboard")
    expect(other.get_by_role("article").first).to_be_visible()
    is_open = server.sql("SELECT accepts_messages FROM people WHERE username = ?", name) == [(1,)]
    for tab in (page, other):
        shown = tab.get_by_role("switch", name="Accept messages")
        expect(shown).to_be_checked(checked=is_open)
    account_menu(page).get_by_role("button", name="Sign out").dblclick()
    page.wait_for_url(f"{server.url}/")


def test_two_tabs_of_one_sender_make_a_message_each(
    visitor: Visit, server: Server, watching: Owner
) -> None:
    sender = visitor()
    tabs = [sender.open(f"/u/{watching.name}") for _ in range(2)]
    for tab in tabs:
        write(tab, "From both of my tabs")
    for tab in tabs:
        button(tab, "Send").click()
    for tab in tabs:
        expect(tab.get_by_text(SENT)).to_be_visible()

    assert server.inbox(watching.name) == ["From both of my tabs"] * 2
    expect(watching.dashboard.get_by_role("article")).to_have_count(2)


def test_two_tabs_of_one_owner_agree(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name, "The first", "The second")
    me = visitor()
    me.sign_in(name)
    one, other = me.open("/dashboard"), me.open("/dashboard")
    for tab in (one, other):
        expect(tab.get_by_role("article")).to_have_count(2)
    button(one.get_by_role("article").first, "Delete").click()
    expect(other.get_by_role("article")).to_have_count(1)
    for tab in (one, other):
        tab.goto(f"{server.url}/dashboard?folder=trash")
        button(tab.get_by_role("article"), "Delete forever").click()
    button(one.get_by_role("alertdialog"), "Delete forever").click()
    expect(other.get_by_role("article", include_hidden=True)).to_have_count(0)
    button(other.get_by_role("alertdialog"), "Delete forever").click()

    expect(other.get_by_text("This message no longer exists.")).to_be_visible()
    other.goto(f"{server.url}/dashboard")
    expect(other.get_by_role("article")).to_have_text(re.compile("The first"))
    one.get_by_role("switch", name="Accept messages").click()
    expect(other.get_by_text("Not accepting messages")).to_be_visible()
    button(other, "Refresh").click()
    expect(other.get_by_text("This message no longer exists.")).to_be_hidden()
    assert server.inbox(name) == ["The first"]


def test_a_reload_in_the_middle_of_each_step_loses_no_step(
    visitor: Visit, server: Server, name: str
) -> None:
    me = visitor()
    page = me.open("/sign-up")
    box(page, "Username").fill(name)
    page.reload()
    sign_up(page, name)
    page.wait_for_url("**/verify")
    page.reload()
    expect(box(page, "Verification code")).to_be_visible()
    box(page, "Verification code").fill("12")
    button(page, "Verify").click()
    expect(page.get_by_text("Incorrect verification code")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Incorrect verification code")).to_be_hidden()
    box(page, "Verification code").fill(server.code(f"{name}@example.com"))
    page.wait_for_url("**/sign-in")
    box(page, "Email or username").fill(name)
    page.reload()
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    page.reload()
    expect(page.get_by_text("No messages yet")).to_be_visible()

    public = visitor().open(f"/u/{name}")
    write(public, "Half a thou")
    public.reload()
    write(public, "A whole thought")
    button(public, "Send").click()
    expect(public.get_by_text(SENT)).to_be_visible()
    public.reload()
    expect(box(public, "Your message")).to_be_visible()
    assert server.inbox(name) == ["A whole thought"]


def test_back_after_sending_neither_sends_again_nor_breaks(
    visitor: Visit, server: Server, settled: Owner
) -> None:
    page = visitor().open(f"/u/{settled.name}")
    write(page, "Sent and gone")
    button(page, "Send").click()
    page.get_by_role("link", name="Create your own page").click()
    page.wait_for_url("**/sign-up")
    page.go_back()
    page.wait_for_url(f"**/u/{settled.name}")

    expect(box(page, "Your message")).to_have_value("")
    assert server.inbox(settled.name) == ["Sent and gone"]
    write(page, "Another one")
    button(page, "Send").click()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(settled.name) == ["Sent and gone", "Another one"]


def test_back_after_signing_in_or_out_shows_nothing_of_others(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name, "For my eyes only")
    page = visitor().open("/sign-in")
    sign_in(page, name)
    page.wait_for_url("**/dashboard")
    expect(page.get_by_text("For my eyes only")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/dashboard")
    account_menu(page).get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.url}/")

    page.go_back()

    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_text("For my eyes only")).to_have_count(0)


def test_sending_without_a_network_keeps_the_text_and_sends_it_once_later(
    visitor: Visit, server: Server, watching: Owner
) -> None:
    sender = visitor()
    sender.bears = re.compile("Failed to load resource|WebSocket|net::ERR_INTERNET_DISCONNECTED")
    page = sender.open(f"/u/{watching.name}")
    button(page, "Suggest messages").click()
    expect(page.locator("[data-suggestion]").first).to_be_visible()
    sender.context.set_offline(True)
    expect(page.get_by_text("You're offline. What you write stays here.")).to_be_visible()
    write(page, "Written in a tunnel")
    button(page, "Send").click()
    expect(box(page, "Your message")).to_have_value("Written in a tunnel")
    assert server.inbox(watching.name) == []

    sender.context.set_offline(False)
    expect(page.get_by_text("You're offline. What you write stays here.")).to_be_hidden()
    expect(watching.dashboard.get_by_role("article")).to_have_text(
        re.compile("Written in a tunnel")
    )
    expect(page.get_by_text(SENT)).to_be_visible()
    assert server.inbox(watching.name) == ["Written in a tunnel"]


def test_signing_in_without_a_network_loses_nothing(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    me = visitor()
    me.bears = re.compile("Failed to load resource|WebSocket")
    page = me.open("/sign-in")
    me.context.set_offline(True)
    sign_in(page, name)
    told = page.get_by_text("You seem to be offline. Nothing is lost. Try again.")
    expect(told).to_be_visible()
    expect(box(page, "Password")).to_have_value(PASSWORD)

    me.context.set_offline(False)
    button(page, "Sign in").click()
    page.wait_for_url("**/dashboard")


# What a person does within half a second, and how the second press is made.
MOUSE, FINGER = "mouse", "finger"


@pytest.mark.parametrize("gap", [60, 150, 300])
@pytest.mark.parametrize(("by", "width"), [(MOUSE, 1280), (MOUSE, 390), (FINGER, 390)])
def test_a_double_click_that_outlasts_the_answer_presses_nothing_else(
    visitor: Visit, server: Server, settled: Owner, gap: int, by: str, width: int
) -> None:
    viewport = {"width": width, "height": 844}
    page = visitor(viewport=viewport, has_touch=by == FINGER).open(f"/u/{settled.name}")
    button(page, "Suggest messages").click()
    expect(page.locator("[data-suggestion]")).to_have_count(3)
    write(page, "Only once")
    place = button(page, "Send").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    for nth in (1, 2):
        if by == FINGER:
            page.touchscreen.tap(x, y)
        else:
            page.mouse.move(x, y)
            page.mouse.down(click_count=nth)
            page.mouse.up(click_count=nth)
        page.wait_for_timeout(gap)
    page.wait_for_timeout(500)
    expect(page.get_by_text(SENT)).to_be_visible()
    assert page.url.endswith(settled.name)
    assert server.inbox(settled.name) == ["Only once"]
    # The next press is one of its own.
    button(page, "Send another").click()
    expect(box(page, "Your message")).to_have_value("")


def test_a_slow_double_click_signs_one_browser_out(visitor: Visit, settled: Owner) -> None:
    for _ in range(3):
        visitor().sign_in(settled.name)
    page = settled.visitor.open("/settings")
    browsers = page.get_by_role("region", name="Where you're signed in")
    expect(browsers.get_by_role("listitem")).to_have_count(4)
    first = browsers.get_by_role("button", name="Sign out of").first
    first.scroll_into_view_if_needed()
    place = first.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    for nth in (1, 2):
        page.mouse.down(click_count=nth)
        page.mouse.up(click_count=nth)
        page.wait_for_timeout(300)
    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    page.wait_for_timeout(500)
    expect(browsers.get_by_role("listitem")).to_have_count(3)
