"""The pages' typeface: small, complete, made again byte for byte, and named wherever it's used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from anonmsg.framework import assets
from docs import make_typeface

MOST_BYTES = 40_000
(FILE,) = make_typeface.FOLDER.glob("*.woff2")
WEIGHT = re.compile(r"font-weight: ([^;]+);")
# What the languages of the European Union, Turkish, Icelandic and Vietnamese write.
WORDS = [
    "What would people tell you if they didn't have to sign it? 2–20, €5 & “½”…",
    "Żółć Łódź Příliš žluťoučký kůň Ľubomír Őrült ĞğİıŞş Ðþæ Șț Ťď Ģķļņ Ñandú Straße",
    "Nguyễn Thị Ánh Đặng Ữ Ợ",
]


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(FILE)


def weights() -> dict[str, set[str]]:
    """The weights that each stylesheet sets."""
    sheets = [*(assets.ASSETS / assets.STYLES).glob("*.css"), assets.ASSETS / "poster.css"]
    return {sheet.name: set(WEIGHT.findall(sheet.read_text())) for sheet in sheets}


def test_the_package_makes_the_same_bytes_again() -> None:
    assert make_typeface.made() == FILE.read_bytes(), "run `make typeface`"


def test_it_is_small() -> None:
    assert FILE.stat().st_size < MOST_BYTES


def test_its_name_changes_with_its_content() -> None:
    assert FILE.name == make_typeface.name_of(FILE.read_bytes())
    assert make_typeface.name_of(b"another") != FILE.name


def test_every_stylesheet_names_the_file_that_is_there() -> None:
    for sheet in make_typeface.NAMED_IN:
        assert re.findall(r'url\("([^"]+)"\)', sheet.read_text()) == [f"/typeface/{FILE.name}"]


@pytest.mark.parametrize("words", WORDS)
def test_it_has_every_letter(font: TTFont, words: str) -> None:
    assert {ord(each) for each in words} - set(font.getBestCmap()) == set()


def test_its_weights_are_those_that_the_pages_use(font: TTFont) -> None:
    axes = {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes}
    assert axes == {"wght": (400, 600)}
    used = weights()
    assert used.pop("tokens.css") == used.pop("poster.css") - {"var(--medium)"} == {"400 600"}
    assert set().union(*used.values()) == {"var(--medium)", "var(--strong)"}
    tokens = (assets.ASSETS / "css" / "tokens.css").read_text()
    assert re.findall(r"--(?:medium|strong): (\d+);", tokens) == ["500", "600"]


def test_its_licence_is_beside_it_and_its_reserved_name_is_not_used(font: TTFont) -> None:
    licence = (make_typeface.FOLDER / "OFL.txt").read_text()
    assert "SIL Open Font License, Version 1.1" in licence
    assert licence == (make_typeface.PACKAGE / "LICENSE").read_text()
    assert "Reserved Font Name" in font["name"].getDebugName(0)
    for number in make_typeface.NAMES:
        assert "Source" not in font["name"].getDebugName(number)


def test_the_script_asks_for_the_family_that_the_stylesheet_has() -> None:
    asked = f"""document.fonts.load('1em "{make_typeface.FAMILY}"')"""
    for script in ("app/typeface.js", "lettered.js"):
        assert asked in Path(assets.ASSETS / script).read_text()
    assert assets.stylesheet().count(f'"{make_typeface.FAMILY}"') == 2
