"""What owners do to messages on the dashboard, in every folder, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonmsg.database.tables import Person
from anonmsg.pages.dashboard.acts_state import ACTS
from anonmsg.runtime.context import Context
from tests import factories
from tests.fakes import Clock
from tests.payloads import JUNK
from tests.tabs import STATES, Site, Tab

GONE = "This message no longer exists."
OUTDATED = "This page is out of date. Reload it and try again."
Open = Callable[..., Tab]


@pytest.fixture
def ada(ctx: Context) -> Person:
    return factories.person(ctx)


def _texts(tab: Tab) -> list[str]:
    return [each["content"] for each in tab.inbox]


async def opened(tab: Open, folder: str = "") -> Tab:
    return await tab(f"/dashboard{folder and '?folder=' + folder}", "ada").load()


async def test_each_folder_has_its_messages_and_all_counts(
    tab: Open, ada: Person, ctx: Context
) -> None:
    rows = factories.messages(ctx, ada, "kept", "starred", "archived", "deleted")
    page = await opened(tab)
    for name, row in zip(("star", "archive", "trash"), rows[1:], strict=True):
        await page.ask("dashboard.act", what=name, ids=row.id)
    assert _texts(page) == ["starred", "kept"]
    counts = page.shows("dashboard.counts")
    assert [counts[each] for each in ("inbox", "archive", "starred", "trash")] == [2, 1, 1, 1]
    for folder, texts in {
        "starred": ["starred"],
        "archive": ["archived"],
        "trash": ["deleted"],
        "nowhere": ["starred", "kept"],
        "inbox' or 1=1 --": ["starred", "kept"],
    }.items():
        other = await opened(tab, folder)
        assert _texts(other) == texts, folder
        assert other.shows("dashboard.total") == len(texts), folder


SENTENCES = {
    "trash": "Moved to trash",
    "archive": "Archived",
    "star": "Starred",
    "mark_read": "Marked as read",
}


@pytest.mark.parametrize(("act", "sentence"), SENTENCES.items())
async def test_each_act_is_told_and_can_be_undone(
    tab: Open, ada: Person, ctx: Context, act: str, sentence: str
) -> None:
    factories.messages(ctx, ada, "one", "two")
    page = await opened(tab)
    before = page.inbox
    await page.ask("dashboard.act", what=act, ids=before[0]["id"])
    assert page.inbox != before
    assert [page.shows(f"dashboard.{each}") for each in ("done", "news")] == [sentence] * 2
    await page.ask("dashboard.undo")
    assert page.inbox == before
    assert (page.shows("dashboard.done"), page.shows("dashboard.news")) == ("", "Undone")
    page.forget()
    await page.ask("dashboard.undo")
    assert page.shows("dashboard.error") == OUTDATED
    assert page.inbox == before


async def test_several_are_one_act_and_one_undo(tab: Open, ada: Person, ctx: Context) -> None:
    factories.messages(ctx, ada, *(f"{n}" for n in range(5)))
    page = await opened(tab)
    await page.ask("dashboard.act", what="trash", ids=[each["id"] for each in page.inbox[1:4]])
    assert _texts(page) == ["4", "0"]
    assert page.shows("dashboard.done") == "3 messages moved to trash"
    await page.ask("dashboard.undo")
    assert _texts(page) == ["4", "3", "2", "1", "0"]


async def test_what_another_tab_has_done_since_stays_done(
    tab: Open, ada: Person, ctx: Context
) -> None:
    (row,) = factories.messages(ctx, ada, "one")
    first, second = await opened(tab), await opened(tab)
    await first.ask("dashboard.act", what="archive", ids=row.id)
    assert (_texts(first), _texts(second)) == ([], [])
    third = await opened(tab, "archive")
    await third.ask("dashboard.act", what="trash", ids=row.id)
    await first.ask("dashboard.undo")
    trash = await opened(tab, "trash")
    assert (_texts(first), _texts(trash)) == ([], ["one"])
    await second.ask("dashboard.act", what="star", ids=row.id)
    assert [each["is_starred"] for each in trash.inbox] == [False]


async def test_what_is_deleted_forever_is_gone_and_cannot_be_undone(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "kept", "deleted")
    page = await opened(tab)
    asked = page.inbox[0]["id"]
    # Only what is in the trash can be.
    await page.ask("dashboard.delete_forever", form={"message_id": asked})
    assert set(factories.stored(ctx)) == {"kept", "deleted"}
    await page.ask("dashboard.act", what="trash", ids=asked)
    trash = await opened(tab, "trash")
    await trash.ask(
        "dashboard.delete_forever", form={"__reflex_form_data__": [["message_id", asked]]}
    )
    assert (_texts(trash), factories.stored(ctx)) == ([], ["kept"])
    assert (trash.shows("dashboard.news"), trash.shows("dashboard.done")) == ("Message deleted", "")
    await trash.ask("dashboard.undo")
    assert factories.stored(ctx) == ["kept"]
    await trash.ask("dashboard.delete_forever", form={"message_id": asked})
    assert trash.shows("dashboard.error") == GONE


async def test_nobody_changes_anothers_message(
    tab: Open, site: Site, ada: Person, ctx: Context
) -> None:
    (theirs,) = factories.messages(ctx, factories.person(ctx, "eve"), "for eve")
    page, hers = await opened(tab), await tab("/dashboard", "eve").load()
    before = hers.inbox
    for name in ACTS:
        await page.ask("dashboard.act", what=name, ids=theirs.id)
        assert page.shows("dashboard.error") == GONE, name
    for handler in ("annotate", "delete_forever"):
        form = {"message_id": theirs.id, "note": "mine"}
        await page.enqueue(f"{STATES['dashboard']}.{handler}", form=form)
    await page.enqueue(f"{STATES['dashboard']}.seen", ids=theirs.id)
    await site.settle()
    await hers.ask("dashboard.refresh")
    assert hers.inbox == before
    assert "for eve" not in page.received


async def test_what_is_no_act_and_no_message_is_answered_by_a_sentence(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "kept")
    page = await opened(tab)
    for ids in [*JUNK, "%", "' or 1=1 --", ["x"] * 201]:
        page.forget()
        await page.ask("dashboard.act", what="trash", ids=ids)
        assert page.shows("dashboard.error") is not None, ids
        await page.ask("dashboard.seen", ids=ids)
        await page.ask("dashboard.annotate", form=ids)
        await page.ask("dashboard.delete_forever", form={"message_id": ids})
    for name in [*JUNK, "delete_forever", "_do", "load"]:
        page.forget()
        await page.ask("dashboard.act", what=name, ids=page.inbox[0]["id"])
        assert page.shows("frame.notice") == OUTDATED, name
    assert factories.stored(ctx) == ["kept"]
    assert _texts(page) == ["kept"]


async def test_what_was_seen_is_read_and_nobody_is_told(
    tab: Open, ada: Person, ctx: Context
) -> None:
    factories.messages(ctx, ada, "one", "two", "three")
    page, other = await opened(tab), await opened(tab)
    await page.ask("dashboard.seen", ids=[each["id"] for each in page.inbox[:2]])
    assert [each["is_unread"] for each in page.inbox] == [False, False, True]
    assert page.shows("dashboard.counts")["inbox_unread"] == 1
    assert (page.shows("dashboard.news"), page.shows("dashboard.done")) == ("", "")
    assert [each["is_unread"] for each in other.inbox] == [False, False, True]
    await page.ask("dashboard.mark_all_read")
    assert page.shows("dashboard.counts")["inbox_unread"] == 0
    await page.ask("dashboard.undo")
    assert [each["is_unread"] for each in page.inbox] == [False, False, True]


async def test_a_note_is_kept_beside_its_message(tab: Open, ada: Person, ctx: Context) -> None:
    factories.messages(ctx, ada, "one")
    page = await opened(tab)
    asked = page.inbox[0]["id"]
    await page.ask("dashboard.annotate", form={"message_id": asked, "note": "Ask <b>Ben</b>"})
    assert page.inbox[0]["note"] == "Ask <b>Ben</b>"
    assert page.shows("dashboard.done") == "Note saved"
    await page.ask("dashboard.annotate", form={"message_id": asked, "note": "n" * 501})
    assert page.shows("dashboard.error") != ""
    await page.ask("dashboard.annotate", form={"message_id": asked, "note": ""})
    assert (page.inbox[0]["note"], page.shows("dashboard.done")) == ("", "Note removed")
    await page.ask("dashboard.undo")
    assert page.inbox[0]["note"] == "Ask <b>Ben</b>"


async def test_a_change_sends_only_the_part_it_is_in(
    tab: Open, ada: Person, ctx: Context, clock: Clock
) -> None:
    factories.messages(ctx, ada, *(f"text {n:03} of a message" for n in range(100)))
    page = await opened(tab)
    page.forget()
    await page.ask("dashboard.load_more")
    first = len(page.received)
    for _ in range(3):
        page.forget()
        await page.ask("dashboard.load_more")
    assert len(page.received) < 1.1 * first
    assert len(_texts(page)) == 100
    page.forget()
    await page.ask("dashboard.act", what="star", ids=page.inbox[50]["id"])
    assert "text 049" in page.received
    assert "text 099" not in page.received
    page.forget()
    clock.move(minutes=5)
    sender = await tab("/u/ada").load()
    await sender.ask("public_page.send", form={"message": "new"})
    assert _texts(page)[0] == "new"
    assert "text 0" not in page.received


async def test_an_arrival_does_not_show_in_another_folder(
    tab: Open, ada: Person, ctx: Context, clock: Clock
) -> None:
    page = await opened(tab, "archive")
    sender = await tab("/u/ada").load()
    await sender.ask("public_page.send", form={"message": "new"})
    assert _texts(page) == []
    assert page.shows("dashboard.counts")["inbox_unread"] == 1
