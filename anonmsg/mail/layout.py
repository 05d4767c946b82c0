"""The layout of emails: warm paper, ink and one button, also as plain text.

Email clients support little modern HTML. So tables make up the page, attributes
repeat the colours for clients that drop styles, and nothing is loaded from
anywhere. All text enters the HTML through one function that escapes everything
but Markup, so no letter can forget to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

from anonmsg.config import palette

# Unicode's categories Cc, Zl and Zp.
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# For the source language; another language's catalogue needs its own three values.
DOCUMENT = {"language": "en", "direction": "ltr", "start": "left"}
# Invisible padding that keeps the email's first words out of the inbox's preview text.
SILENCE = Markup("&zwnj;&nbsp;") * 6 + "\n"


def _as_rgb(colour: str) -> str:
    """Convert a hex colour to functional notation.

    A colour such as #f2eadf becomes rgb(242, 234, 223).
    """
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgb({red}, {green}, {blue})"


# The light colours are inline in the tags; the dark ones override them.
LIGHT = asdict(palette.LIGHT)
# Written as rgb(), because a colour such as hash-171411 has six digits in a row.
# Clients that look for a code in the source must find only the code.
DARK = {name: _as_rgb(colour) for name, colour in asdict(palette.DARK).items()}
FONTS = {
    "sans": Markup("system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"),
    "serif": Markup("'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif"),
    "mono": Markup("ui-monospace, SFMono-Regular, Menlo, Consolas, 'Courier New', monospace"),
}

_STYLE = Markup("""\
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (max-width: 480px) {{
  .card {{ padding: 28px 22px 12px !important; }}
  .headline {{ font-size: 24px !important; }}
}}
@media (prefers-color-scheme: dark) {{
  .paper {{ background-color: {paper} !important; }}
  .card {{ background-color: {surface} !important; border-color: {line} !important; }}
  .sunk {{ background-color: {sunk} !important; }}
  .ink {{ color: {ink} !important; }}
  .soft {{ color: {ink_soft} !important; }}
  .accent {{ color: {accent} !important; }}
  .button {{ background-color: {accent} !important; }}
  .on-accent {{ color: {on_accent} !important; }}
}}""").format(**DARK)

_PAGE = Markup("""\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="x-apple-disable-message-reformatting">
<title>{headline}</title>
<style>
{style}
</style>
</head>
<body class="paper" bgcolor="{paper}"
  style="margin:0; padding:0; background-color:{paper}; -webkit-text-size-adjust:100%;">
<div style="display:none; max-height:0; overflow:hidden; mso-hide:all;">{preheader}
{silence}</div>
<table role="presentation" class="paper" width="100%" bgcolor="{paper}"
  cellpadding="0" cellspacing="0" border="0" style="background-color:{paper};">
<tr><td align="center" style="padding:32px 12px 40px;">
<!--[if mso]><table role="presentation" width="560" align="center"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
  style="max-width:560px;">
<tr><td class="accent" align="{start}" style="padding:0 4px 14px; color:{accent};
  font:600 21px/28px {serif}; letter-spacing:-0.01em;">anonmsg</td></tr>
<tr><td class="card" align="{start}" bgcolor="{surface}" style="padding:36px 40px 20px;
  background-color:{surface}; border:1px solid {line}; border-radius:18px;">
<h1 class="headline ink" style="margin:0 0 16px; color:{ink};
  font:600 28px/1.25 {serif}; letter-spacing:-0.01em;">{headline}</h1>
{body}
</td></tr>
<tr><td class="soft" align="{start}" style="padding:18px 4px 0; color:{ink_soft};
  font:13px/20px {sans};">{footer}</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
""")

_PARAGRAPH = Markup("""\
<p class="{tone}" style="margin:0 0 18px; color:{colour};
  font:{size} {sans}; overflow-wrap:anywhere;">{words}</p>""")

# A single run of digits, spaced only by CSS, so that it copies as six digits.
_DIGITS = Markup("""\
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
  style="margin:6px 0 24px;">
<tr><td class="sunk" align="center" bgcolor="{sunk}" dir="ltr"
  style="padding:20px 8px; background-color:{sunk}; border-radius:12px;">
<span class="ink" style="color:{ink}; font:700 36px/44px {mono}; letter-spacing:0.22em;
  padding-left:0.22em; -webkit-user-select:all; user-select:all;">{digits}</span>
</td></tr>
</table>""")

