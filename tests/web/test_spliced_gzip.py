"""A page compressed once, with parts that differ in each response."""

from __future__ import annotations

import gzip
import random

import pytest
from markupsafe import Markup, escape

from anonmsg.web.prerendered.spliced_gzip import LEAST_FIXED, Part, SplicedGzip

SAME = Markup("the same for everyone ") * 500
OTHER = Markup("<div class='ünïcödé'>") * 2000
SHORT = Markup("<b>short</b>")
NAME, KEY = Part("name"), Part("key")
PAGES = {
    "in the middle": [SAME, NAME, OTHER],
    "at both ends": [NAME, SAME, KEY],
    "twice, with little between": [SAME, NAME, SHORT, NAME, OTHER, KEY, SHORT],
    "next to each other": [SAME, NAME, KEY, OTHER],
    "little before": [SHORT, NAME, SAME],
    "nothing fixed": [NAME],
    "nothing to fill": [SAME],
    "the least that's fixed": [Markup("x") * LEAST_FIXED, NAME, Markup("y") * (LEAST_FIXED - 1)],
}


def whole(page: list[Markup | Part], parts: dict[str, Markup]) -> str:
    """The page filled in the plain way."""
    return "".join(parts[each.name] if isinstance(each, Part) else each for each in page)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize(
    "part", [Markup(""), Markup("x"), Markup("ünïcödé 🍲"), Markup("<i>") * 1000]
)
def test_each_answer_is_the_whole_page_with_its_parts(
    page: list[Markup | Part], part: Markup
) -> None:
    prepared, parts = SplicedGzip(page), {"name": part, "key": Markup("k") * 43}
    assert prepared.plain(parts).decode() == whole(page, parts)
    # gzip verifies the checksum and the length of the whole.
    assert gzip.decompress(prepared.gzip(parts)).decode() == whole(page, parts)


def test_pages_of_any_length_add_up() -> None:
    dice = random.Random(17)
    for _ in range(50):
        page: list[Markup | Part] = []
        for _ in range(dice.randrange(1, 6)):
            page += [escape(chr(dice.randrange(32, 127))) * dice.randrange(1, 3000), NAME]
        parts = {"name": Markup("n") * dice.randrange(5000)}
        assert gzip.decompress(SplicedGzip(page).gzip(parts)).decode() == whole(page, parts)


def test_what_is_the_same_is_compressed() -> None:
    made = SplicedGzip([SAME, NAME, SAME]).gzip({"name": Markup("a")})
    assert len(made) < len(SAME) / 20


def test_answers_do_not_disturb_one_another() -> None:
    page = PAGES["twice, with little between"]
    prepared = SplicedGzip(page)
    filled = [{"name": escape(each), "key": Markup("k")} for each in "ab"]
    made = [gzip.decompress(prepared.gzip(parts)).decode() for parts in filled]
    assert made == [whole(page, parts) for parts in filled]
