"""What seals an owner's messages: it opens what it sealed, there and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonmsg.security.inbox_ciphers import InboxCipher, new_key
from anonmsg.security.seals import BrokenSeal

KEY = new_key()
ADA = InboxCipher(KEY, owner_id="ada")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=1000))
def test_what_is_sealed_opens_as_it_was(text: str) -> None:
    sealed = ADA.close(text, message_id="m")
    assert ADA.open(sealed, message_id="m") == text
    assert len(sealed) == len(text.encode()) + 29


def test_no_two_seals_are_alike_and_none_shows_its_text() -> None:
    seals = {ADA.close("the same words", message_id="m") for _ in range(100)}
    assert len(seals) == 100
    assert not [each for each in seals if b"same" in each]


def test_it_opens_nowhere_else() -> None:
    sealed = ADA.close("hello", message_id="m")
    others = {
        "another message": (ADA, {"message_id": "n"}),
        "another part": (ADA, {"message_id": "m", "part": "note"}),
        "another owner": (InboxCipher(KEY, owner_id="eve"), {"message_id": "m"}),
        "another key": (InboxCipher(new_key(), owner_id="ada"), {"message_id": "m"}),
    }
    for cipher, asked in others.values():
        with pytest.raises(BrokenSeal):
            cipher.open(sealed, **asked)


def test_what_was_altered_does_not_open() -> None:
    sealed = ADA.close("hello", message_id="m")
    altered = [
        sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(34)
    ]
    cut = [sealed[:length] for length in range(34)]
    for each in (*altered, *cut, sealed + b"\0", b"\x02" + sealed[1:]):
        with pytest.raises(BrokenSeal):
            ADA.open(each, message_id="m")
