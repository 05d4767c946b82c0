"""The email that an operator sends to test delivery."""

from __future__ import annotations

from anonmsg.locale import _
from anonmsg.mail.layout import Button, Paragraph, Sheet
from anonmsg.mail.letters.letter import Letter, footer, or_copy, written


def test_mail(*, to: str, site: str) -> Letter:
    """Write the email that an operator sends to test delivery.

    It has everything the other emails have, including a button, so that they
    will look the same in the client that shows it.

    Args:
        to: The operator's address.
        site: The site's URL.
    """
    what = _(
        "Your anonmsg's check-config command sent this email. If you can read it, "
        "codes and notices can be delivered the same way."
    )
    look = _(
        "If this landed in spam, other people's emails may too. Check that SPF, DKIM "
        "and DMARC are set up for the domain this email comes from."
    )
    sheet = Sheet(
        headline=_("Your email works"),
        preheader=_("A test you asked for. There's nothing else to do."),
        parts=(
            Paragraph(what),
            Paragraph(look),
            Button(_("Open your site"), site, or_copy()),
            Paragraph(_("If you didn't run this test, ignore this email."), quiet=True),
        ),
        footer=footer(
            site, _("You're receiving this email because someone who runs {site} tested it.")
        ),
    )
    return written(to, _("A test email from your anonmsg"), sheet)
