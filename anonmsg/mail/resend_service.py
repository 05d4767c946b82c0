"""Resend, by its official library."""

from __future__ import annotations

import resend
from resend.exceptions import NoContentError, ResendError

from anonmsg.mail.delivery_errors import MailRefused, Trouble
from anonmsg.mail.letters import Letter

TIMEOUT_SECONDS = 10

# What Resend's documentation calls its refusals. A name that is not listed is
# not repeated: it comes from outside, and could hold anything.
RESEND_REFUSALS = frozenset(
    {
        "application_error",
        "concurrent_idempotent_requests",
        "daily_quota_exceeded",
        "internal_server_error",
        "invalid_access",
        "invalid_api_key",
        "invalid_from_address",
        "invalid_idempotency_key",
        "invalid_idempotent_request",
        "invalid_parameter",
        "method_not_allowed",
        "missing_api_key",
        "missing_required_field",
        "monthly_quota_exceeded",
        "not_found",
        "rate_limit_exceeded",
        "restricted_api_key",
        "security_error",
        "validation_error",
    }
)

TROUBLES = {
    "missing_api_key": Trouble.SIGN_IN,
    "invalid_api_key": Trouble.SIGN_IN,
    "restricted_api_key": Trouble.SIGN_IN,
    "invalid_from_address": Trouble.SENDER,
    "invalid_access": Trouble.SIGN_IN,
    "rate_limit_exceeded": Trouble.TOO_OFTEN,
    "daily_quota_exceeded": Trouble.TOO_OFTEN,
    "monthly_quota_exceeded": Trouble.TOO_OFTEN,
    "missing_required_field": Trouble.CONTENT,
    "invalid_parameter": Trouble.CONTENT,
    "validation_error": Trouble.CONTENT,
}


class ResendService:
    """Hands mail to Resend by its official library, which sends one key once."""

    def __init__(
        self, api_key: str, api_url: str, sender: str, timeout: int = TIMEOUT_SECONDS
    ) -> None:
        """Set the library up.

        Its key, address and client are globals of its module, so a process
        has one Resend at a time: the one that was made last.

        Args:
            api_key: Resend's key for this site.
            api_url: Where Resend is; another place in tests.
            sender: An address that Resend lets this site send from.
            timeout: Seconds to wait for the connection, and again for an answer.
        """
        self._sender = sender
        resend.api_key = api_key
        resend.api_url = api_url
        resend.default_http_client = resend.RequestsClient(timeout=timeout)

    def deliver(self, letter: Letter, *, idempotency_key: str) -> None:
        """Send a mail.

        Raises:
            MailRefused: Resend did not take it, or its answer was lost.
        """
        refusal = self._send(letter, idempotency_key)
        # Raised out here, so that no traceback leads to the library's error,
        # whose text may hold addresses.
        if refusal:
            raise refusal

    def _send(self, letter: Letter, key: str) -> MailRefused | None:
        """Try, and say in a few words why it failed; nothing if it did not."""
        mail: resend.Emails.SendParams = {
            "from": self._sender,
            "to": [letter.to],
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
        }
        try:
            answer: object = resend.Emails.send(mail, {"idempotency_key": key})
        except ResendError as error:
            return _why(error)
        # What the library lets through when the answer is not what it expects.
        except (NoContentError, TypeError, ValueError, RecursionError):
            return MailRefused("Resend gave an answer that cannot be read")
        taken = isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]
        return None if taken else MailRefused("Resend gave an answer without an id")


def _why(error: ResendError) -> MailRefused:
    if error.error_type == "HttpClientError":
        reason = "Resend could not be reached, or did not answer in time"
        return MailRefused(reason, Trouble.UNREACHABLE)
    status = error.code if isinstance(error.code, int) else 0
    kind = error.error_type if isinstance(error.error_type, str) else ""
    if kind not in RESEND_REFUSALS:
        return MailRefused(f"Resend answered {status}")
    # A domain that is not verified is a validation_error, told apart by its status.
    trouble = Trouble.SENDER if (status, kind) == (403, "validation_error") else TROUBLES.get(kind)
    return MailRefused(f"Resend answered {status} ({kind})", trouble or Trouble.THEIRS)
