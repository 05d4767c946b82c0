"""Runs what attackers do so that their machine isn't the server's, as far as one can be both."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id
from typing import Any, TypeVar

T = TypeVar("T")
LEAST_URGENT = 19


def run_elsewhere(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread that gets only what the server and honest people leave of the cores."""
    with ThreadPoolExecutor(1, initializer=_give_way) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _give_way() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), LEAST_URGENT)
