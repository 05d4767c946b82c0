"""A hard deadline for a conversation with a mail service.

A socket's timeout begins again with every byte, so a server that sends one a second is
never late, and looking up a name has no timeout at all. So a conversation runs in a thread
of its own. When its time is over it's left behind, and its sockets are shut, which ends
whatever waits for them.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class OutOfTime(Exception):
    """Raised when a conversation was cut off."""


class Conversation(Generic[T]):
    """One conversation, which can be cut off from another thread."""

    def __init__(self, talk: Callable[[Conversation[T]], T]) -> None:
        """Keep what to do.

        Args:
            talk: Holds the conversation, and has each of its sockets watched.
        """
        self._talk = talk
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        # A reply that came to an end only because of this is none.
        self.is_cut = False
        self._is_over = Event()
        self._said: list[T] = []
        self._raised: list[Exception] = []

    def within(self, seconds: float) -> T:
        """Hold the conversation, and return what it returns.

        Raises:
            OutOfTime: it wasn't over in time.
        """
        Thread(target=self._hold, daemon=True).start()
        with _lock:
            _going_on.add(self)
        try:
            self._is_over.wait(seconds)
        finally:
            with _lock:
                _going_on.discard(self)
        if self.is_cut:
            raise OutOfTime
        if self._said:
            return self._said[0]
        if self._raised:
            raise self._raised[0]
        self.cut()
        raise OutOfTime

    def watch(self, opened: socket.socket) -> None:
        """Shut this socket when the conversation is cut off, whatever wraps it by then."""
        with self._lock:
            if self.is_cut:
                _shut(opened)
            else:
                self._sockets.append(opened.dup())

    def cut(self) -> None:
        """End the conversation now."""
        with self._lock:
            self.is_cut = True
            for each in self._sockets:
                _shut(each)
        self._is_over.set()

    def _hold(self) -> None:
        try:
            self._said.append(self._talk(self))
        except Exception as error:  # noqa: BLE001  (whoever waits raises it)
            self._raised.append(error)
        finally:
            self._is_over.set()
            with self._lock:
                for each in self._sockets:
                    each.close()
                self._sockets.clear()


_lock = Lock()
_going_on: set[Conversation[Any]] = set()


def cut_all() -> None:
    """Cut off every conversation of this process, which is about to end."""
    with _lock:
        found = list(_going_on)
    for each in found:
        each.cut()


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
