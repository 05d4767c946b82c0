"""Link previews: any name is drawn in fonts that have its characters, and stays in its place."""

from __future__ import annotations

import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from anonmsg.pictures import fonts, link_preview, text_layout

LEAD, FOOT = "An anonymous message for", "anonmsg.example/u/ada"
NAMES = {
    "short": "Ada",
    "the longest username": "W" * 20,
    "arabic": "مريم الصافي",
    "urdu": "عائشہ نُور",
    "hebrew": "שָׁלוֹם כהן",
    "both directions": "Ada مريم 42",
    "emoji": "Zoë 🦊👩🏽‍🚀❤️",
    "flags": "🇫🇷🏳️‍🌈",
    "hindi": "अनन्या क्षत्रिय",
    "tamil": "கண்ணன்",
    "thai": "สมชาย ใจดี",
    "chinese": "田中さくら",
    "korean": "김민준",
    "vietnamese": "Nguyễn Thị Ánh",
    "long": "Maximiliana von und zu Hohenlohe-Langenburg the third of that name " * 4,
    "one long word": "w" * 500,
    "a tower of marks": "Z" + "\u0334\u031b\u0330" * 40,
}
TITLE = (link_preview.TEXT_LEFT - 12, 262, link_preview.RIGHT - 12, 500)
STAMP_AND_BLANK = (80, 62, link_preview.RIGHT - 12, 200)
EDGES = [(0, 0, 1200, 50), (0, 590, 1200, 630), (0, 0, 52, 630), (1150, 0, 1200, 630)]


@cache
def drawn(title: str, *, lead: str = LEAD, foot: str = FOOT) -> Image.Image:
    picture = Image.open(BytesIO(link_preview.draw(lead=lead, title=title, foot=foot)))
    assert picture.format == "PNG"
    return picture.convert("L")


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels a region has."""
    return sum(picture.crop(box).histogram()[:110])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_name_is_drawn_in_its_place_and_nowhere_else(name: str) -> None:
    packed = link_preview.draw(lead=LEAD, title=name, foot=FOOT)
    assert len(packed) < 60_000
    picture, empty = drawn(name), drawn("", lead="")
    assert picture.size == (1200, 630)
    assert ink(picture, TITLE) > ink(empty, TITLE) + 3000
    for box in (STAMP_AND_BLANK, *EDGES):
        # Each picture gets its own reduced palette, so colours may differ slightly.
        apart = ImageChops.difference(picture.crop(box), empty.crop(box)).getextrema()
        assert apart[1] < 60, box


def test_different_names_are_different_pictures() -> None:
    pictures = {link_preview.draw(lead=LEAD, title=name, foot=FOOT) for name in NAMES.values()}
    assert len(pictures) == len(NAMES)
    again = link_preview.draw(lead=LEAD, title=NAMES["arabic"], foot=FOOT)
    assert again in pictures


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_character_is_an_empty_box(name: str) -> None:
    clusters = text_layout.set_in_type(name, weight=link_preview.STRONG)
    assert clusters
    for each in clusters:
        assert each.face.has(each.text), f"{each.text!r} in {each.face.file.name}"
    seen = "".join(each.text for each in clusters)
    for character in unicodedata.normalize("NFC", name)[: text_layout.LONGEST]:
        assert character in seen or unicodedata.combining(character), repr(character)


def test_what_no_font_has_is_a_dot_and_no_box() -> None:
    clusters = text_layout.set_in_type("a\U00013000b", weight=400)
    assert [each.text for each in clusters] == ["a", text_layout.UNKNOWN, "b"]


def test_an_emoji_of_many_parts_stays_one() -> None:
    for emoji in ("👩🏽‍🚀", "🏳️‍🌈", "❤️", "1️⃣"):
        (cluster,) = text_layout.set_in_type(emoji, weight=400)
        assert (cluster.text, cluster.face.file) == (emoji, fonts.EMOJI)
    flags = text_layout.set_in_type("🇫🇷🇩🇪", weight=400)
    assert [each.text for each in flags] == ["🇫🇷", "🇩🇪"]


def test_letters_keep_their_own_font_beside_emoji_and_other_scripts() -> None:
    clusters = text_layout.set_in_type("Zoë 🦊 مريم", weight=400)
    fonts = {each.text: each.face.file.name for each in clusters}
    assert fonts["Z"] == fonts["ë"] == "SourceSerif4[opsz,wght].ttf"
    assert fonts["م"] == "NotoSansArabic[wght].ttf"


def as_seen(text: str) -> list[str]:
    """A line's runs from left to right, each still in reading order."""
    line = text_layout.set_in_type(text, weight=400)
    return ["".join(each.text for each in run).strip() for run in text_layout._as_seen(line)]


