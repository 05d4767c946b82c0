"""Limits of an email address: narrow for one network, and wider for all of them.

Anybody can type somebody else's address. So what one network asks about an address counts
for that network, and only many networks together reach the address's own limit.
"""

from __future__ import annotations

from anonmsg.runtime.context import Context


def spend(ctx: Context, name: str, address_key: str, network: str) -> None:
    """Count an attempt of a network with an address.

    The narrow limit goes first: a network that has reached it takes nothing from the
    address's own.

    Args:
        ctx: The context.
        name: The limit of an address; with "_network" behind it, that of both.
        address_key: The address's unique key; only its digest is remembered.
        network: The key of the client's network.

    Raises:
        TooManyAttempts: one of the limits is reached.
    """
    digest = ctx.keyring.digests.of("address", address_key)
    both = [(f"{name}_network", digest, network), (name, digest)]
    (refusal,) = ctx.rate_limits.spend_all([both])
    if refusal is not None:
        raise refusal
