"""The emails about sign-ins and two-factor sign-in."""

from __future__ import annotations

from anonmsg.locale import _
from anonmsg.mail.layout import Button, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer_for_an_owner, or_copy, written


def refresh_reuse(*, to: str, username: str, sign_in_url: str) -> Letter:
    """Tell an owner that a spent refresh token was used again, and what we did about it."""
    what = _(
        "Hello {username}, an old sign-in key of your account was used again. Each key works "
        "once, so somebody may have copied it from one of your devices. To be safe, we "
        "signed that browser out."
    )
    sheet = Sheet(
        headline=_("We signed one of your browsers out"),
        preheader=_("An old sign-in key of your account was used again."),
        parts=(
            Paragraph(what.format(username=username)),
            _it_may_be_harmless(),
            Button(_("Sign in"), sign_in_url, or_copy()),
            _if_you_restored_nothing(),
        ),
        footer=footer_for_an_owner(sign_in_url),
    )
    return written(to, _("We signed one of your browsers out"), sheet)


def new_sign_in_method(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that two-factor sign-in was turned on."""
    what = _(
        "Hello {username}, two-step sign-in was turned on for your account. From now on, signing "
        "in takes your password and a code from your authenticator app. Keep the recovery codes "
        "where you find them without your phone."
    )
    if_not_you = _(
        "If it was not you, somebody knows your password. In a browser that is still signed in, "
        "open the settings, turn two-step sign-in off and change your password at once. If none "
        "is left, write to whoever runs this site."
    )
    headline = _("Two-step sign-in is on")
    return _about_two_steps(to, headline, what.format(username=username), if_not_you, settings_url)


def two_factor_off(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that two-factor sign-in was turned off."""
    what = _(
        "Hello {username}, two-step sign-in was turned off for your account. From now on, your "
        "password alone signs in, and the recovery codes do not work any more."
    )
    headline = _("Two-step sign-in is off")
    return _about_two_steps(
        to, headline, what.format(username=username), _if_you_changed_nothing(), settings_url
    )


def new_recovery_codes(*, to: str, username: str, settings_url: str) -> Letter:
    """Tell an owner that they have new recovery codes."""
    what = _(
        "Hello {username}, new recovery codes were made for your account. The old ones do not "
        "work any more."
    )
    headline = _("You have new recovery codes")
    return _about_two_steps(
        to, headline, what.format(username=username), _if_you_changed_nothing(), settings_url
    )


def _about_two_steps(
    to: str, headline: str, what: str, if_not_you: str, settings_url: str
) -> Letter:
    sheet = Sheet(
        headline=headline,
        preheader=_("If it was you, there is nothing to do."),
        parts=(
            Paragraph(what),
            Paragraph(_("If it was you, there is nothing to do.")),
            Paragraph(if_not_you),
            Button(_("Open the settings"), settings_url, or_copy()),
        ),
        footer=footer_for_an_owner(settings_url),
    )
    return written(to, headline, sheet)


def _if_you_changed_nothing() -> str:
    return _(
        "If it was not you, somebody knows your password. Sign in, change it at once, and set "
        "two-step sign-in up anew."
    )


def _it_may_be_harmless() -> Paragraph:
    return Paragraph(
        _(
            "It can also be harmless, for example after a browser was restored from a backup. "
            "Either way, please sign in again:"
        )
    )


def _if_you_restored_nothing() -> Paragraph:
    words = _(
        "If you restored nothing, look at the devices you sign in from: update the browser, "
        "remove extensions that you do not know, and sign out on devices that you share. "
        "The key did not give your password away."
    )
    return Paragraph(words, quiet=True)
