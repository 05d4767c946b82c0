"""QR codes: a phone reads exactly the link."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from anonmsg.pictures import qr

LINKS = ["http://localhost:3000/u/Ada", "https://a-very-long-host.example.org/u/" + "W" * 20]


def drawn_from(svg: bytes) -> Image.Image:
    """Draw the modules of one of our SVGs, which is a single path of horizontal lines."""
    text = svg.decode()
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', text)
    assert found is not None
    assert path is not None
    picture = Image.new("L", (int(found[1]) * 8, int(found[2]) * 8), 255)
    canvas, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        values = [float(each) for each in numbers.split()]
        if command == "h":
            canvas.rectangle((x * 8, (y - 0.5) * 8, (x + values[0]) * 8 - 1, (y + 0.5) * 8 - 1), 0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return picture


@pytest.mark.parametrize("link", LINKS)
def test_the_address_of_a_picture_within_the_page_is_that_picture(link: str) -> None:
    kind, _, drawn = qr.data_uri(link).partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(drawn) == qr.svg(link)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("size", [qr.SMALLEST, 300, qr.USUAL, qr.LARGEST])
def test_a_png_is_read_as_the_link(link: str, size: int) -> None:
    picture = Image.open(BytesIO(qr.png(link, size=size)))
    assert picture.width == picture.height
    assert size * 0.6 < picture.width <= size
    (read,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert (read.text, read.format) == (link, zxingcpp.BarcodeFormat.QRCode)
    assert read.ec_level == "M"


@pytest.mark.parametrize("link", LINKS)
def test_an_svg_is_read_as_the_link(link: str) -> None:
    svg = qr.svg(link)
    (read,) = zxingcpp.read_barcodes(drawn_from(svg))
    assert read.text == link
    for active in (b"<script", b"href", b"style=", b"<!DOCTYPE"):
        assert active not in svg


def test_there_is_a_quiet_edge() -> None:
    picture = Image.open(BytesIO(qr.png(LINKS[0], size=qr.USUAL))).convert("L")
    dark = picture.point(lambda value: 255 - value).getbbox()
    assert dark is not None
    module = (dark[2] - dark[0]) / 29
    assert dark[0] >= qr.QUIET * module * 0.9
    assert picture.width - dark[2] >= qr.QUIET * module * 0.9


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        (None, qr.USUAL),
        ("", qr.USUAL),
        ("512", 512),
        ("0", qr.SMALLEST),
        ("1", qr.SMALLEST),
        ("999999999", qr.LARGEST),
        ("9" * 5000, qr.USUAL),
        ("-5", qr.USUAL),
        ("1e3", qr.USUAL),
        ("٥١٢", qr.USUAL),
        ("²", qr.USUAL),
        (["512"], qr.USUAL),
    ],
)
def test_a_size_is_brought_to_where_it_makes_sense(asked: object, size: int) -> None:
    assert qr.size_from(asked) == size
