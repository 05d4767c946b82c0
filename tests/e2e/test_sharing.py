"""Sharing a link: the sheet, the preview that chats show, and a one-page poster."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Owner, Server, Visit
from tests.e2e.test_accessibility import violations
from tests.e2e.test_keyboard import tab_to

A4 = (595, 842)
WORDS = "Send me an anonymous message:"
HAS_SHARE = """window.shared = [];
Object.defineProperty(navigator, 'share', {
  configurable: true,
  value: async (what) => {
    window.shared.push(what);
    if (window.refuses) throw new DOMException('', window.refuses);
  },
});"""


def crawled(server: Server, path: str) -> tuple[int, str]:
    """Fetch a page as a crawler without JavaScript does."""
    request = urllib.request.Request(  # noqa: S310
        server.url + path, headers={"User-Agent": "facebookexternalhit/1.1"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def tags(html: str) -> dict[str, list[str]]:
    """The head's meta tags, title and canonical URL, by name."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<meta\b[^>]*>", html):
        values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        name = values.get("property") or values.get("name")
        if name:
            found.setdefault(name, []).append(unescape(values.get("content", "")))
    found["title"] = [unescape(each) for each in re.findall("<title>(.*?)</title>", html)]
    found["canonical"] = re.findall(r'<link rel="canonical" href="([^"]*)"', html)
    return found


def sheet_of(page: Page) -> Page:
    expect(page.get_by_label("Your public link")).to_have_value(re.compile("/u/"))
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("dialog", name="Share your link")).to_be_visible()
    return page


def unfolded(page: Page) -> Page:
    page.locator("summary", has_text="Mastodon").click()
    expect(page.get_by_label("Your Mastodon server")).to_be_visible()
    return page


def read(png: bytes) -> list[str]:
    return [each.text for each in zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))]


def test_a_crawler_sees_whose_page_it_is(server: Server, name: str) -> None:
    server.settle(name)
    status, html = crawled(server, f"/u/{name}")
    assert status == 200
    found = tags(html)
    address = f"{server.url}/u/{name}"
    stored = "We store the text and the time, and nothing about who wrote it."
    about = f"Tell {name} what you think. {stored}"
    expected = {
        "title": f"Send {name} an anonymous message · anonmsg",
        "og:title": f"Send {name} an anonymous message · anonmsg",
        "description": about,
        "og:description": about,
        "canonical": address,
        "og:url": address,
        "og:site_name": "anonmsg",
        "og:type": "profile",
        "og:image": f"{address}/preview.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"An envelope addressed to {name}, with no sender.",
        "twitter:card": "summary_large_image",
        "robots": "noindex",
    }
    assert {each: found.get(each) for each in expected} == {k: [v] for k, v in expected.items()}
    with urllib.request.urlopen(found["og:image"][0], timeout=10) as answer:  # noqa: S310
        assert Image.open(BytesIO(answer.read())).size == (1200, 630)


def test_a_crawler_sees_what_the_site_is(server: Server) -> None:
    status, html = crawled(server, "/")
    assert status == 200
    found = tags(html)
    assert found["og:image"] == [f"{server.url}/preview.png"]
    assert found["og:title"] == found["title"] == ["anonmsg · anonymous messages, one link"]
    assert found["og:description"] == found["description"]
    assert found["twitter:card"] == ["summary_large_image"]
    with urllib.request.urlopen(found["og:image"][0], timeout=10) as answer:  # noqa: S310
        assert Image.open(BytesIO(answer.read())).size == (1200, 630)


def test_a_crawler_sees_that_there_is_nobody(server: Server) -> None:
    for path in ("/u/nobody-at-all", "/u/nobody-at-all/preview.png", "/u/nobody-at-all/poster"):
        status, html = crawled(server, path)
        assert status == 404
        assert "nobody-at-all" not in html
    assert "Disallow: /u/" not in crawled(server, "/robots.txt")[1]


