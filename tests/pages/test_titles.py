"""Page titles and descriptions, in the visitor's language."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path

import pytest
import reflex as rx
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from anonmsg.pages import PAGES, Page


@pytest.fixture
def urdu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GNUTranslations:
    """A catalogue with one sentence and the header that every catalogue has."""
    catalogue = Catalog(locale="ur")
    catalogue.add("Sign in to read your messages.", "پڑھیں")
    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    with (tmp_path / "messages.mo").open("rb") as file:
        made = GNUTranslations(file)
    monkeypatch.setattr("anonmsg.pages._", made.gettext)
    return made


def test_the_words_of_a_page_are_translated_when_they_are_asked_for(urdu: GNUTranslations) -> None:
    page = next(each for each in PAGES if each.route == "/sign-in")
    assert page.description == "Sign in to read your messages."
    assert page.translated_description() == "پڑھیں"
    assert page.translated_title() == "Sign in · anonmsg"


def test_no_description_is_none_in_any_language(urdu: GNUTranslations) -> None:
    assert urdu.gettext("") != ""
    assert Page("/", rx.fragment, "Home", "").translated_description() == ""


def test_a_title_that_follows_somebody_is_made_with_their_name() -> None:
    page = next(each for each in PAGES if each.route == "/u/[username]")
    made = str(page.translated_title())
    assert '"Send "+' in made
    assert ".called" in made
    assert '+" an anonymous message' in made
