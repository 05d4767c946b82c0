"""Keyed digests: a digest for one purpose never works for another."""

from __future__ import annotations

import hashlib
import hmac
import itertools

from anonmsg.security.keys import Digests, derive


def test_a_key_is_of_one_pepper_and_one_purpose() -> None:
    keys = {derive(pepper, purpose) for pepper in "ab" for purpose in ("digests", "passwords")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def test_a_key_is_that_of_rfc_5869() -> None:
    extracted = hmac.digest(bytes(32), b"pepper", "sha256")
    expanded = hmac.digest(extracted, b"anonmsg digests\x01", "sha256")
    assert derive("pepper", "digests") == expanded


def test_lists_of_parts_that_look_alike_have_different_digests() -> None:
    digests = Digests("pepper")
    alike = [("code", "ab", "c"), ("code", "a", "bc"), ("code", "abc"), ("code", "abc", "")]
    alike += [("code", "", "abc"), ("codea", "bc"), ("link", "abc"), ("code",), ("code", "")]
    alike += [("code", "a|1|b"), ("code", "a", "b")]
    assert len({digests.of(*parts) for parts in alike}) == len(alike)


def test_another_pepper_makes_other_digests() -> None:
    assert Digests("pepper").of("code", "a") != Digests("pepper2").of("code", "a")
    assert Digests("pepper").of("code", "a") == Digests("pepper").of("code", "a")


def test_a_digest_is_no_plain_hash_of_what_it_hides() -> None:
    found = Digests("pepper").of("code", "123456")
    assert len(found) == 64
    assert found != hashlib.sha256(b"123456").hexdigest()
    assert "123456" not in found


def test_only_the_same_parts_are_the_same() -> None:
    digests = Digests("pepper")
    expected = digests.of("code", "row", "123456")
    wrong = [("code", "row", "123457"), ("code", "other", "123456"), ("link", "row", "123456")]
    assert not any(digests.same(expected, *parts) for parts in wrong)
    assert not digests.same("", "code", "row", "123456")
    assert digests.same(expected, "code", "row", "123456")


def test_whatever_text_comes_in_has_a_digest() -> None:
    texts = ["", "\ud800", "\x00", "پ", "😀", "a" * 10_000]
    digests = Digests("pepper")
    assert all(
        digests.of("a", one) != digests.of("a", two)
        for one, two in itertools.combinations(texts, 2)
    )
