"""The share sheet's pictures: what people will see of a link, and an image for stories."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Download, Locator, Page, Route, expect

from tests.e2e.conftest import Owner, Server, Visit
from tests.e2e.test_accessibility import violations
from tests.e2e.test_sharing import crawled, read, sheet_of, tags

SHARES_FILES = """window.shared = [];
const answer = (name, value) =>
  Object.defineProperty(navigator, name, { configurable: true, value });
answer("canShare", (what) => what.files?.every((each) => each.type === "image/png") ?? false);
answer("share", async ({ files }) => {
  if (!navigator.userActivation.isActive) throw new DOMException("", "NotAllowedError");
  window.shared.push(files.map(({ name, type, size }) => ({ name, type, size })));
  if (window.refuses) throw new DOMException("", window.refuses);
});"""
SHARES_NO_FILES = SHARES_FILES.replace('"image/png"', '"text/plain"')
SHARES_NOTHING = "delete Navigator.prototype.canShare; delete Navigator.prototype.share;"

Dashboard = Callable[..., Page]


@pytest.fixture
def dashboard(visitor: Visit, server: Server, name: str) -> Dashboard:
    """Open an empty inbox in a browser that can do what a script says."""

    def opened(can: str = SHARES_NOTHING) -> Page:
        server.settle(name)
        # Reduce motion, so nothing is still moving when it's measured.
        me = visitor(reduced_motion="reduce")
        me.bears = re.compile("^Failed to load resource")
        me.context.add_init_script(can)
        me.sign_in(name)
        page = me.open("/dashboard")
        expect(page.get_by_label("Your public link")).to_have_value(re.compile("/u/"))
        return page

    return opened


def with_sheet(page: Page) -> Page:
    """Open our own sheet, whether or not the device has one."""
    page.get_by_role("button", name="Make a story picture").click()
    expect(page.get_by_role("dialog", name="Share your link")).to_be_visible()
    return page


def size_of(download: Download) -> tuple[int, int]:
    return Image.open(BytesIO(download.path().read_bytes())).size


def story_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Story image")


def test_the_sheet_shows_what_people_will_see(watching: Owner, server: Server) -> None:
    page = sheet_of(watching.dashboard)
    picture = page.get_by_role("figure").get_by_role("img")
    alt = f"An envelope addressed to {watching.name}, with no sender."
    expect(picture).to_have_accessible_name(alt)
    expect(picture).to_have_js_property("naturalWidth", 1200)
    found = tags(crawled(server, f"/u/{watching.name}")[1])
    assert found["og:image"] == [picture.evaluate("(image) => image.src")]
    assert found["og:image:alt"] == [alt]
    (title,) = found["og:title"]
    expect(page.get_by_role("figure").get_by_text(title, exact=True)).to_be_visible()


def test_pictures_are_fetched_only_once_the_sheet_opens_and_nothing_moves(
    dashboard: Dashboard, server: Server, name: str
) -> None:
    asked: list[str] = []
    page = dashboard()
    page.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
    page.reload()
    expect(page.get_by_label("Your public link")).to_have_value(re.compile("/u/"))
    page.wait_for_load_state("networkidle")
    pictures = {f"/u/{name}/{each}" for each in ("preview.png", "story.png", "qr.svg")}
    assert asked
    assert not pictures & set(asked)
    page.route("**/u/*/*.png", lambda _route: None)
    sheet_of(page)
    story = page.get_by_role("img", name="Your story image")
    places = [page.get_by_role("figure").bounding_box(), story.bounding_box()]
    page.unroute("**/u/*/*.png")
    page.reload()
    sheet_of(page)
    expect(story).to_have_js_property("naturalWidth", 1080)
    page.wait_for_load_state("networkidle")
    assert pictures <= set(asked)
    assert [page.get_by_role("figure").bounding_box(), story.bounding_box()] == places


@pytest.mark.parametrize("can", [SHARES_NOTHING, SHARES_NO_FILES], ids=["nothing", "no files"])
def test_a_story_image_is_saved_where_no_file_can_be_shared(
    dashboard: Dashboard, server: Server, name: str, can: str
) -> None:
    page = with_sheet(dashboard(can))
    before = story_button(page).bounding_box()
    with page.expect_download() as downloading:
        story_button(page).click()
    assert downloading.value.suggested_filename == f"anonmsg-{name}-story.png"
    assert size_of(downloading.value) == (1080, 1920)
    assert read(downloading.value.path().read_bytes()) == [f"{server.url}/u/{name}"]
    expect(page.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible()
    assert story_button(page).bounding_box() == before


def test_a_story_image_is_shared_as_a_file_where_the_device_can(
    dashboard: Dashboard, name: str
) -> None:
    page = with_sheet(dashboard(SHARES_FILES))
    downloads: list[str] = []
    page.on("download", lambda each: downloads.append(each.suggested_filename))
    story_button(page).click()
    expect(page.get_by_role("status").get_by_text("Shared", exact=True)).to_be_visible()
    (((file,)),) = page.evaluate("window.shared")
    assert (file["name"], file["type"]) == (f"anonmsg-{name}-story.png", "image/png")
    assert file["size"] > 10_000
    assert downloads == []


def test_who_changes_their_mind_is_told_nothing_and_saves_nothing(dashboard: Dashboard) -> None:
    page = with_sheet(dashboard(SHARES_FILES))
    downloads: list[str] = []
    page.on("download", lambda each: downloads.append(each.suggested_filename))
    page.evaluate("window.refuses = 'AbortError'")
    story_button(page).click()
    expect(story_button(page)).not_to_have_attribute("aria-busy", "true")
    assert len(page.evaluate("window.shared")) == 1
    expect(page.locator("[data-story-said]")).to_be_empty()
    assert downloads == []


def test_a_story_image_that_the_device_refuses_is_saved(dashboard: Dashboard) -> None:
    page = with_sheet(dashboard(SHARES_FILES))
    page.evaluate("window.refuses = 'NotAllowedError'")
    with page.expect_download() as downloading:
        story_button(page).click()
    assert size_of(downloading.value) == (1080, 1920)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def test_a_story_image_that_takes_too_long_is_left_to_the_browser(
    dashboard: Dashboard, name: str
) -> None:
    page = dashboard(SHARES_FILES)
    # Only what the script fetches is held up, not the download.
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = (address, ...rest) =>
            String(address).endsWith("story.png") ? new Promise(() => {}) : real(address, ...rest);
        }"""
    )
    with_sheet(page)
    with page.expect_download() as downloading:
        story_button(page).click()
    assert downloading.value.suggested_filename == f"anonmsg-{name}-story.png"
    assert size_of(downloading.value) == (1080, 1920)
    expect(page.get_by_text("Your browser is downloading it.")).to_be_visible()
    assert page.evaluate("window.shared") == []


def test_a_story_image_that_cannot_be_had_can_be_tried_again(dashboard: Dashboard) -> None:
    page = dashboard()
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        refused.append(route)
        route.fulfill(status=503, body="Busy")

    page.route("**/story.png", refuse)
    with_sheet(page)
    story_button(page).click()
    expect(page.get_by_text("We couldn't get the image. Try again.")).to_be_visible()
    assert violations(page) == []
    assert refused
    page.unroute("**/story.png")
    with page.expect_download() as downloading:
        story_button(page).click()
    assert size_of(downloading.value) == (1080, 1920)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
