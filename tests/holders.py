"""Which of a server's workers holds a connection."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def workers(of: int) -> list[int]:
    """A process's children."""
    return [int(each) for each in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


def holder(server: int, port: int, client_port: int) -> int | None:
    """The worker that holds the server's end of a connection, or None before it's accepted.

    `server` is the server's first process, and `port` where it listens.
    """
    ends = f":{port:04X} 0100007F:{client_port:04X} "
    rows = [each for each in Path("/proc/net/tcp").read_text().splitlines() if ends in each]
    sockets = {f"socket:[{row.split()[9]}]" for row in rows}
    for pid in workers(server):
        with suppress(FileNotFoundError, ProcessLookupError):
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):
                    if str(file.readlink()) in sockets:
                        return pid
    return None
