"""One palette: colours are defined in tokens.css, and everything else reads them from there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import ImageColor

import anonmsg
from anonmsg.components.frame.head import head
from anonmsg.config import palette
from anonmsg.config.palette import DARK, LIGHT, BrokenPalette
from anonmsg.mail import letters
from anonmsg.pictures import link_preview
from anonmsg.services.accounts import export_files

PACKAGE = Path(anonmsg.__file__).parent
ASSETS = PACKAGE.parent / "assets"
TOKENS = palette.TOKENS.read_text()
FUNCTIONS = "rgba?|hsla?|hwb|lab|lch|oklab|oklch|color"
LITERAL = re.compile(rf"#(?:[0-9a-f]{{3,4}}){{1,2}}\b|\b(?:{FUNCTIONS})\([^)]*\)", re.IGNORECASE)
NAME = re.compile(rf"(?<![\w-])(?:{'|'.join(ImageColor.colormap)})(?![\w-])", re.IGNORECASE)
# Scanners need black on white; no colour scheme changes that.
ALLOWED = {"qr.py": {"#fff"}, "layout.py": {"rgb({red}, {green}, {blue})"}}


def literals(text: str) -> set[str]:
    """The colour literals in a text, in any notation."""
    return set(LITERAL.findall(text))


def named(css: str) -> set[str]:
    """The named colours among a stylesheet's values."""
    values = re.findall(r"[\w-]+\s*:\s*([^;{}]+);", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return {name for value in values for name in NAME.findall(value)}


def code_of(source: str) -> str:
    """A module's code without its comments or example colours."""
    return re.sub(r"#\s.*|such as #[0-9a-f]{6}|A colour such as .*", "", source)


def as_hex(colour: str) -> str:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def tokens() -> set[str]:
    return {*asdict(LIGHT).values(), *asdict(DARK).values()}


def test_no_stylesheet_but_the_tokens_holds_a_colour() -> None:
    sheets = [*(ASSETS / "css").glob("*.css"), *ASSETS.glob("*.css")]
    assert len(sheets) > 15
    found = {
        sheet.name: literals(sheet.read_text()) | named(sheet.read_text())
        for sheet in sheets
        if sheet != palette.TOKENS
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_no_module_and_no_script_holds_a_colour() -> None:
    files = [*PACKAGE.rglob("*.py"), *(ASSETS / "app").glob("*.js")]
    assert len(files) > 100
    found = {
        file.name: literals(code_of(file.read_text())) - ALLOWED.get(file.name, set())
        for file in files
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


@pytest.mark.parametrize(
    "line",
    [
        "color: #27221d;",
        "background: #FFF;",
        "color: #27221d80;",
        "box-shadow: 0 1px 2px rgb(74 56 32 / 6%);",
        "color: rgba(0, 0, 0, 0.5);",
        "color: oklch(40% 0.1 160);",
        "color: color(display-p3 1 0 0);",
        "border: 1px solid white;",
        "color: RebeccaPurple;",
    ],
)
def test_a_colour_is_seen(line: str) -> None:
    assert literals(f"p {{ {line} }}") | named(f"p {{ {line} }}")


def test_what_only_looks_like_a_colour_is_none() -> None:
    css = "#try-it { color: var(--white); background: transparent; } /* red */"
    css += "p { outline: 3px solid color-mix(in srgb, var(--accent) 35%, transparent); }"
    assert literals(css) | named(css) == set()
    assert literals(code_of("# It was #27221d once.\n")) == set()


def test_the_palette_is_that_of_the_stylesheet() -> None:
    light, _, dark = TOKENS.partition("@media (prefers-color-scheme: dark)")
    for colours, rules in ((LIGHT, light), (DARK, dark)):
        for name, colour in asdict(colours).items():
            assert f"--{name.replace('_', '-')}: {colour};" in rules
    assert all(getattr(LIGHT, name) != getattr(DARK, name) for name in asdict(LIGHT))


@pytest.mark.parametrize(
    ("written", "changed", "sentence"),
    [
        (f"--sunk: {LIGHT.sunk};", "", "no --sunk of six hexadecimal digits among its light"),
        (f"--sunk: {DARK.sunk};", "", "no --sunk of six hexadecimal digits among its dark"),
        (f"--ink: {LIGHT.ink};", "/* --ink: #000000; */", "no --ink of six"),
        (f"--ink: {LIGHT.ink};", "--ink: oklch(20% 0 0);", "no --ink of six"),
        (f"--ink: {LIGHT.ink};", "--ink: #000;", "no --ink of six"),
        ("(prefers-color-scheme: dark)", "(monochrome)", "no colours for the dark"),
    ],
)
def test_a_missing_colour_is_told_in_words(written: str, changed: str, sentence: str) -> None:
    assert written in TOKENS
    with pytest.raises(BrokenPalette, match=re.escape(sentence)):
        palette.read(TOKENS.replace(written, changed))


@pytest.mark.parametrize(
    ("css", "sentence"),
    [
        (TOKENS.replace("--accent:", "--brand:"), "has no --accent of six hexadecimal digits"),
        (None, "cannot be read; anonmsg runs from a whole checkout."),
    ],
)
def test_nothing_starts_without_its_colours(tmp_path: Path, css: str | None, sentence: str) -> None:
    module = tmp_path / "anonmsg" / "config" / "palette.py"
    module.parent.mkdir(parents=True)
    shutil.copy(palette.__file__, module)
    if css is not None:
        (tmp_path / "assets" / "css").mkdir(parents=True)
        (tmp_path / "assets" / "css" / "tokens.css").write_text(css)
    ran = subprocess.run(
        [sys.executable, module], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 1
    last = ran.stderr.strip().splitlines()[-1]
    assert "BrokenPalette: assets/css/tokens.css " in last
    assert sentence in last


def test_mails_show_colours_of_the_palette_alone() -> None:
    link = "https://anonmsg.example/verify#secret"
    html = letters.verification(to="a@example.com", username="ada", code="048213", link=link).html
    shown = {as_hex(colour) for colour in LITERAL.findall(html.replace(link, ""))}
    assert shown <= tokens()
    both = {LIGHT.paper, LIGHT.ink, LIGHT.sunk, LIGHT.accent}
    assert shown > both | {DARK.paper, DARK.ink, DARK.sunk, DARK.accent}


def test_the_download_shows_colours_of_the_palette_alone() -> None:
    shown = literals(export_files.STYLE)
    assert shown <= tokens()
    for colours in (LIGHT, DARK):
        assert {colours.paper, colours.ink, colours.ink_soft, colours.line} <= shown
    used = set(re.findall(r"var\((--[\w-]+)\)", export_files.STYLE))
    assert used == set(re.findall(r"(--[\w-]+):", export_files.STYLE))


def test_pictures_show_colours_of_the_palette() -> None:
    # Before compression, which reduces the number of colours.
    picture = link_preview._envelope()
    places = {
        (5, 5): LIGHT.paper,
        (600, 250): LIGHT.surface,
        (600, 579): LIGHT.line,
        (600, 56): LIGHT.accent,
        (955, 105): LIGHT.accent,
        (129, 106): LIGHT.line_strong,
    }
    for place, colour in places.items():
        found = picture.getpixel(place)
        assert isinstance(found, tuple)
        # Downscaling shifts the colour of thin lines slightly.
        apart = [abs(a - b) for a, b in zip(found, ImageColor.getrgb(colour), strict=True)]
        assert max(apart) <= 2, place


def test_the_bars_of_a_browser_have_the_colour_of_the_paper() -> None:
    rendered = [str(each) for each in head()]
    bars = [line for line in rendered if "theme-color" in line]
    assert [literals(line) for line in bars] == [{LIGHT.paper}, {DARK.paper}]


def test_static_files_use_the_same_colours() -> None:
    manifest = json.loads((ASSETS / "site.webmanifest").read_text())
    assert (manifest["background_color"], manifest["theme_color"]) == (LIGHT.paper, LIGHT.accent)
    assert literals((ASSETS / "favicon.svg").read_text()) == {LIGHT.accent, LIGHT.on_accent}


def test_a_poster_is_never_dark() -> None:
    light, _, dark = TOKENS.partition("@media (prefers-color-scheme: dark)")
    assert re.search(r":root,\s*\.poster \{\s*--paper:", light)
    assert ".poster" not in dark


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["placeholder", "ink-soft"])
def test_placeholders_and_hints_can_be_read_on_every_box(scheme: str, text: str) -> None:
    light, _, dark = TOKENS.partition("@media (prefers-color-scheme: dark)")
    colours = dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6});", {"light": light, "dark": dark}[scheme])
    )
    for ground in ("surface", "paper", "sunk"):
        assert contrast(colours[text], colours[ground]) >= 4.5, ground


def test_placeholders_have_their_colour_and_all_of_it() -> None:
    rules = (ASSETS / "css" / "fields.css").read_text()
    placed = rules.partition("::placeholder {")[2].partition("}")[0]
    assert "color: var(--placeholder);" in placed
    assert "opacity: 1;" in placed