def test_each_part_of_a_mixed_line_runs_its_own_way() -> None:
    assert [run for run in as_seen("Ada مريم Grace") if run] == ["Ada", "مريم", "Grace"]
    # In a right-to-left line, what is read first is on the right.
    assert [run for run in as_seen("مريم Ada נעמי") if run] == ["נעמי", "Ada", "مريم"]
    assert [run for run in as_seen("مريم 42") if run] == ["42", "مريم"]
    levels = {each.text: each.level % 2 for each in text_layout.set_in_type("a مريم 7", weight=400)}
    assert (levels["a"], levels["م"], levels["7"]) == (0, 1, 0)


def test_a_right_to_left_name_is_not_drawn_backwards() -> None:
    right, wrong = drawn("مريم"), drawn("ميرم")
    assert right.crop(TITLE).tobytes() != wrong.crop(TITLE).tobytes()


def test_directions_and_control_characters_are_not_taken_from_a_name() -> None:
    hostile = "a\u202eb\u2066c\u0000d\u200be\nf"
    texts = [each.text for each in text_layout.set_in_type(hostile, weight=400)]
    assert "".join(texts).replace(" ", "") == "abcdef"
    assert text_layout.set_in_type("\u200d\u200d", weight=400) == ()


def test_a_name_shrinks_then_takes_two_lines_then_ends_in_dots() -> None:
    def fitted(text: str) -> text_layout.Fit:
        return text_layout.fit(
            text, width=940, steps=link_preview.TITLE_STEPS, weight=link_preview.STRONG
        )

    short, longer, long = fitted("Ada"), fitted("Countess Ada Lovelace"), fitted("Ada Love " * 30)
    assert (len(short.lines), short.size) == (1, link_preview.TITLE_STEPS[0][0])
    assert len(longer.lines) == 1
    assert longer.size < short.size
    assert (len(long.lines), long.size) == link_preview.TITLE_STEPS[-1][::-1]
    assert [long.lines[-1][-1].text, short.lines[-1][-1].text] == [text_layout.ELLIPSIS, "a"]
    word = fitted("w" * 30)
    assert [each.text for line in word.lines for each in line] == ["w"] * 30
    for each in (short, longer, long, word):
        assert 0 < text_layout.width_of(each) <= 940


def test_the_dots_of_a_name_from_right_to_left_are_on_its_left() -> None:
    fitted = text_layout.fit("مريم الصافي " * 20, width=500, steps=((60, 1),), weight=400)
    first, *_ = text_layout._as_seen(fitted.lines[0])
    assert first[-1].text == text_layout.ELLIPSIS


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_fits(text: str) -> None:
    fitted = text_layout.fit(text, width=600, steps=((60, 1), (40, 2)), weight=500)
    assert len(fitted.lines) <= 2
    assert text_layout.width_of(fitted) <= 600
    assert all(each.face.has(each.text[0]) for line in fitted.lines for each in line)


def test_the_picture_of_the_site_is_what_the_code_draws() -> None:
    kept = Path(link_preview.__file__).parents[2] / "assets" / "preview.png"
    assert kept.stat().st_size < 60_000
    words = {
        "lead": "anonmsg",
        "title": "Anonymous messages you can trust.",
        "foot": "Share one link. No name needed.",
    }
    now = Image.open(BytesIO(link_preview.draw(**words))).convert("RGB")
    assert Image.open(kept).convert("RGB").tobytes() == now.tobytes(), "run `make preview`"
