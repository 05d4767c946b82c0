"""Translation: what every sentence goes through."""

from __future__ import annotations

import gettext

import pytest

from anonmsg.locale import _, ngettext


def test_english_is_the_source() -> None:
    assert _("Send") == "Send"
    assert [ngettext("%d day", "%d days", n) % n for n in (1, 2)] == ["1 day", "2 days"]


def test_a_sentence_never_looks_for_its_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("looked on the disk")

    monkeypatch.setattr(gettext, "find", find)
    assert _("Send") == "Send"
