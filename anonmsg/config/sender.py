"""MAIL_FROM: the address that every email is sent from."""

from __future__ import annotations

from email.errors import MessageError
from email.policy import default as mail_policy

WRONG = "must be one address, such as anonmsg <no-reply@example.com>"


def domain_of(sender: str) -> str:
    """Return a sender's domain, parsed as the From header will be.

    Raises:
        ValueError: it isn't exactly one address, with or without a name.
    """
    try:
        header = mail_policy.header_factory("From", sender)
        [address] = header.addresses
        written = address.addr_spec
    # Some malformed headers crash the library's own parser.
    except (ValueError, MessageError, IndexError, AttributeError):
        raise ValueError(WRONG) from None
    is_whole = address.username and address.domain and written.isascii()
    is_group = header.groups[0].display_name is not None
    if not is_whole or is_group or header.defects or len(sender.splitlines()) != 1:
        raise ValueError(WRONG)
    return str(address.domain).lower()
