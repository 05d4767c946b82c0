"""The "Your data" section: a native form that works without scripts."""

from __future__ import annotations

import pytest

from anonmsg.components.fields import password_field
from anonmsg.pages.settings.export_section import export


@pytest.fixture
def markup() -> str:
    return str(export())


def test_the_form_is_posted_natively(markup: str) -> None:
    form = markup.partition('jsx("form",{')[2].partition("}")[0]
    assert 'action:"/export"' in form
    assert 'method:"post"' in form
    assert "onSubmit" not in form


def test_the_password_may_be_left_out_and_has_an_id_of_its_own(markup: str) -> None:
    box = markup.partition('jsx("input",{')[2].partition("}")[0]
    for attribute in (
        'id:"export-password"',
        'name:"password"',
        'type:"password"',
        'autoComplete:"current-password"',
        "required:false",
    ):
        assert attribute in box
    assert 'htmlFor:"export-password"},"Current password"' in markup


def test_what_describes_the_field_is_there(markup: str) -> None:
    described = markup.partition('"aria-describedby":"')[2].partition('"')[0]
    for name in described.split():
        assert f'id:"{name}"' in markup


@pytest.mark.parametrize("autocomplete", ["new-password", "current-password"])
def test_every_password_is_masked_and_may_be_filled_in_and_pasted(autocomplete: str) -> None:
    markup = str(password_field("Password", autocomplete=autocomplete))
    assert 'type:"password"' in markup
    assert f'autoComplete:"{autocomplete}"' in markup
    for hindrance in ("onPaste", "readOnly", "maxLength"):
        assert hindrance not in markup
