"""Makes the pages' typeface from its font package: `make typeface`.

It's Source Serif 4, cut down to the characters, weights and features that pages
use. Its licence reserves the name "Source" for the whole font, so this one has
another. The file's name holds a hash of its content, because browsers keep it for a
year; the stylesheets that name it are rewritten too. The same package makes the
same bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from pathlib import Path

import fontpkg_source_serif_4
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).parents[1]
PACKAGE = Path(fontpkg_source_serif_4.__file__).parent
SOURCE = PACKAGE / "files" / "SourceSerif4[opsz,wght].ttf"
FOLDER = ROOT / "assets" / "typeface"
NAMED_IN = (ROOT / "assets" / "css" / "tokens.css", ROOT / "assets" / "poster.css")
NAME = re.compile(r"anonmsg-serif-[0-9a-f]{8}\.woff2")
# The Latin letters of nearly every European language, and Vietnamese.
LETTERS = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x1EA0, 0x1EFA),
    *map(ord, "ƠơƯưȘșȚțẞ"),
    *(0x300, 0x301, 0x303, 0x309, 0x323),
}
SIGNS = set(map(ord, "–—‘’‚“”„†•…‰′″‹›€₫™−"))
FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]
# From regular to semibold, and one optical size, which suits text as well as headings.
AXES = {"wght": (400, 600), "opsz": 28}
FAMILY = "anonmsg Serif"
# By their numbers in the name table: family, unique id, full name and PostScript name.
NAMES = {1: FAMILY, 3: f"{FAMILY} Regular", 4: f"{FAMILY} Regular", 6: "anonmsgSerif-Regular"}


def made() -> bytes:
    """Return the typeface as a WOFF2 file."""
    font = TTFont(SOURCE, recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS | SIGNS)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, AXES)
    for number, name in NAMES.items():
        font["name"].setName(name, number, 3, 1, 0x409)
    font.flavor = "woff2"
    packed = io.BytesIO()
    font.save(packed)
    return packed.getvalue()


def name_of(typeface: bytes) -> str:
    """Return the name of the file, with a hash of its content."""
    return f"anonmsg-serif-{hashlib.sha256(typeface).hexdigest()[:8]}.woff2"


def main() -> None:
    """Write the typeface and its licence, and its name wherever it's used."""
    typeface = made()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    (FOLDER / name_of(typeface)).write_bytes(typeface)
    shutil.copyfile(PACKAGE / "LICENSE", FOLDER / "OFL.txt")
    for file in NAMED_IN:
        file.write_text(NAME.sub(name_of(typeface), file.read_text()))
    print(f"{name_of(typeface)} {len(typeface)} bytes")


if __name__ == "__main__":
    main()
