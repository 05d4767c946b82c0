"""The keyring: the tools that hold the secrets, built once from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from anonmsg.config import Settings
from anonmsg.security.keys import Digests
from anonmsg.security.passwords import Passwords
from anonmsg.security.seals import Seal
from anonmsg.security.tokens import Previous, Tokens

# About a quarter of a second on a 2020s core; OWASP asks for a cost of 10 or more.
BCRYPT_COST = 12


@dataclass(frozen=True)
class Keyring:
    """The tools that hash, digest, sign and seal."""

    passwords: Passwords
    digests: Digests
    tokens: Tokens
    seal: Seal
    # Seals each inbox's own key, which seals its messages.
    inbox_keys: Seal
    # Seals whom the links that end emails are for.
    unsubscribe_links: Seal

    @classmethod
    def of(cls, settings: Settings, *, cost: int = BCRYPT_COST) -> Keyring:
        """Build the tools from the secrets in the settings.

        Args:
            settings: Where the secrets are.
            cost: The bcrypt cost; tests use a lower one.
        """
        pepper = settings.pepper.get_secret_value()
        earlier = [each.get_secret_value() for each in settings.previous_peppers]
        return cls(
            Passwords(pepper, cost=cost, previous=earlier),
            Digests(pepper, previous=earlier),
            Tokens(
                access_secret=settings.access_token_secret.get_secret_value(),
                refresh_secret=settings.refresh_token_secret.get_secret_value(),
                previous=_previous(settings),
            ),
            Seal(pepper, previous=earlier),
            Seal(pepper, previous=earlier, purpose="inbox keys"),
            Seal(pepper, previous=earlier, purpose="unsubscribe links"),
        )


def _previous(settings: Settings) -> Previous | None:
    if settings.secrets_rotated_at is None:
        return None
    access, refresh = settings.previous_access_token_secret, settings.previous_refresh_token_secret
    return Previous(
        access.get_secret_value() if access else "",
        refresh.get_secret_value() if refresh else "",
        settings.secrets_rotated_at,
    )
