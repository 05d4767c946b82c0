"""What to do about a test mail that was not taken, in plain words."""

from __future__ import annotations

from anonmsg.config import Settings
from anonmsg.mail.mailer import Trouble

BY_SMTP = {
    Trouble.UNREACHABLE: "The mail server {server} does not answer. Look at the host and the port "
    "in SMTP_URL: smtps:// is most often port 465, smtp:// port 587. If they are right, a firewall "
    "may be in the way; many hosts block outgoing mail until they are asked.",
    Trouble.SILENT: "The mail server {server} was reached and then said nothing more. Try again; "
    "if it stays so, look whether the port is one that the server offers for sending.",
    Trouble.NO_ENCRYPTION: "TLS could not begin, so neither the password nor the mail was sent. "
    "Port 465 wants smtps://, ports 587 and 25 want smtp://.",
    Trouble.UNTRUSTED: "The mail server {server} could not prove who it is, so neither the "
    "password nor the mail was sent. Use the very name that its certificate is for. If your own "
    "authority made the certificate, set SSL_CERT_FILE to a file that holds the authority's.",
    Trouble.SIGN_IN: "The mail server did not let anonmsg sign in. Look at the user and the "
    "password in SMTP_URL: they must be there if the server wants them, characters such as "
    "@ : / # ? and % must be percent-encoded, and many services want a password made for apps.",
    Trouble.SENDER: "The mail server does not let this user send from {sender}. Set MAIL_FROM to "
    "an address that belongs to the user, or allow the address at your mail service.",
    Trouble.RECIPIENT: "The mail server does not take mail for this address. If the address is "
    "right, the server may pass mail on only for who signs in: put user:password@ into SMTP_URL.",
    Trouble.CONTENT: "The mail server looked at the mail and did not want it. Its log says why; "
    "often SPF or DKIM are missing for the domain of {sender}.",
    Trouble.TOO_OFTEN: "The mail server has had enough mail for now. Wait, or ask for more.",
    Trouble.THEIRS: "The mail server cannot take the mail now. Try again in some minutes, as "
    "anonmsg does by itself; if it stays so, the server's log says why.",
}
BY_RESEND = {
    Trouble.UNREACHABLE: "{server} cannot be reached from here. Look at the network, the firewall "
    "and RESEND_API_URL, which is best left out.",
    Trouble.SIGN_IN: "Resend does not know the key, or the key may not send. Make one with sending "
    "access at resend.com/api-keys, and put the whole of it into RESEND_API_KEY.",
    Trouble.SENDER: "Resend does not let you send from {sender} to this address. Verify the domain "
    "at resend.com/domains; until then Resend sends from onboarding@resend.dev, and only to the "
    "address of your own account there.",
    Trouble.CONTENT: "Resend does not like the mail. Look at MAIL_FROM, which is {sender}.",
    Trouble.TOO_OFTEN: "Your account at Resend has sent as much as it may for now. Wait, or look "
    "at its plan.",
    Trouble.THEIRS: "Resend has a problem of its own. Try again in some minutes, as anonmsg does "
    "by itself; resend-status.com says more.",
}
BY_FOLDER = {
    Trouble.FOLDER: "Nothing can be written into {server}. Run this as the user that runs anonmsg, "
    "or make the folder that user's own.",
    Trouble.CONTENT: "The mail cannot be written. Look at MAIL_FROM, which is {sender}.",
}


def advice(trouble: Trouble, settings: Settings) -> str:
    """What is most likely wrong, and what to do.

    Args:
        trouble: What kind of trouble the mailer had.
        settings: Where mail goes; nothing secret of them is said.
    """
    known = {"smtp": BY_SMTP, "resend": BY_RESEND, "outbox": BY_FOLDER}[settings.transport]
    words = known.get(trouble) or known.get(Trouble.THEIRS) or "Nothing more is known."
    return words.format(server=_server(settings), sender=settings.mail_from)


def _server(settings: Settings) -> str:
    if settings.transport == "smtp" and settings.smtp is not None:
        return f"{settings.smtp.host}, port {settings.smtp.port},"
    if settings.transport == "resend":
        return settings.resend_api_url
    return str(settings.data_dir / "outbox")
