"""Previews, stories, QR codes and posters: the same for anyone's page and for nobody's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from starlette.testclient import TestClient

from anonmsg.config import Settings
from anonmsg.database.tables import Person
from anonmsg.errors import Busy
from anonmsg.pictures import link_preview, picture_cache, qr, story_image, turns
from anonmsg.pictures.picture_cache import PictureCache
from anonmsg.pictures.turns import Turns
from anonmsg.runtime.context import Context
from anonmsg.runtime.rate_limits import RateLimits
from anonmsg.runtime.runtime import Runtime
from anonmsg.web import pictures
from tests import factories
from tests.web.conftest import Browse

LINK = "http://localhost:3000/u/Ada"
FIXED = ["preview.png", "qr.svg", "qr.png", "qr.png?size=300"]
PICTURES = [*FIXED, "story.png"]
BELOW = [*PICTURES, "poster"]


def read(png: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))
    return found.text


@pytest.mark.usefixtures("ada")
def test_a_preview_is_a_picture_of_the_size_that_the_page_says(client: TestClient) -> None:
    answer = client.get("/u/ada/preview.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert len(answer.content) < 60_000


@pytest.mark.usefixtures("ada")
def test_a_story_image_fills_a_phone_and_leads_to_the_very_link(client: TestClient) -> None:
    answer = client.get("/u/aDA/story.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(BytesIO(answer.content)).size == (1080, 1920)
    assert read(answer.content) == LINK


def test_a_story_image_shows_what_its_owner_wrote(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    def expected(name: str) -> bytes:
        readable = LINK.partition("://")[2]
        return story_image.draw(prompt="", name=name, username="Ada", link=LINK, readable=readable)

    assert client.get("/u/ada/story.png").content == expected("")
    with ctx.writing() as db:
        db.get_one(Person, ada.id).display_name = "Ada Lovelace"
    assert client.get("/u/ada/story.png").content == expected("Ada Lovelace")


def test_a_story_image_asks_what_its_owner_asks(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    without = client.get("/u/ada/story.png").content
    with ctx.writing() as db:
        db.get_one(Person, ada.id).prompt = "What did I get wrong?"
    assert client.get("/u/ada/story.png").content != without


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("picture", PICTURES)
def test_a_kept_picture_takes_as_long_as_a_drawn_one(
    client: TestClient, picture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    # A minute, in which everything is drawn, and nobody waits for it.
    monkeypatch.setattr(pictures, "EVEN_SECONDS", 60.0)
    monkeypatch.setattr(pictures.asyncio, "sleep", note)
    first = client.get(f"/u/ada/{picture}")
    etag = {"if-none-match": first.headers["etag"]}
    for headers in ({}, etag):
        client.get(f"/u/ada/{picture}", headers=headers)
    assert len(waited) == 3
    # The rest of the minute, so that each answer comes after the same time.
    assert all(0 < each < 60.0 for each in waited)


@pytest.mark.usefixtures("ada")
def test_the_pictures_of_a_network_are_counted(client: TestClient, runtime: Runtime) -> None:
    runtime.rate_limits = RateLimits(overrides={"picture": "3 per minute"})
    statuses = [client.get(f"/u/ada/{each}").status_code for each in PICTURES[:4]]
    assert statuses == [200, 200, 200, 429]
    refused = client.get("/u/ada/preview.png")
    assert refused.text.startswith("Too many attempts. Try again in")
    assert 0 < int(refused.headers["retry-after"]) <= 60


@pytest.mark.usefixtures("ada")
def test_a_qr_code_is_drawn_once_for_sizes_that_make_the_same(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    draw = qr.png

    def noted(link: str, *, size: int) -> bytes:
        drawn.append(size)
        return draw(link, size=size)

    monkeypatch.setattr(qr, "png", noted)
    made = {client.get(f"/u/ada/qr.png?size={size}").content for size in range(300, 310)}
    assert len(drawn) == len(made) <= 2


async def test_a_network_has_few_pictures_at_a_time_and_others_their_own() -> None:
    waiting, inside, most = Turns(), 0, 0
    done = asyncio.Event()

    async def ask(network: str) -> None:
        nonlocal inside, most
        async with waiting.of(network):
            inside += 1
            most = max(most, inside)
            await done.wait()
            inside -= 1

    hurried = [asyncio.create_task(ask("one")) for _ in range(turns.AT_ONCE + turns.MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await ask("one")
    assert inside == turns.AT_ONCE
    other = asyncio.create_task(ask("other"))
    await asyncio.sleep(0)
    assert inside == turns.AT_ONCE + 1
    done.set()
    await asyncio.gather(*hurried, other)
    assert most == turns.AT_ONCE + 1
    assert waiting._turns == waiting._inside == {}


@pytest.mark.usefixtures("ada")
def test_a_story_image_is_compared_each_time_because_its_words_may_change(
    client: TestClient,
) -> None:
    first = client.get("/u/ada/story.png")
    assert first.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("ada")
def test_a_qr_code_leads_to_the_very_link(client: TestClient, browse: Browse) -> None:
    assert read(client.get("/u/aDA/qr.png").content) == LINK
    assert client.get("/u/ada/qr.svg").content == qr.svg(LINK)
    assert client.get("/u/ada/qr.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.usefixtures("ada")
def test_a_qr_code_names_the_public_address(browse: Browse, https: Settings) -> None:
    assert read(browse(https).get("/u/ada/qr.png").content) == "https://anonmsg.example/u/Ada"


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("size", ["", "0", "-1", "x", "999999999999", "1e9", "%00", "64", "2048"])
def test_the_size_of_a_qr_code_is_bounded(client: TestClient, size: str) -> None:
    answer = client.get(f"/u/ada/qr.png?size={size}")
    assert answer.status_code == 200
    picture = Image.open(BytesIO(answer.content))
    assert 60 < picture.width <= qr.LARGEST
    assert read(answer.content) == LINK


@pytest.mark.usefixtures("ada")
def test_a_poster_has_the_name_the_code_and_the_link(client: TestClient) -> None:
    answer = client.get("/u/ada/poster")
    assert answer.status_code == 200
    html = answer.text
    assert ">Ada</p>" in html
    assert "Leave me an anonymous message</h1>" in html
    assert (
        '<img class="poster-code" src="/u/Ada/qr.svg" alt="QR code for localhost:3000/u/Ada"'
        in (html)
    )
    assert f'<a href="{LINK}">localhost:3000/u/Ada</a>' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "<script" not in html
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("picture", FIXED)
def test_a_picture_is_kept_for_an_hour(client: TestClient, picture: str) -> None:
    answer = client.get(f"/u/ada/{picture}")
    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_compared_with_the_one_that_was_kept(client: TestClient, picture: str) -> None:
    first = client.get(f"/u/ada/{picture}")
    assert first.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in first.headers
    again = client.get(f"/u/ADA/{picture}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(f"/u/ada/{picture}", headers={"if-none-match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.usefixtures("ada")
def test_only_a_preview_may_be_shown_in_pages_of_others(client: TestClient) -> None:
    def policy(path: str, **headers: str) -> str:
        answer: str = client.get(path, headers=headers).headers["cross-origin-resource-policy"]
        return answer

    assert policy("/u/ada/preview.png") == "cross-origin"
    etag = client.get("/u/ada/preview.png").headers["etag"]
    assert policy("/u/ada/preview.png", **{"if-none-match": etag}) == "cross-origin"
    for path in ("/u/ada", "/u/ada/qr.svg", "/u/ada/story.png", "/u/ada/poster", "/"):
        assert policy(path) == "same-origin", path
    for path in ("/u/ada/qr.png", "/app.css"):
        assert policy(path) == "same-origin", path
    for path in ("/u/nobody/preview.png", "/u/a/b/preview.png", "/x/preview.png"):
        assert policy(path) == "same-origin", path


@pytest.mark.parametrize("name", ["nobody", "_", "%3Cb%3E", "a%20b", "a" * 500, "banned"])
def test_nobody_has_no_picture_and_it_is_no_other_answer_than_the_pages(
    client: TestClient, runtime: Runtime, name: str
) -> None:
    with runtime.context() as ctx:
        banned = factories.person(ctx, "banned")
        with ctx.writing() as db:
            db.get_one(Person, banned.id).banned_at = ctx.now
    page = client.get(f"/u/{name}")
    assert page.status_code == 404
    for below in BELOW:
        answer = client.get(f"/u/{name}/{below}")
        assert answer.status_code == 404, below
        assert (answer.text, sorted(answer.headers.items())) == (
            page.text,
            sorted(page.headers.items()),
        )


def test_a_closed_inbox_has_the_same_pictures(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    def all_of_it() -> list[bytes]:
        return [client.get(f"/u/ada/{below}").content for below in BELOW]

    before = all_of_it()
    with ctx.writing() as db:
        db.get_one(Person, ada.id).accepts_messages = False
    assert all_of_it() == before


@pytest.mark.usefixtures("ada")
def test_head_tells_of_a_picture_without_it(client: TestClient) -> None:
    for below in BELOW:
        head, get = client.head(f"/u/ada/{below}"), client.get(f"/u/ada/{below}")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.usefixtures("ada")
def test_the_development_server_has_the_pictures_too(browse: Browse) -> None:
    client = browse(build=None)
    for below in BELOW:
        assert client.get(f"/u/ada/{below}").status_code == 200
        assert client.get(f"/u/nobody/{below}").status_code == 404


@pytest.mark.usefixtures("ada")
def test_a_page_has_one_preview_image_and_it_is_its_own(browse: Browse, https: Settings) -> None:
    html = browse(https).get("/u/ada").text
    images = re.findall(r'<meta [^>]*property="og:image"[^>]*>', html)
    address = "https://anonmsg.example/u/Ada/preview.png"
    assert images == [f'<meta property="og:image" content="{address}"/>']
    alt = "An envelope addressed to Ada, with no sender."
    assert f'<meta property="og:image:alt" content="{alt}"/>' in html
    assert browse(https).get(address).status_code == 200


WORDS = {"lead": "For", "foot": "a.example"}


async def test_a_picture_is_drawn_once_however_many_ask_at_once() -> None:
    cache = PictureCache()

    def preview(title: str) -> Coroutine[None, None, bytes]:
        return cache.picture(link_preview.draw, title=title, **WORDS)

    pictures = await asyncio.gather(*(preview("Ada") for _ in range(20)))
    # The very same object: it wasn't drawn twice.
    assert len({id(picture) for picture in pictures}) == 1
    assert await preview("Ada") is pictures[0]
    assert await preview("Grace") != pictures[0]


async def test_pictures_of_two_kinds_are_never_taken_for_each_other() -> None:
    cache = PictureCache()
    words = {"name": "Ada"}
    first = await cache.picture(lambda name: b"first " + name.encode(), **words)
    second = await cache.picture(lambda name: b"second " + name.encode(), **words)
    assert (first, second) == (b"first Ada", b"second Ada")


async def test_requests_beyond_the_drawing_queue_are_told_to_wait() -> None:
    cache = PictureCache()
    many = range(picture_cache.MOST_WAITING + 5)
    asked = [cache.picture(link_preview.draw, title="Ada", **WORDS) for _ in many]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(each, Busy) for each in done].count(True) == 5
    # A cached picture needs no waiting.
    assert await cache.picture(link_preview.draw, title="Ada", **WORDS) == done[0]


async def test_a_full_cache_forgets_what_nobody_has_asked_for_longest() -> None:
    cache = PictureCache(room=25)

    def picture(letter: str) -> Coroutine[None, None, bytes]:
        return cache.picture(ten_of, letter=letter)

    first, second = await picture("a"), await picture("b")
    assert await picture("a") is first
    await picture("c")
    assert await picture("a") is first
    again = await picture("b")
    assert again is not second
    # What was forgotten takes no room any more.
    assert await picture("b") is again
    assert await picture("a") is first


def ten_of(letter: str) -> bytes:
    return letter.encode() * 10
