"""The files of a download: everything kept about an owner, as one ZIP.

Each file reads the inbox from the start, in batches, so that a hundred thousand
messages need no more memory than one batch does.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup, escape
from zipstream import ZipStream

from anonmsg.config.palette import DARK, LIGHT
from anonmsg.locale import _
from anonmsg.public import InboxMessage

Batches = Callable[[], Iterator[Sequence[InboxMessage]]]

# What a spreadsheet reads as the start of a formula (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# In locales that separate lists with ";", a spreadsheet starts a new cell there, even inside
# quotes. A winking smiley is left alone.
FORMULA_INSIDE = re.compile(r"([;\t]\s*[\"']*)(?=[=+@＝＋＠]|[-－](?!\)))")
FIELDS = ("id", "text", "sent_at", "folder", "unread", "starred", "note", "test")
# Without it, Excel reads UTF-8 as the machine's legacy code page.
BYTE_ORDER_MARK = "\ufeff"
_COLOURS = Markup("--paper: {0.paper}; --ink: {0.ink}; --ink-soft: {0.ink_soft}; --line: {0.line}")
_STYLE_RULES = Markup("""
body { margin: 0 auto; max-width: 42rem; padding: 2rem 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
h1, h2 { font-family: Georgia, serif; line-height: 1.2 }
dt, time, .soft { color: var(--ink-soft); font-size: .875rem }
dd { margin: 0 0 .75rem; white-space: pre-wrap }
article { border-top: 1px solid var(--line); padding: 1rem 0 }
article p { margin: 0 0 .25rem; white-space: pre-wrap }
""")
STYLE = (
    Markup(
        "\n:root {{ color-scheme: light dark; {light} }}\n"
        "@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    ).format(light=_COLOURS.format(LIGHT), dark=_COLOURS.format(DARK))
    + _STYLE_RULES
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class UsedBrowser:
    """A session as its owner sees it; `last_used_on` is a day, nothing finer."""

    label: str
    last_used_on: str
    signed_in: bool


@dataclass(frozen=True)
class ExportedProfile:
    """What is kept about an owner, except the messages; times are ISO 8601 in UTC."""

    username: str
    email: str
    display_name: str
    prompt: str
    bio: str
    accepts_messages: bool
    two_factor_on: bool
    # "off", "hourly", or "daily at 20:00".
    emails_about_messages: str
    # Former names and addresses that are kept for a while, and requested addresses.
    other_usernames: tuple[str, ...]
    other_emails: tuple[str, ...]
    created_at: str
    exported_at: str
    browsers: tuple[UsedBrowser, ...]
    # When messages come, by the owner's clock; see `services/inbox/schedules.py`.
    time_zone: str = ""
    paused_until: str = ""
    delivery: str = "now"
    delivery_hour: int = 20
    deliver_together: int = 1
    quiet_from: int = 0
    quiet_to: int = 0


def pieces(kept: ExportedProfile, inbox: Batches) -> Iterator[bytes]:
    """Return the pieces of the ZIP, each made when it is read.

    Args:
        kept: What is kept about the owner.
        inbox: Starts a pass over all messages, in batches.
    """
    stream = ZipStream(compress_type=zipfile.ZIP_DEFLATED)
    stream.add(_encoded(_json(kept, inbox())), "anonmsg.json")
    stream.add(_encoded(_csv(inbox())), "messages.csv")
    stream.add(_encoded(_html(kept, inbox())), "index.html")
    return iter(stream)


def _values(message: InboxMessage) -> tuple[str, ...]:
    """Return what is exported of a message, in the order of `FIELDS`."""
    return (
        message.id,
        message.content,
        message.sent_at,
        message.folder,
        "yes" if message.is_unread else "no",
        "yes" if message.is_starred else "no",
        message.note,
        "yes" if message.is_test else "no",
    )


def cell(text: str) -> str:
    """Return the text so that no spreadsheet reads it as a formula."""
    safe = FORMULA_INSIDE.sub(r"\1'", text)
    return f"'{safe}" if safe.startswith(FORMULA) else safe


def _encoded(texts: Iterator[str]) -> Iterator[bytes]:
    return (text.encode() for text in texts)


def _json(kept: ExportedProfile, runs: Iterator[Sequence[InboxMessage]]) -> Iterator[str]:
    """Yield one JSON object, with its messages written as they are read."""
    profile = asdict(kept)
    exported_at, browsers = profile.pop("exported_at"), profile.pop("browsers")
    head = {"exported_at": exported_at, "profile": profile, "sign_ins": browsers}
    yield _dumped(head).removesuffix("}") + ', "messages": ['
    before = "\n"
    for run in runs:
        yield before + ",\n".join(
            _dumped(dict(zip(FIELDS, _values(message), strict=True))) for message in run
        )
        before = ",\n"
    yield "\n]}\n"


def _dumped(fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _csv(runs: Iterator[Sequence[InboxMessage]]) -> Iterator[str]:
    """Yield a table as in RFC 4180, with every cell quoted."""
    yield BYTE_ORDER_MARK + _rows([FIELDS])
    for run in runs:
        yield _rows([_values(message) for message in run])


def _rows(rows: Sequence[tuple[str, ...]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([cell(each) for each in row] for row in rows)
    return written.getvalue()


def _html(kept: ExportedProfile, runs: Iterator[Sequence[InboxMessage]]) -> Iterator[Markup]:
    """Yield a readable page that loads nothing and runs nothing."""
    yield Markup("""<!DOCTYPE html>
<html lang="en" dir="ltr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · anonmsg</title><style>{style}</style></head>
<body><main><h1 dir="auto">{title}</h1>
<p class="soft">{downloaded}</p>
{profile}{browsers}<h2>{messages}</h2>
""").format(
        policy=POLICY,
        title=_("Your data: {username}").format(username=kept.username),
        style=STYLE,
        downloaded=_("Downloaded on {day}").format(day=_readable(kept.exported_at)),
        profile=_profile(kept),
        browsers=_browsers(kept),
        messages=_("Messages"),
    )
    is_empty = True
    for run in runs:
        is_empty = False
        yield Markup("").join(_article(message) for message in run)
    if is_empty:
        yield Markup("<p>{}</p>\n").format(_("No messages yet"))
    yield Markup("</main></body></html>\n")


def _profile(kept: ExportedProfile) -> Markup:
    facts = [
        (_("Username"), kept.username),
        (_("Email"), kept.email),
        (_("Display name"), kept.display_name),
        (_("Prompt"), kept.prompt),
        (_("About you"), kept.bio),
        (
            _("Messages"),
            _("Accepting messages") if kept.accepts_messages else _("Not accepting messages"),
        ),
        (_("Two-factor sign-in"), _("On") if kept.two_factor_on else _("Off")),
        (_("Emails about new messages"), kept.emails_about_messages),
        (_("Other usernames kept for a while"), ", ".join(kept.other_usernames)),
        (_("Other email addresses kept for a while"), ", ".join(kept.other_emails)),
        (_("Member since"), _readable(kept.created_at)),
    ]
    fact = Markup('<dt>{}</dt><dd dir="auto">{}</dd>\n')
    listed = Markup("").join(fact.format(name, value or "–") for name, value in facts)
    return Markup("<dl>{}</dl>\n").format(listed)


def _browsers(kept: ExportedProfile) -> Markup:
    item = Markup("<li>{}</li>\n")
    listed = Markup("").join(item.format(_browser_line(browser)) for browser in kept.browsers)
    return Markup("<h2>{}</h2>\n<ul>{}</ul>\n").format(_("Sign-ins"), listed)


def _browser_line(browser: UsedBrowser) -> Markup:
    words = _("{browser}, last used on {day}")
    if not browser.signed_in:
        words = _("{browser}, last used on {day}, signed out")
    name = Markup("<bdi>{}</bdi>").format(browser.label or _("A browser"))
    return escape(words).format(browser=name, day=browser.last_used_on)


def _article(message: InboxMessage) -> Markup:
    places = {"archive": _("In the archive"), "trash": _("In the trash")}
    marks = [places.get(message.folder, ""), _("Starred") if message.is_starred else ""]
    marks.append(_("Test message") if message.is_test else "")
    note = _("Your note: {note}").format(note=message.note) if message.note else ""
    return Markup(
        '<article><p dir="auto">{text}</p><time datetime="{when}">{readable}</time>{marks}{note}'
        "</article>\n"
    ).format(
        text=message.content,
        when=message.sent_at,
        readable=_readable(message.sent_at),
        marks=Markup("").join(
            Markup(' · <span class="soft">{}</span>').format(m) for m in marks if m
        ),
        note=Markup('<p class="soft" dir="auto">{}</p>').format(note) if note else "",
    )


def _readable(sent_at: str) -> str:
    """Return a time as people read it: 2026-03-04 12:00 UTC."""
    return f"{sent_at[:16].replace('T', ' ')} UTC"
