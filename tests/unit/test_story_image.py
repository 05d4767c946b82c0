"""Story images: any words are drawn in their place, and apps cover none of them."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageChops

from anonmsg.config.palette import LIGHT
from anonmsg.pictures import story_image, text_layout
from anonmsg.pictures.drawing import Box, dashed, outline

LINK = "https://anonmsg.example/u/ada"
LONG_LINK = "https://a-very-long-host-name.of-someone.example.org/u/" + "W" * 20
PLAIN = {"prompt": "", "name": "", "username": "ada", "link": LINK, "readable": LINK[8:]}
WORDS = {
    "nothing": {},
    "a prompt": {"prompt": "What should I have asked you a year ago?", "name": "Ada Lovelace"},
    "the longest words": {"prompt": "W" * 80, "name": "W" * 50, "username": "W" * 20},
    "many short words": {"prompt": "I a " * 20, "name": "A B " * 12},
    "right to left": {"prompt": "ما الذي لم تقله لي من قبل؟", "name": "مريم الصافي"},
    "both directions": {"prompt": "Ask مريم 42 things", "name": "Ada نعمي"},
    "emoji": {"prompt": "Ask me 🦊👩🏽‍🚀❤️", "name": "Zoë 🦊"},
    "only emoji": {"prompt": "🏳️‍🌈" * 40, "name": "❤️"},
    "chinese": {"prompt": "你有什么话一直没有告诉我？" * 6, "name": "田中さくら"},
    "hindi": {"prompt": "आपने मुझसे क्या कभी नहीं कहा?", "name": "अनन्या क्षत्रिय"},
    "a tower of marks": {"prompt": "Z" + "\u0334\u031b\u0330" * 40, "name": "Z\u0334\u031b"},
    "a long link": {"link": LONG_LINK, "readable": LONG_LINK[8:]},
}
COVERED = [
    (0, 0, 1080, story_image.COVERED_ABOVE),
    (0, 1920 - story_image.COVERED_BELOW, 1080, 1920),
]
SIDES = [(0, 0, 70, 1920), (1010, 0, 1080, 1920)]
PROMPT = (144, 440, 936, 820)
NAME = (144, 820, 936, 884)
LEFT_HALF, RIGHT_HALF = (144, 440, 540, 820), (540, 440, 936, 820)
ZONE = (110, 1036, 970, 1160)
# Between the words of the envelope and its edges.
GAPS = [(90, 440, 136, 940), (944, 440, 990, 940), (144, 952, 936, 974)]


def drawn(**words: str) -> Image.Image:
    return Image.open(BytesIO(story_image.draw(**{**PLAIN, **words})))


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels a region has."""
    return sum(picture.convert("L").crop(box).histogram()[:150])


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_story_fills_a_phone_in_a_small_file(words: dict[str, str]) -> None:
    packed = story_image.draw(**{**PLAIN, **words})
    picture = Image.open(BytesIO(packed))
    assert (picture.format, picture.size) == ("PNG", (1080, 1920))
    assert len(packed) < 80_000


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_nothing_is_drawn_where_apps_cover_it_or_outside_its_place(words: dict[str, str]) -> None:
    picture = drawn(**words).convert("RGB")
    for box in [*COVERED, *SIDES]:
        (colour,) = {each for _many, each in picture.crop(box).getcolors() or []}
        # Compression reduces the number of colours, and may shift this one slightly.
        paper = Image.new("RGB", (1, 1), LIGHT.paper).getpixel((0, 0))
        assert isinstance(paper, tuple)
        assert max(abs(a - b) for a, b in zip(colour, paper, strict=True)) <= 3, box
    for box in GAPS:
        assert ink(picture, box) == 0, box


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_phone_reads_the_link_from_a_story(words: dict[str, str]) -> None:
    link = words.get("link", LINK)
    for picture in (drawn(**words), drawn(**words).resize((360, 640))):
        (read,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert (read.text, read.format) == (link, zxingcpp.BarcodeFormat.QRCode)


def test_a_code_is_dark_on_white_with_a_quiet_zone() -> None:
    tile = story_image.TILE
    picture = drawn().convert("L").crop((tile.left, tile.top, tile.right, tile.bottom))
    dark = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert dark is not None
    module = (dark[2] - dark[0]) / 29
    around = (dark[0], dark[1], picture.width - dark[2], picture.height - dark[3])
    assert min(around) >= 4 * module
    assert picture.getpixel((picture.width // 2, 10)) == 255


def test_an_owner_without_a_prompt_asks_for_a_message() -> None:
    plain = drawn()
    said = drawn(prompt="Send me an anonymous message")
    assert ImageChops.difference(plain.convert("RGB"), said.convert("RGB")).getbbox() is None
    other = drawn(prompt="What did I get wrong?")
    assert ink(other, PROMPT) != ink(plain, PROMPT)


def test_a_display_name_never_stands_alone() -> None:
    plain, named = drawn(), drawn(name="Grace Hopper")
    assert ink(plain, NAME) == 0
    assert ink(named, NAME) > 1000
    # The username below is the same, but for a few pixels that compression rounds.
    below = (144, 890, 540, 950)
    assert ink(plain, below) > 1000
    assert ink(named, below) == pytest.approx(ink(plain, below), rel=0.03)


@pytest.mark.parametrize("username", ["ada", "W" * 20, "_" * 20, "wWmM" * 5])
def test_a_username_is_never_cut(username: str) -> None:
    fitted = text_layout.fit(
        f"@{username}",
        width=story_image.TEXT_WIDTH - story_image.WORDMARK_WIDTH,
        steps=story_image.USERNAME_STEPS,
        weight=600,
        serif=False,
    )
    (line,) = fitted.lines
    assert "".join(each.text for each in line) == f"@{username}"


def test_a_prompt_from_right_to_left_begins_at_the_right() -> None:
    arabic, english = drawn(prompt="مرحبا"), drawn(prompt="Hello")
    assert ink(arabic, RIGHT_HALF) > 1000
    assert ink(arabic, LEFT_HALF) == 0
    assert ink(english, LEFT_HALF) > 1000
    assert ink(english, RIGHT_HALF) == 0


def test_the_link_is_in_the_middle_of_its_place() -> None:
    for words in ({}, {"readable": LONG_LINK[8:]}):
        dark = drawn(**words).convert("L").crop(ZONE).point(lambda value: (value < 180) * 255)
        box = dark.getbbox()
        assert box is not None
        assert box[0] == pytest.approx(dark.width - box[2], abs=8)


def test_dashes_go_once_around_with_equal_spaces() -> None:
    line = outline(Box(0, 0, 300, 100), 20)
    assert line[0] == line[-1]
    dashes = dashed(line, 22, 16)
    # Four straight edges and a whole circle, whose chords are a little shorter.
    assert len(dashes) == round((2 * 260 + 2 * 60 + 125.6) / 38)
    for dash in dashes:
        assert all(-0.01 <= x <= 300.01 and -0.01 <= y <= 100.01 for x, y in dash)