def test_the_sheet_has_a_plain_link_to_every_service(watching: Owner, server: Server) -> None:
    page = sheet_of(watching.dashboard)
    link = f"{server.url}/u/{watching.name}"
    whole = {"text": [f"{WORDS} {link}"]}
    services = {
        "WhatsApp": ("wa.me", whole),
        "Telegram": ("t.me", {"url": [link], "text": [WORDS]}),
        "X": ("x.com", {"url": [link], "text": [WORDS]}),
        "Bluesky": ("bsky.app", whole),
    }
    for name, (host, values) in services.items():
        way = page.get_by_role("link", name=name, exact=True)
        address = urlsplit(way.get_attribute("href") or "")
        assert (address.scheme, address.netloc) == ("https", host)
        assert parse_qs(address.query) == values
        expect(way).to_have_attribute("target", "_blank")
        expect(way).to_have_attribute("rel", "noopener noreferrer")
    email = page.get_by_role("link", name="Email", exact=True).get_attribute("href") or ""
    assert parse_qs(urlsplit(email).query)["body"] == whole["text"]


def test_the_sheet_shows_a_code_that_leads_to_the_page(watching: Owner, server: Server) -> None:
    page = sheet_of(watching.dashboard)
    link = f"{server.url}/u/{watching.name}"
    code = page.get_by_role("img", name="QR code for your link")
    expect(code).to_be_visible()
    expect(code).to_have_js_property("complete", value=True)
    assert code.evaluate("(image) => image.naturalWidth") > 0
    assert read(page.screenshot(scale="css")) == [link]
    for name, kind in (("QR code (PNG)", "png"), ("QR code (SVG)", "svg")):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=name).click()
        assert downloading.value.suggested_filename == f"anonmsg-{watching.name}.{kind}"
        if kind == "png":
            assert read(downloading.value.path().read_bytes()) == [link]
    with watching.visitor.context.expect_page() as opening:
        page.get_by_role("link", name="Printable poster").click()
    expect(opening.value.get_by_role("heading")).to_have_text("Leave me an anonymous message")


def test_the_sheet_needs_no_mouse(watching: Owner) -> None:
    page = watching.dashboard
    expect(page.get_by_label("Your public link")).to_have_value(re.compile("/u/"))
    sheet = page.get_by_role("dialog", name="Share your link")
    share = page.get_by_role("button", name="Share", exact=True)
    tab_to(page, share)
    page.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    for name in ("WhatsApp", "Bluesky", "Email"):
        tab_to(page, sheet.get_by_role("link", name=name, exact=True))
    server_field = sheet.get_by_label("Your Mastodon server")
    expect(server_field).to_be_hidden()
    tab_to(page, sheet.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, server_field)
    tab_to(page, sheet.get_by_role("button", name="Story image"))
    tab_to(page, sheet.get_by_role("link", name="Printable poster"))
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(share).to_be_focused()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nonsense",
        "https://",
        "a b.example",
        "evil.example:8080",
        "javascript:alert(1)",
        "1.2.3.4",
    ],
)
def test_what_is_no_server_of_mastodon_goes_nowhere(watching: Owner, typed: str) -> None:
    page = unfolded(sheet_of(watching.dashboard))
    field = page.get_by_label("Your Mastodon server")
    field.fill(typed)
    field.press("Enter")
    expect(page.get_by_text("Enter a server name, such as mastodon.social.")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert len(watching.visitor.context.pages) == 1
    expect(page.get_by_role("dialog", name="Share your link")).to_be_visible()


@pytest.mark.parametrize(
    "typed", ["mastodon.example", " HTTPS://Mastodon.Example/@me?a=b ", "@me@mastodon.example"]
)
def test_a_server_of_mastodon_is_asked_with_the_text(
    watching: Owner, server: Server, typed: str
) -> None:
    asked: list[str] = []
    referrers: list[str | None] = []

    def hear(route: object) -> None:
        asked.append(route.request.url)  # type: ignore[attr-defined]
        referrers.append(route.request.headers.get("referer"))  # type: ignore[attr-defined]
        route.fulfill(body="")  # type: ignore[attr-defined]

    watching.visitor.context.route("https://mastodon.example/**", hear)
    page = unfolded(sheet_of(watching.dashboard))
    page.get_by_label("Your Mastodon server").fill(typed)
    with watching.visitor.context.expect_page() as opening:
        page.get_by_role("button", name="Mastodon").click()
    opening.value.wait_for_load_state()
    (address,) = map(urlsplit, asked)
    assert (address.netloc, address.path) == ("mastodon.example", "/share")
    assert parse_qs(address.query) == {"text": [f"{WORDS} {server.url}/u/{watching.name}"]}
    assert referrers == [None]
    # The server doesn't have to be typed again.
    page.reload()
    field = unfolded(sheet_of(page)).get_by_label("Your Mastodon server")
    expect(field).to_have_value("mastodon.example")


def test_the_device_is_asked_to_share_where_it_can(
    visitor: Visit, server: Server, name: str
) -> None:
    server.settle(name)
    me = visitor()
    me.context.add_init_script(HAS_SHARE)
    me.sign_in(name)
    page = me.open("/dashboard")
    expect(page.get_by_label("Your public link")).to_have_value(re.compile("/u/"))
    sheet = page.get_by_role("dialog", name="Share your link")
    share = page.get_by_role("button", name="Share", exact=True)
    share.click()
    assert page.evaluate("window.shared") == [{"text": WORDS, "url": f"{server.url}/u/{name}"}]
    # If the person cancels, they aren't asked again.
    page.evaluate("window.refuses = 'AbortError'")
    share.click()
    expect(sheet).to_be_hidden()
    page.evaluate("window.refuses = 'NotAllowedError'")
    share.click()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="QR code").click()
    expect(sheet).to_be_visible()


