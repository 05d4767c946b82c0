"""What the dashboard knows of a search, and its handlers.

The words stay in the tab: they're in no URL, which would reach histories and the logs of
proxies.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import reflex as rx

from anonmsg.addresses import Audience
from anonmsg.errors import AppError, NotSignedIn
from anonmsg.framework import visitor
from anonmsg.locale import _, month_in_words, ngettext
from anonmsg.public import FoundMessage, FoundSlice
from anonmsg.runtime.runtime import run
from anonmsg.services.inbox import folders, search, slices
from anonmsg.services.inbox.search import Search


class SearchState(rx.State, mixin=True):
    """The part of the dashboard's state that is about a search.

    Attributes:
        is_searched: Whether what was found is shown in the place of the folder.
        is_searching: Whether messages are being looked through.
        found: What was found so far, newest first.
        found_words: How many messages that is, in words.
        searched_back: How far back messages were looked through, while there are older ones.
        search_error: Why a search was refused.
    """

    audience: ClassVar[Audience] = Audience.OWNERS

    is_searched: bool = False
    is_searching: bool = False
    found: list[FoundMessage] = []
    found_words: str = ""
    searched_back: str = ""
    search_error: str = ""
    folder: str = "inbox"
    _search: Search | None = None
    _cursor: str = ""

    @rx.event
    async def search(self, form: Any) -> AsyncIterator[Any]:
        """Look for words, in this folder or in all."""
        # The words may be sent before the page has loaded, which would forget them.
        await self._begin_on_new_page()
        typed = form if isinstance(form, dict) else {}
        is_here = typed.get("where") == "here"
        self._search = Search(
            words=typed.get("words"),
            folder=self.folder if is_here else folders.ALL,
            since=typed.get("since", ""),
            until=typed.get("until", ""),
        )
        self._cursor, self.found = "", []
        async for step in self._look_through():
            yield step

    @rx.event
    async def search_older(self) -> AsyncIterator[Any]:
        """Go on with the search where it ended."""
        async for step in self._look_through():
            yield step

    @rx.event
    async def end_search(self) -> None:
        """Show the folder again."""
        await visitor.signed_in(self)
        self._forget_search()
        await self._look()

    async def _look_through(self) -> AsyncIterator[Any]:
        me = await visitor.signed_in(self)
        if self._search is None:
            return
        self.search_error, self.is_searching = "", True
        yield
        try:
            found = await run(
                search.find, owner_id=me.owner_id, search=self._search, cursor=self._cursor
            )
            self._show_found(found)
        except NotSignedIn:
            raise
        except AppError as refusal:
            self.search_error = refusal.sentence
        finally:
            self.is_searching = False
            yield

    def _show_found(self, slice_: FoundSlice) -> None:
        self.found = [*self.found, *slice_.messages]
        self._cursor, self.is_searched = slice_.cursor, True
        self.searched_back = ""
        if slice_.more:
            month = month_in_words(datetime.fromisoformat(slice_.searched_to))
            self.searched_back = _("Searched back to {month}").format(month=month)
        self._count_found()
        self._tell(self.found_words)

    def _count_found(self) -> None:
        count = len(self.found)
        words = ngettext("{n} message found", "{n} messages found", count).format(n=count)
        self.found_words = words if count or self._cursor else _("No messages match")

    async def _look_at_found(self, owner_id: str) -> None:
        """Show what has changed of the messages that were found."""
        if not self.found or self._search is None:
            return
        ids = [each.message.id for each in self.found]
        now = {each.id: each for each in await run(slices.these, owner_id=owner_id, ids=ids)}
        wanted = self._search.folder
        kept = [
            replace(each, message=now[each.message.id])
            for each in self.found
            if each.message.id in now and folders.is_in(now[each.message.id], wanted)
        ]
        if kept != self.found:
            self.found = kept
            self._count_found()

    def _forget_search(self) -> None:
        self._search, self._cursor, self.found = None, "", []
        self.is_searched, self.search_error, self.searched_back = False, "", ""

    async def _begin_on_new_page(self) -> None:
        """Forget what an earlier page of the tab has shown."""
        raise NotImplementedError

    def _tell(self, sentence: str) -> None:
        """Tell screen readers."""
        raise NotImplementedError

    async def _look(self, *, but: Collection[str] = ()) -> None:
        """Show the folder again."""
        raise NotImplementedError
