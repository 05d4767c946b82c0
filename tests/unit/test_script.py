"""The page-independent parts of the script, run in Node as browsers run them."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from anonmsg import rules
from anonmsg.framework import assets
from tests.minified import minified

# Node comes with the JavaScript toolchain in requirements.txt.
NODE = Path(sys.prefix) / "bin" / "node"
PURE = ("text", "addresses", "timing")
SECRET = "k" * 43
SOON, LATER = 699, 700
HOUR = 3_600_000


def source() -> str:
    return "".join((assets.ASSETS / "app" / f"{name}.js").read_text() for name in PURE)


def as_served() -> str:
    """The same, minified; the names of the functions stay."""
    return minified(source())


def node(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, "-"], input=program, capture_output=True, text=True, timeout=60, check=False
    )


def results(*calls: str, of: str | None = None) -> list[Any]:
    """What the calls return, as JSON represents it, as the script is written and as it's served.

    Args:
        *calls: JavaScript expressions.
        of: The source to run, if not the pages' own.
    """
    asked = f"console.log(JSON.stringify([{', '.join(calls)}]));"
    sources = [of] if of else [source(), as_served()]
    ran = node("".join(f'(() => {{ "use strict";\n{each}\n{asked} }})();' for each in sources))
    assert ran.returncode == 0, ran.stderr
    answers: list[list[Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert all(each == answers[0] for each in answers)
    return answers[0]


def call(name: str, *values: object) -> str:
    return f"{name}({', '.join(json.dumps(value) for value in values)})"


def called(name: str, *lists: tuple[object, ...], of: str | None = None) -> list[Any]:
    """What a function returns for each list of arguments."""
    return results(*(call(name, *values) for values in lists), of=of)


def test_node_can_read_the_whole_script(tmp_path: Path) -> None:
    file = tmp_path / "app.js"
    for script in (assets.script(), minified(assets.script())):
        file.write_text(script)
        checked = subprocess.run(
            [NODE, "--check", file], capture_output=True, timeout=60, check=False
        )
        assert checked.returncode == 0, checked.stderr


def test_what_is_minified_says_the_same_in_half_the_space() -> None:
    written, served = source(), as_served()
    assert len(served) < len(written) / 2
    assert "/*" not in served
    # A template inside a template, a regular expression with slashes, and optional chaining.
    tricky = "const a = (b) => `x  ${`${b?.c ?? 1}  y`}`.replace(/[/ ]+$/g, '//');"
    use = "[a({ c: ' /' }), a(null), a({})]"
    assert results(use, of=minified(tricky)) == results(use, of=tricky)
    assert results(use, of=tricky)[0][1] == "x  1  y"


TEXTS = ["", "a", "é", "e\u0301", "ä" * 1000, "🙂", "שלום", "नमस्ते", "a\u0308" * 99, "가"]


def test_characters_are_counted_as_the_server_counts_them() -> None:
    assert called("length", *((text,) for text in TEXTS)) == [
        len(unicodedata.normalize("NFC", text)) for text in TEXTS
    ]


def test_a_message_has_as_much_room_as_the_server_gives() -> None:
    full = "x" * rules.LONGEST_MESSAGE
    assert rules.message(full) == full
    assert called("charactersLeft", (full,), (full + "x",), ("🙂",), ("",)) == [0, -1, 999, 1000]


def test_a_counter_changes_its_words_when_a_message_is_too_long() -> None:
    assert called("counterWord", (1,), (0,), (-1,)) == ["left", "left", "over"]


def test_a_counter_is_announced_at_20_at_0_and_beyond() -> None:
    lefts = [(21, "t"), (20, "t"), (19, "t"), (1, "t"), (0, "t"), (-1, "t")]
    assert called("announcement", *lefts) == ["", "t", None, None, "t", "t"]


@pytest.mark.parametrize(
    ("value", "is_message", "word"),
    [
        ("", True, "empty"),
        (" \n\t", True, "empty"),
        ("", False, ""),
        ("hello", True, ""),
        ("🙂" * 1000, True, ""),
        ("x" * 1001, True, "messageTooLong"),
        ("x" * 1001, False, ""),
        ("x" * 4000, False, ""),
        ("x" * 4001, False, "tooLong"),
        ("ab" * 2001, False, "tooLong"),
    ],
)
def test_a_field_is_judged_before_it_is_sent(value: str, word: str, *, is_message: bool) -> None:
    assert called("problemWord", (value, is_message)) == [word]


def test_the_digits_of_a_code_are_found_in_every_script() -> None:
    written = [
        "123456",
        "123 456",
        "123\u2013456",
        "\u2066١٢٣٤٥٦\u2069",
        "１２３\u00a0４５６",
        "12a",
        "",
    ]
    lengths = [len(found) for found in called("digitsOf", *((each,) for each in written))]
    assert lengths == [6, 6, 6, 6, 6, 2, 0]


def test_a_stored_draft_is_read_and_anything_else_is_none() -> None:
    good, keyless = '{"text": "Dear you", "key": "abc"}', '{"text": "Dear you", "key": 3}'
    others = [
        (None,),
        ("",),
        ("Dear you",),
        ("null",),
        ("[]",),
        ('{"text": ""}',),
        ('{"text": 1}',),
    ]
    assert called("readDraft", (good,), (keyless,)) == [
        {"text": "Dear you", "key": "abc"},
        {"text": "Dear you", "key": ""},
    ]
    assert called("readDraft", *others) == [None] * len(others)


STORAGE = (assets.ASSETS / "app" / "storage.js").read_text()
# A browser's storage, with a limit on how much fits.
BROWSER = """
class Storage {
  constructor(room) { Object.defineProperty(this, "room", { value: room }); }
  getItem(key) { return this[key] ?? null; }
  removeItem(key) { delete this[key]; }
}
Storage.prototype.setItem = function (key, value) {
  if (key.length + value.length > this.room) throw new Error("Full");
  this[key] = value;
};
const window = { localStorage: %s, sessionStorage: %s };
"""


@pytest.mark.parametrize(
    ("local", "session", "in_memory"),
    [
        ("new Storage(99)", "new Storage(99)", []),
        ("new Storage(99)", "new Storage(9)", ["sessionStorage"]),
        ("null", "undefined", ["localStorage", "sessionStorage"]),
    ],
)
def test_a_storage_that_is_missing_or_full_is_in_memory(
    local: str, session: str, in_memory: list[str]
) -> None:
    use = """
      window.localStorage.setItem("a", "one"), window.sessionStorage.setItem("b", "two"),
      window.localStorage.getItem("a"), window.sessionStorage.getItem("b"),
      window.sessionStorage.getItem("c"), [...forgetful]
    """
    found = results(f"[{use}]", of=BROWSER % (local, session) + STORAGE)
    assert found == [[None, None, "one", "two", None, in_memory]]


def test_a_storage_that_fills_up_goes_on_in_memory_with_what_it_had() -> None:
    use = """
      window.localStorage.setItem("a", "one"),
      window.localStorage.setItem("b", "x".repeat(99)),
      window.localStorage.setItem("c", "three"),
      window.localStorage.getItem("a"), window.localStorage.getItem("b").length,
      window.localStorage.getItem("c"), [...forgetful]
    """
    found = results(f"[{use}]", of=BROWSER % ("new Storage(50)", "new Storage(50)") + STORAGE)
    assert found == [[None, None, None, "one", 99, "three", ["localStorage"]]]


def test_a_path_has_no_slash_at_its_end() -> None:
    paths = [("/",), ("/verify",), ("/verify/",), ("/u/ada/",), ("",)]
    assert called("withoutSlash", *paths) == ["/", "/verify", "/verify", "/u/ada", ""]


def test_a_mailed_link_is_known_by_its_page_and_its_length() -> None:
    found = called(
        "mailedLink",
        ("/verify", f"#{SECRET}"),
        ("/reset-password/", f"#{SECRET}"),
        ("/confirm-email", f"#{SECRET}"),
        ("/undo-email", f"#{SECRET}"),
    )
    assert [each["secret"] for each in found] == [SECRET] * 4
    assert [each["form"] for each in found] == [
        "verify-form",
        "reset-form",
        "email-link-form",
        "email-link-form",
    ]


def test_any_other_fragment_is_left_in_the_address() -> None:
    others = [
        ("/privacy", f"#{SECRET}"),
        ("/", f"#{SECRET}"),
        ("/verify", ""),
        ("/verify", "#content"),
        ("/verify", "#" + "k" * 31),
    ]
    assert called("mailedLink", *others) == [None] * len(others)
    assert called("mailedLink", ("/verify", "#" + "k" * 32)) != [None]


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mastodon.social", "mastodon.social"),
        ("  https://Mastodon.Social/@ada ", "mastodon.social"),
        ("HTTP://mastodon.social", "mastodon.social"),
        ("@ada@mastodon.social", "mastodon.social"),
        ("ada@social.example.org?x=1#y", "social.example.org"),
        ("mastodon.social/@ada@other.example", "mastodon.social"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("", ""),
        ("mastodon", ""),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("mastodon.social:8443", ""),
        ("javascript:alert(1)", ""),
        ("https://mastodon.social\\@evil.example", "mastodon.social"),
        ("two words.example", ""),
        ("[::1]", ""),
    ],
)
def test_a_mastodon_server_is_found_in_what_is_typed(typed: str, host: str) -> None:
    assert called("mastodonHost", (typed,)) == [host]


def test_what_is_shared_arrives_whole() -> None:
    shared = call("mastodonShare", "m.example", "Ask me & more:", "https://a.example/u/ada?x=1#y")
    text = "Ask%20me%20%26%20more%3A%20https%3A%2F%2Fa.example%2Fu%2Fada%3Fx%3D1%23y"
    assert results(shared) == [f"https://m.example/share?text={text}"]


def test_the_sign_in_page_leads_back() -> None:
    assert called("signInAddress", ("/settings",)) == ["/sign-in?next=%2Fsettings"]


def test_a_second_press_is_the_same_wish_only_at_once() -> None:
    begun = 1_000_000
    presses = [(begun, begun + SOON), (begun, begun + LATER), (None, begun)]
    assert called("isTwice", *presses) == [True, False, False]


@pytest.mark.parametrize(
    ("click", "is_second"),
    [
        ({"detail": 1, "isMouse": True, "elapsed": 50, "distance": 0}, False),
        ({"detail": 2, "isMouse": True, "elapsed": 50, "distance": 0}, True),
        ({"detail": 3, "isMouse": True, "elapsed": 50, "distance": 0}, True),
        ({"detail": 1, "isMouse": False, "elapsed": SOON, "distance": 23}, True),
        ({"detail": 1, "isMouse": False, "elapsed": LATER, "distance": 0}, False),
        ({"detail": 1, "isMouse": False, "elapsed": SOON, "distance": 24}, False),
        ({"detail": 0, "isMouse": False, "elapsed": SOON, "distance": 0}, False),
    ],
)
def test_a_second_click_is_told_from_another_press(
    click: dict[str, Any], *, is_second: bool
) -> None:
    assert called("isSecondClick", (click,)) == [is_second]


def test_seconds_are_counted_to_their_end() -> None:
    assert called("secondsLeft", (5000, 0), (5000, 1), (5000, 4999), (5000, 5000)) == [5, 5, 1, 0]
    assert called("secondsLeft", (5000, 7000)) == [-2]


def test_a_session_is_refreshed_after_ten_minutes() -> None:
    ten = 600_000
    moments = [(HOUR, HOUR + ten - 1), (HOUR, HOUR + ten), (0, HOUR)]
    assert called("isRefreshDue", *moments) == [False, True, False]


def test_a_lost_socket_is_told_after_two_seconds() -> None:
    moments = [(HOUR, HOUR + 1999), (HOUR, HOUR + 2000), (0, HOUR)]
    assert called("isLongLost", *moments) == [False, True, False]


@pytest.mark.parametrize(
    ("is_online", "is_lost", "is_held", "word"),
    [
        (True, False, False, ""),
        (True, False, True, "sending"),
        (True, True, False, "lost"),
        (True, True, True, "heldLost"),
        (False, False, False, "offline"),
        (False, True, False, "offline"),
        (False, True, True, "heldOffline"),
    ],
)
def test_a_network_that_is_gone_has_its_words(
    word: str, *, is_online: bool, is_lost: bool, is_held: bool
) -> None:
    state = {"isOnline": is_online, "isLost": is_lost, "isHeld": is_held}
    assert called("networkWord", (state,)) == [word]


def test_a_network_without_sockets_is_told_by_what_the_page_needs() -> None:
    cases = [
        ({"isOnline": True, "needsSocket": True}, "blocked"),
        ({"isOnline": True, "isLost": True, "isHeld": True, "needsSocket": True}, "blocked"),
        ({"isOnline": True, "isLost": True, "needsSocket": False}, "noSocket"),
        ({"isOnline": False, "needsSocket": True}, "offline"),
    ]
    asked = [({"isBlocked": True} | state,) for state, _ in cases]
    assert called("networkWord", *asked) == [word for _, word in cases]


def test_a_page_does_without_a_socket_after_three_seconds_or_three_breaks() -> None:
    cases = [
        ({"silentSince": HOUR, "networkSince": 0, "breaks": 0}, 2999, False),
        ({"silentSince": HOUR, "networkSince": 0, "breaks": 0}, 3000, True),
        # A network that has just changed gets as long again.
        ({"silentSince": HOUR, "networkSince": HOUR + 1000, "breaks": 0}, 3999, False),
        ({"silentSince": HOUR, "networkSince": HOUR + 1000, "breaks": 0}, 4000, True),
        # 0 means that the server is heard.
        ({"silentSince": 0, "networkSince": 0, "breaks": 2}, 9999, False),
        ({"silentSince": 0, "networkSince": 0, "breaks": 3}, 1, True),
    ]
    asked = [(state, HOUR + later) for state, later, _ in cases]
    assert called("isWithoutSocket", *asked) == [is_without for *_, is_without in cases]


def test_a_socket_is_relied_on_after_ten_seconds() -> None:
    moments = [(HOUR, HOUR + 9999), (HOUR, HOUR + 10_000), (0, HOUR)]
    assert called("isSteady", *moments) == [False, True, False]


def test_a_broken_function_is_seen() -> None:
    careless = source().replace('.normalize("NFC")', "")
    assert careless != source()
    assert called("length", ("e\u0301",)) == [1]
    assert called("length", ("e\u0301",), of=careless) == [2]


def test_a_part_that_knows_a_page_fails_here() -> None:
    ran = node(f"{source()}\nconst here = () => location.pathname;\nhere();")
    assert ran.returncode != 0
    assert "location is not defined" in ran.stderr


def test_a_title_has_one_count_or_none() -> None:
    assert called("withCount", ("Inbox", 0), ("Inbox", 3), ("(3) Inbox", 12), ("(3) Inbox", 0)) == [
        "Inbox",
        "(3) Inbox",
        "(12) Inbox",
        "Inbox",
    ]