def test_nothing_of_anybody_else_is_loaded(watching: Owner, server: Server) -> None:
    asked: list[str] = []
    page = watching.dashboard
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    sheet_of(page)
    expect(page.get_by_role("img", name="QR code for your link")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []


@pytest.mark.parametrize("name_of", ["short", "long"])
def test_a_poster_prints_on_one_sheet_of_a4(
    visitor: Visit, server: Server, name: str, name_of: str
) -> None:
    whose = name if name_of == "short" else (name + "W" * 20)[:20]
    server.settle(whose)
    page = visitor().open(f"/u/{whose}/poster")
    expect(page.get_by_role("img")).to_have_js_property("complete", value=True)
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(round(float(side)) for side in box) for box in boxes] == [A4]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_text("Print this page")).to_be_hidden()
    expect(page.get_by_text(whose, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading")).to_be_in_viewport(ratio=1)
    host = urlsplit(server.url).netloc
    expect(page.get_by_text(f"{host}/u/{whose}")).to_be_in_viewport(ratio=1)
    assert read(page.screenshot()) == [f"{server.url}/u/{whose}"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


def test_the_sheet_and_the_poster_are_accessible(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    me = visitor(reduced_motion="reduce")
    me.sign_in(name)
    page = sheet_of(me.open("/dashboard"))
    assert violations(page) == []
    unfolded(page).get_by_role("button", name="Mastodon").click()
    expect(page.get_by_text("Enter a server name")).to_be_visible()
    assert violations(page) == []
    poster = me.open(f"/u/{name}/poster")
    assert violations(poster) == []


def test_the_sheet_fits_on_a_small_phone(visitor: Visit, server: Server, name: str) -> None:
    server.settle(name)
    # Reduce motion, so nothing is still moving when it's measured.
    small = {"width": 320, "height": 568}
    me = visitor(viewport=small, has_touch=True, reduced_motion="reduce")
    me.sign_in(name)
    page = unfolded(sheet_of(me.open("/dashboard")))
    sheet = page.get_by_role("dialog", name="Share your link")
    box = sheet.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(568, abs=1)
    assert (box["x"], box["width"]) == (0, 320)
    assert sheet.evaluate("(it) => it.scrollWidth <= it.clientWidth")
    poster = page.get_by_role("link", name="Printable poster")
    poster.scroll_into_view_if_needed()
    expect(poster).to_be_in_viewport()
    # The way out stays in view, however far one has scrolled.
    expect(sheet.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    edges = "(it) => [it, ...it.querySelectorAll('*')].map((e) => e.getBoundingClientRect().right)"
    assert max(sheet.evaluate(edges)) <= 320
    for control in [*sheet.get_by_role("link").all(), *sheet.get_by_role("button").all()]:
        size = control.bounding_box()
        assert size is not None
        assert size["height"] >= 44
