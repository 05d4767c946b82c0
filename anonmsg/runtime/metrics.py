"""Where the measured values are: in memory, or in files that several workers share.

The library decides that once, as it is imported, so nothing here imports it before it
is used. One worker counts in memory. Several have a folder of small files, one for each
process; whoever is asked adds them up.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from anonmsg.config import Settings

if TYPE_CHECKING:
    from anonmsg.runtime.instruments import Instruments

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# The library names each file after what it holds and the process that writes it.
FILE = re.compile(r"(?:counter|gauge_[a-z]+|histogram)_(\d+)\.db")


def folder_of(settings: Settings) -> Path:
    """Return where several workers keep their files; servers on other ports have their own."""
    return settings.data_dir / "metrics" / str(settings.reflex_frontend_port)


def prepare(workers: int, folder: Path) -> None:
    """Decide where the values are; the main process calls this before it forks.

    Args:
        workers: How many processes serve.
        folder: Where several keep their files, unless the operator has named a folder.
    """
    if workers == 1:
        os.environ.pop(FOLDER, None)
        return
    chosen = Path(os.environ.setdefault(FOLDER, str(folder)))
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The folder is the operator's choice, and may hold a database as well.
    for file, _process in _files(chosen):
        file.unlink()


@cache
def here() -> Instruments:
    """Return this process's counters and gauges."""
    from anonmsg.runtime.instruments import Instruments  # noqa: PLC0415  (see the first lines)

    return Instruments()


def refused(limit: str) -> None:
    """Count an attempt beyond a limit, by the limit's name."""
    here().refusals.labels(limit).inc()


def exposed() -> bytes:
    """Return the values of all processes in Prometheus's text format."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    if FOLDER not in os.environ:
        return generate_latest(here().registry)
    folder = Path(os.environ[FOLDER])
    _forget_dead(folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(together)


def _files(folder: Path) -> list[tuple[Path, int]]:
    """Return the library's files in a folder, each with its process."""
    found = [(file, FILE.fullmatch(file.name)) for file in folder.glob("*.db")]
    return [(file, int(name[1])) for file, name in found if name]


def _forget_dead(folder: Path) -> None:
    """Drop what processes had open that have ended; what they counted stays."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    for process in {process for _file, process in _files(folder)}:
        if not _lives(process):
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
