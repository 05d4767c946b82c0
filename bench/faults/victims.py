"""Somebody with data to steal, and everybody who might."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from bench import people
from bench.faults.http import Http, network
from bench.faults.registry import Handler
from bench.faults.site import Site, sign_in
from bench.faults.tabs import Tab

NAMES = ("ada", "eve", "bea", "leo")
SECRET, SECRET_OF_LEO = "only ada may read this", "only leo may read this"
DELETE = (
    "reflex___state____state.anonmsg___pages___settings___delete_account___state____"
    "delete_account_state.submit"
)


@dataclass(frozen=True)
class Victim:
    """Ada's ids and secrets, and the cookies of everyone.

    Attributes:
        person_id: Her id.
        ids: Ids of her messages, sessions and mailed links.
        secrets: Texts that only she may be sent; ids of hers are secrets, too.
        secrets_of_leo: Texts that only leo may be sent, once he has decided to stay.
        cookies: The Cookie headers, by who has them.
    """

    person_id: str
    ids: list[str]
    secrets: list[str]
    secrets_of_leo: list[str]
    cookies: dict[str, str]

    def payloads(self, handler: Handler) -> list[dict[str, object]]:
        """Return the payloads to call a handler with: each of her ids in every field."""
        if not handler.parameters:
            return [{}]
        if handler.parameters != ("form",):
            values = (True, "ada", self.person_id)
            return [dict.fromkeys(handler.parameters, value) for value in values]
        return [{"form": _form(each)} for each in [*self.ids, self.person_id]]


def _form(value: str) -> dict[str, str]:
    fields = ("id", "message", "message_id", "session", "session_id", "secret", "link", "code")
    typed = dict.fromkeys(fields, value)
    typed |= {"username": "nobody_yet", "email": "nobody@example.com", "key": value}
    typed |= {"password": "a guess at her words", "new_password": "quite another set of words"}
    return typed | {"display_name": "Mallory", "bio": "changed", "prompt": "changed"}


async def prepare(made: Site) -> Victim:
    """Give ada messages, sign-ins and a mailed link; end one of her sessions; let leo go."""
    cookies = {}
    async with Http(made.port, network(50)) as browser:
        for number in range(3):
            for name, text in (("ada", SECRET), ("leo", SECRET_OF_LEO)):
                fields = {"message": f"{text}: {number}", "key": f"{name}{number}"}
                await browser.post(f"/u/{name}", fields)
        for name in ("ada", "eve", "leo", "ada, ended"):
            cookies[name] = await sign_in(browser, name.partition(",")[0])
        await sign_in(browser, "ada")
        await browser.post("/sign-out", {}, Cookie=cookies["ada, ended"])
        await browser.post("/forgot-password", {"email": "ada@example.com"})
    async with Tab(made.port, "/settings", network(51), cookies["leo"]) as tab:
        await tab.send(DELETE, form={"username": "leo", "password": people.PASSWORD})
        await tab.settle(1.5)
    if made.query("SELECT count(*) FROM people WHERE leaves_at IS NOT NULL") != [(1,)]:
        raise SystemExit("leo's account should be about to go by now")
    async with Http(made.port, network(52)) as browser:
        cookies["leo"] = await sign_in(browser, "leo")
    ((person_id,),) = made.query("SELECT id FROM people WHERE username = 'ada'")
    ids = [
        str(row[0])
        for table in ("messages", "sign_ins", "mailed_links")
        for row in made.query(f"SELECT id FROM {table} WHERE person_id = ?", str(person_id))  # noqa: S608
    ]
    secrets = [SECRET, "ada@example.com"]
    return Victim(str(person_id), ids, secrets, [SECRET_OF_LEO], cookies)


def rows_about(made: Site, victim: Victim) -> set[tuple[object, ...]]:
    """Return every row of any table that names ada, her id or something of hers.

    What somebody else's inbox says is no row about her.
    """
    db = sqlite3.connect(f"file:{made.data / 'anonmsg.db'}?mode=ro", uri=True, timeout=30)
    known = {victim.person_id, "ada", "ada@example.com", *victim.ids}
    try:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        rows = ((t, row) for t in tables for row in db.execute(f'SELECT * FROM "{t}"'))  # noqa: S608
        return {
            (table, *row) for table, row in rows if known.intersection(map(str, _ids(table, row)))
        }
    finally:
        db.close()


def _ids(table: str, row: tuple[object, ...]) -> tuple[object, ...]:
    return row[:2] if table == "messages" else row
