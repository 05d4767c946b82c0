"""Pages for people without scripts: small, complete, and never a dead end."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

from anonmsg.errors import (
    AppError,
    Busy,
    IncorrectPassword,
    IncorrectTwoFactorCode,
    NobodyHere,
    NotSignedIn,
    NotVerified,
    ReauthenticationNeeded,
    TooManyAttempts,
    TwoFactorCodeNeeded,
    UserNotFound,
)
from anonmsg.locale import _

STATUS: Mapping[type[AppError], int] = {
    Busy: 503,
    IncorrectPassword: 401,
    IncorrectTwoFactorCode: 401,
    NobodyHere: 404,
    NotSignedIn: 401,
    NotVerified: 403,
    ReauthenticationNeeded: 401,
    TwoFactorCodeNeeded: 401,
    TooManyAttempts: 429,
    UserNotFound: 404,
}


def status_of(refusal: AppError) -> int:
    """The HTTP status that says what a refusal says."""
    return next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 400)


def answer(title: str, *blocks: str, status: int = 200) -> HTMLResponse:
    """A whole page with a title and blocks of markup.

    Args:
        title: Plain text, which is also the heading.
        *blocks: Markup; escaping what people wrote is the caller's part.
        status: The HTTP status.
    """
    heading = f'<h1 class="headline">{escape(title)}</h1>'
    sheet = f'<div class="sheet">{heading}\n{"".join(blocks)}</div>'
    return HTMLResponse(_document(title, "bare-main", sheet), status)


def poster(name: str, *, code: str, link: str, readable: str) -> HTMLResponse:
    """A page made to be printed: whose it is, the QR code, and the link in words.

    Args:
        name: Whose page the link leads to.
        code: The address of the QR code.
        link: The whole link.
        readable: The link as people read it.
    """
    alt = _("QR code of {link}").format(link=readable)
    sheet = f"""<div class="poster"><p class="poster-name" dir="auto">{escape(name)}</p>
<h1 class="poster-words">{escape(_("Leave me an anonymous message"))}</h1>
<img class="poster-code" src="{escape(code)}" alt="{escape(alt)}" width="320" height="320">
<p class="poster-link" dir="ltr"><a href="{escape(link)}">{escape(readable)}</a></p>
<p class="poster-foot">{escape(_("No account, no name. Only your words arrive."))}</p></div>
<p class="hint poster-hint">{escape(_("Print this page: it fits on one sheet of A4."))}</p>"""
    title = _("Poster of {name}").format(name=name)
    return HTMLResponse(_document(title, "poster-main", sheet, styles=("/app.css", "/poster.css")))


def _document(
    title: str, kind: str, content: str, *, styles: tuple[str, ...] = ("/app.css",)
) -> str:
    sheets = "".join(f'<link rel="stylesheet" href="{each}">' for each in styles)
    return f"""<!DOCTYPE html>
<html lang="en" dir="ltr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<title>{escape(title)} · anonmsg</title>{sheets}
<link rel="icon" href="/favicon.svg" type="image/svg+xml"></head>
<body class="plain"><header class="bare-header"><a href="/" class="wordmark">anonmsg</a></header>
<main class="main {kind}" id="content">{content}</main></body></html>"""


def sentence(text: str) -> str:
    """A paragraph of plain text."""
    return f'<p class="soft">{escape(text)}</p>'


def way_on(href: str, label: str) -> str:
    """A link to where to go next."""
    return f'<p><a class="button button-quiet" href="{escape(href)}">{escape(label)}</a></p>'


def email_form(path: str, *, email: str) -> str:
    """The box with an e-mail address in it, to be sent again."""
    return f"""<form method="post" action="{escape(path)}" class="form">
<label class="label" for="email">{escape(_("Email"))}</label>
<input class="box" id="email" name="email" type="email" value="{escape(email)}" dir="auto">
{_submit(_("Send reset link"))}</form>"""


def message_form(path: str, *, draft: str, key: str) -> str:
    """The box with a draft in it, to be sent again."""
    return f"""<form method="post" action="{escape(path)}" class="form">
<label class="label" for="message">{escape(_("Your message"))}</label>
<textarea class="box box-tall" id="message" name="message" rows="6" dir="auto">
{escape(draft)}</textarea>
<input type="hidden" name="key" value="{escape(key)}">
{_submit(_("Send"))}</form>"""


def password_form(path: str, *, label: str) -> str:
    """What was asked for, to be asked for again with the password.

    Args:
        path: Where it is posted to.
        label: What the button does.
    """
    return f"""<form method="post" action="{escape(path)}" class="form">
<label class="label" for="password">{escape(_("Current password"))}</label>
<input class="box" id="password" name="password" type="password" dir="auto"
 autocomplete="current-password" autocapitalize="none" spellcheck="false" required>
{_submit(label)}</form>"""


def _submit(label: str) -> str:
    return (
        f'<button type="submit" class="button button-primary button-wide">{escape(label)}</button>'
    )
