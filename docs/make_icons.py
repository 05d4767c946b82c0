"""Draws the PNG and ICO icons from the SVG icon: `make icons`."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ASSETS = Path(__file__).parents[1] / "assets"
FLAGS = ["--no-sandbox", "--disable-gpu"]
# A launcher may crop a maskable icon to a circle of four fifths of its width.
SAFE = 0.9
COLOURS = 32


def drawn(page: Page, svg: str, size: int) -> Image.Image:
    """Render an SVG at a size in pixels."""
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{svg}")
    return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


def full(svg: str, scale: float) -> str:
    """Return the SVG with square corners and its mark scaled around the centre."""
    move = 16 * (1 - scale)
    square = re.sub(r' rx="\d+"', "", svg)
    return square.replace("<g ", f'<g transform="translate({move} {move}) scale({scale})" ', 1)


def save(picture: Image.Image, name: str) -> None:
    """Save a picture with a reduced palette."""
    packed = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    packed.save(ASSETS / name, optimize=True)


def main() -> None:
    """Draw all the icons."""
    svg = (ASSETS / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        for size in (192, 512):
            save(drawn(page, svg, size), f"icon-{size}.png")
        save(drawn(page, full(svg, SAFE), 512), "icon-maskable.png")
        save(drawn(page, full(svg, SAFE), 180), "apple-touch-icon.png")
        drawn(page, svg, 32).save(ASSETS / "favicon.ico", sizes=[(32, 32)])
        browser.close()


if __name__ == "__main__":
    main()
