"""The check that the oldest supported browsers can read the script can itself fail."""

from __future__ import annotations

import pytest

from anonmsg.framework import assets
from tests.minified import minified
from tests.supported_browsers import OLDEST, every_script, too_new


def test_the_script_is_fine_and_what_is_too_new_is_named() -> None:
    assert too_new(every_script()) == []
    assert too_new(minified(assets.script())) == []
    assert too_new("let a = /a/v;\nlet b = 1;") == ["let a = /a/v;"]


@pytest.mark.parametrize("script", ["let a = /(?<=a)b/;", "a ||= b;"])
def test_a_look_behind_is_too_new_only_for_older_ones(script: str) -> None:
    assert too_new(script, OLDEST) == []
    assert script in too_new(script, ("safari13",))
