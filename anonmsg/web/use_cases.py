"""Runs use cases for HTTP: what fails in one is a refusal like any other.

So each form is shown again with what was typed, whether it was refused or the disk is
full, and no route has to think of it. What fails elsewhere is answered by
`web/failures.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from anonmsg.errors import AppError
from anonmsg.runtime import runtime
from anonmsg.runtime.context import Context
from anonmsg.runtime.hashing import Share
from anonmsg.runtime.incidents import failure_of
from anonmsg.runtime.runtime import Glance, Together

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked")


async def run(
    use_case: Callable[Concatenate[Context, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case; see Runtime.run.

    Raises:
        ServerFailed: something failed that no refusal is about.
        AppError: the use case refuses.
    """
    with _failures_as_refusals():
        return await runtime.run(use_case, *args, **kwargs)


async def run_hashing(
    use_case: Callable[Concatenate[Context, P], T],
    share: Share,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case that hashes a password; see Runtime.run_hashing.

    Raises:
        ServerFailed: something failed that no refusal is about.
        AppError: the use case refuses.
    """
    with _failures_as_refusals():
        return await runtime.run_hashing(use_case, share, *args, **kwargs)


async def together(use_case: Together[Asked], asked: Asked) -> None:
    """Run a batched use case; see Runtime.together.

    Raises:
        ServerFailed: something failed that no refusal is about.
        AppError: this caller is refused.
    """
    with _failures_as_refusals():
        await runtime.together(use_case, asked)


async def glance(use_case: Glance[Asked, T], asked: Asked) -> T:
    """Read one row; see Runtime.glance.

    Raises:
        ServerFailed: the database can't be read.
    """
    with _failures_as_refusals():
        return await runtime.glance(use_case, asked)


@contextmanager
def _failures_as_refusals() -> Iterator[None]:
    try:
        yield
    except AppError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, the person keeps their text)
        raise failure_of(error) from None
