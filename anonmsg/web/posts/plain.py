"""Small, complete pages for people without scripts, never a dead end."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.responses import HTMLResponse

from anonmsg.errors import (
    AppError,
    Busy,
    IncorrectPassword,
    IncorrectTwoFactorCode,
    NotSignedIn,
    NotVerified,
    PageNotFound,
    ReauthenticationNeeded,
    SecondStepTooLate,
    ServerFailed,
    TooManyAttempts,
    TwoFactorCodeNeeded,
    UserNotFound,
)
from anonmsg.locale import _

STATUS: Mapping[type[AppError], int] = {
    Busy: 503,
    IncorrectPassword: 401,
    IncorrectTwoFactorCode: 401,
    PageNotFound: 404,
    NotSignedIn: 401,
    NotVerified: 403,
    ReauthenticationNeeded: 401,
    SecondStepTooLate: 401,
    ServerFailed: 503,
    TwoFactorCodeNeeded: 401,
    TooManyAttempts: 429,
    UserNotFound: 404,
}


def status_of(refusal: AppError) -> int:
    """Return the HTTP status for a refusal."""
    return next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 400)


def answer(title: str, *blocks: Markup, status: int = 200) -> HTMLResponse:
    """Return a response with a page; see `page`."""
    return of(page(title, *blocks), status=status)


def of(document: Markup, *, status: int = 200) -> HTMLResponse:
    """Return a response with a whole page that is already built."""
    return HTMLResponse(document, status)


def page(title: str, *blocks: Markup) -> Markup:
    """Return a page with blocks under a heading, which is also its title."""
    sheet = Markup('<div class="sheet"><h1 class="headline">{}</h1>\n{}</div>')
    return _document(title, "bare-main", sheet.format(title, Markup("").join(blocks)))


def poster(name: str, *, code: str, link: str, readable: str) -> HTMLResponse:
    """Return a printable page with a name, the QR code and the link in words.

    Args:
        name: The owner of the page that the link opens.
        code: The QR code's URL.
        link: The full link.
        readable: The link as people read it.
    """
    sheet = Markup("""<div class="poster">
<p class="poster-name" dir="auto" translate="no">{name}</p>
<h1 class="poster-words">{words}</h1>
<img class="poster-code" src="{code}" alt="{alt}" width="320" height="320">
<p class="poster-link" dir="ltr" translate="no"><a href="{link}">{readable}</a></p>
<p class="poster-foot">{foot}</p></div>
<p class="hint poster-hint">{hint}</p>""").format(
        name=name,
        words=_("Leave me an anonymous message"),
        code=code,
        alt=_("QR code for {link}").format(link=readable),
        link=link,
        readable=readable,
        foot=_("No account, no name. Only your words arrive."),
        hint=_("Print this page. It fits on one sheet of A4."),
    )
    title = _("Poster for {name}").format(name=name)
    return HTMLResponse(_document(title, "poster-main", sheet, styles=("/app.css", "/poster.css")))


def _document(
    title: str, kind: str, content: Markup, *, styles: tuple[str, ...] = ("/app.css",)
) -> Markup:
    sheet = Markup('<link rel="stylesheet" href="{}">')
    return Markup("""<!DOCTYPE html>
<html lang="en" dir="ltr" class="lettered"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<title>{title} · anonmsg</title>{sheets}
<link rel="icon" href="/favicon.svg" type="image/svg+xml"></head>
<body class="plain"><header class="bare-header">
<a href="/" class="wordmark" translate="no">anonmsg</a></header>
<main class="main {kind}" id="content">{content}</main></body></html>""").format(
        title=title,
        sheets=Markup("").join(sheet.format(each) for each in styles),
        kind=kind,
        content=content,
    )


def sentence(text: str) -> Markup:
    """Return a paragraph of plain text."""
    return Markup('<p class="soft">{}</p>').format(text)


def alert(text: str) -> Markup:
    """Return the reason for a refusal, which screen readers announce right away."""
    return Markup('<div role="alert">{}</div>').format(sentence(text))


def way_on(href: str, label: str, *, kind: str = "quiet") -> Markup:
    """Return a link to the next step.

    Args:
        href: Where it leads.
        label: Its text.
        kind: "quiet", or "primary" for the one that matters most.
    """
    link = Markup('<p><a class="button button-{}" href="{}">{}</a></p>')
    return link.format(kind, href, label)


def email_form(path: str, *, email: str) -> Markup:
    """Return a form with the email address filled in, ready to send again."""
    return Markup("""<form method="post" action="{path}" class="form">
<label class="label" for="email">{label}</label>
<input class="box" id="email" name="email" type="email" value="{email}" dir="auto"
 autofocus aria-invalid="true">
{submit}</form>""").format(
        path=path, label=_("Email"), email=email, submit=_submit(_("Send reset link"))
    )


def message_form(path: str, *, draft: str, key: str, later: bool) -> Markup:
    """Return a form with the draft filled in, ready to send again."""
    ticked = Markup(" checked") if later else ""
    return Markup("""<form method="post" action="{path}" class="form">
<label class="label" for="message">{label}</label>
<textarea autofocus aria-invalid="true"
 class="box box-tall" id="message" name="message" rows="6" dir="auto">
{draft}</textarea>
<input type="hidden" name="key" value="{key}">
<label class="choice" for="later"><input class="choice-mark" type="checkbox" id="later"
 name="later" value="yes"{ticked}><span>{some_time}</span></label>
{submit}</form>""").format(
        path=path,
        label=_("Your message"),
        draft=draft,
        key=key,
        ticked=ticked,
        some_time=_("Some time in the next 24 hours"),
        submit=_submit(_("Send")),
    )


def password_form(path: str, *, label: str) -> Markup:
    """Return a form that repeats the request with a password, which was missing or wrong.

    Args:
        path: The path to post to.
        label: The button's label.
    """
    return Markup("""<form method="post" action="{path}" class="form">
<label class="label" for="password">{password}</label>
<input class="box" id="password" name="password" type="password" dir="auto"
 autocomplete="current-password" autocapitalize="none" spellcheck="false" required
 autofocus aria-invalid="true">
{submit}</form>""").format(path=path, password=_("Current password"), submit=_submit(label))


def code_form(path: str, *, proof: str, after: str, is_wrong: bool) -> Markup:
    """Return the form of the second step of a sign-in.

    Args:
        path: The path to post to.
        proof: What stands for the password.
        after: The path to open once signed in.
        is_wrong: Whether a code has just been refused.
    """
    return Markup("""<form method="post" action="{path}" class="form">
<input type="hidden" name="proof" value="{proof}"><input type="hidden" name="next" value="{after}">
<div class="field"><label class="label" for="code">{label}</label>
<input class="box" id="code" name="code" dir="auto" autocomplete="one-time-code"
 autocapitalize="none" spellcheck="false" aria-describedby="code-hint" autofocus{wrong}>
<p class="hint" id="code-hint">{hint}</p></div>
{submit}</form>""").format(
        path=path,
        proof=proof,
        after=after,
        label=_("Authentication code"),
        wrong=Markup(' aria-invalid="true"') if is_wrong else "",
        hint=_("Six digits from your authenticator app, or one of your recovery codes."),
        submit=_submit(_("Sign in")),
    )


def _submit(label: str) -> Markup:
    button = Markup('<button type="submit" class="button button-primary button-wide">{}</button>')
    return button.format(label)