_BUTTON = Markup("""\
<table role="presentation" cellpadding="0" cellspacing="0" border="0"
  style="margin:4px 0 14px;">
<tr><td class="button" align="center" bgcolor="{accent}"
  style="background-color:{accent}; border-radius:12px; mso-padding-alt:14px 26px;">
<a class="on-accent" href="{link}" style="display:inline-block; padding:14px 26px;
  color:{on_accent}; font:600 16px/20px {sans}; text-decoration:none;">{label}</a>
</td></tr>
</table>
<p class="soft" style="margin:0 0 22px; color:{ink_soft}; font:13px/20px {sans};">{plainly}<br>
<a class="accent" href="{link}" dir="ltr" style="color:{accent}; text-decoration:underline;
  overflow-wrap:anywhere; word-break:break-word;">{link}</a></p>""")

_LINK = Markup("""\
<p style="margin:0 0 18px; font:14px/22px {sans};">
<a class="accent" href="{link}" style="color:{accent}; text-decoration:underline;">
{label}</a></p>""")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text; quiet ones are smaller."""

    words: str
    quiet: bool = False

    def as_text(self) -> str:
        """Return the text on one line, because every client wraps it to its own width."""
        return one_line(self.words)

    def as_html(self) -> Markup:
        """Return the text as an HTML paragraph."""
        tone, size, colour = ("ink", "16px/25px", palette.LIGHT.ink)
        if self.quiet:
            tone, size, colour = ("soft", "14px/22px", palette.LIGHT.ink_soft)
        return _filled(_PARAGRAPH, tone=tone, size=size, colour=colour, words=self.words)


@dataclass(frozen=True)
class Digits:
    """A code to read, copy or type."""

    digits: str

    def as_text(self) -> str:
        """Return the code, indented on its own line."""
        return f"    {one_line(self.digits)}"

    def as_html(self) -> Markup:
        """Return the code in large, spaced digits."""
        return _filled(_DIGITS, digits=self.digits)


@dataclass(frozen=True)
class Button:
    """A button with its plain link, for clients that don't show buttons."""

    label: str
    link: str
    plainly: str

    def as_text(self) -> str:
        """Return what the link does, with the URL on its own line."""
        return f"{one_line(self.label)}:\n{one_line(self.link)}"

    def as_html(self) -> Markup:
        """Return the button with its plain link below."""
        return _filled(_BUTTON, label=self.label, link=self.link, plainly=self.plainly)


@dataclass(frozen=True)
class Link:
    """A quiet link below everything else."""

    label: str
    link: str

    def as_text(self) -> str:
        """Return what the link does, with the URL on its own line."""
        return f"{one_line(self.label)}:\n{one_line(self.link)}"

    def as_html(self) -> Markup:
        """Return the link in small type."""
        return _filled(_LINK, label=self.label, link=self.link)


@dataclass(frozen=True)
class Sheet:
    """An email's content; the preheader is the text an inbox shows next to the subject."""

    headline: str
    preheader: str
    parts: Sequence[Paragraph | Digits | Button | Link]
    footer: str

    def as_text(self) -> str:
        """Return the whole email for clients that don't show HTML."""
        parts = [one_line(self.headline), *(part.as_text() for part in self.parts)]
        # Email clients recognise a signature by the separator "-- ".
        return "\n\n".join(parts) + f"\n\n-- \n{one_line(self.footer)}\n"

    def as_html(self) -> Markup:
        """Return the whole email as one self-contained HTML document."""
        body = Markup("\n").join(part.as_html() for part in self.parts)
        return _filled(
            _PAGE,
            markup={"style": _STYLE, "body": body, "silence": SILENCE * 12},
            headline=self.headline,
            preheader=self.preheader,
            footer=self.footer,
        )


def one_line(words: str) -> str:
    """Return a text on one line, without control characters."""
    return " ".join(BREAKS.sub(" ", words).split())


def _filled(
    template: Markup, *, markup: Mapping[str, Markup] | None = None, **words: str
) -> Markup:
    shown = {name: one_line(text) for name, text in words.items()}
    return template.format(**LIGHT, **FONTS, **DOCUMENT, **(markup or {}), **shown)
