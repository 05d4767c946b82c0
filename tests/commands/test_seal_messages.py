"""`seal-messages` seals what an older version stored, and says how much."""

from __future__ import annotations

from anonmsg.database.tables import Message
from anonmsg.runtime.context import Context
from anonmsg.services.inbox import inbox_keys, sealing
from tests import factories
from tests.commands.conftest import Command


def test_old_messages_are_sealed_and_counted(on_site: Command, ctx: Context) -> None:
    ada, eve = factories.person(ctx), factories.person(ctx, "eve")
    with ctx.writing() as db:
        for number in range(250):
            db.add(Message(person_id=ada.id, content=f"m{number}", sent_at=ctx.now))
        db.add(Message(person_id=eve.id, content="to eve", sent_at=ctx.now))
        inbox_keys.forget(ctx, person_id=eve.id)
    result = on_site("seal-messages")
    assert result.exit_code == 0
    assert "251 messages were sealed. 0 are left." in result.output
    assert sealing.left(ctx) == 0
    assert sorted(factories.stored(ctx)) == sorted(["to eve", *(f"m{n}" for n in range(250))])
    assert "0 messages were sealed. 0 are left." in on_site("seal-messages").output
