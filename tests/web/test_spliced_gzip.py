"""A page compressed once, with a part that differs in each response."""

from __future__ import annotations

import gzip

import pytest
from markupsafe import Markup

from anonmsg.web.prerendered.spliced_gzip import SplicedGzip

SAME = Markup("the same for everyone ") * 500
PAGE = Markup("<p>{}</p><b>HERE</b><p>and after it</p>").format(SAME)


@pytest.mark.parametrize(
    "part", [Markup(""), Markup("x"), Markup("ünïcödé 🍲"), Markup("<i>") * 1000]
)
def test_each_answer_is_the_whole_page_with_its_part(part: Markup) -> None:
    prepared = SplicedGzip(PAGE, "HERE")
    whole = PAGE.replace("HERE", part)
    assert prepared.plain(part).decode() == whole
    # gzip verifies the checksum and length of the whole.
    assert gzip.decompress(prepared.gzip(part)).decode() == whole


def test_what_is_the_same_is_compressed() -> None:
    assert len(SplicedGzip(PAGE, "HERE").gzip(Markup("a"))) < len(PAGE) / 20


def test_answers_do_not_disturb_one_another() -> None:
    prepared = SplicedGzip(PAGE, "HERE")
    parts = [Markup("a"), Markup("b")]
    assert [gzip.decompress(prepared.gzip(part))[-20:] for part in parts] == [
        PAGE.replace("HERE", part).encode()[-20:] for part in parts
    ]


@pytest.mark.parametrize("page", [Markup("no place at all"), Markup("HERE and HERE")])
def test_a_page_without_exactly_one_place_is_refused(page: Markup) -> None:
    with pytest.raises(ValueError, match="values to unpack"):
        SplicedGzip(page, "HERE")
