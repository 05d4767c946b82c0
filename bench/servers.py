"""Starts the servers to measure: the app as people run it, and the floor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
START_WITHIN = 180.0
SERVE = ("anonmsg", "serve")
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that's currently unused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether something is listening on a port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    command: list[str], port: int, env: dict[str, str], log: Path, *, folder: Path = ROOT
) -> Iterator[int]:
    """Run a server in its own process group until the end of the block.

    Args:
        command: The program and its arguments.
        port: Where it will listen.
        env: Settings beside those of this process.
        log: The file that gets what it prints.
        folder: Where it runs.

    Yields:
        The server's process id.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_WITHIN
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(log.read_text())
            time.sleep(0.02)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def app(data: Path, port: int, more: dict[str, str] | None = None) -> Iterator[int]:
    """Run the app in production mode, with limits too high to matter.

    Args:
        data: Its data folder.
        port: Its port.
        more: Further settings.
    """
    data.mkdir(parents=True, exist_ok=True)
    command = [str(BIN / "reflex"), "run", "--env", "prod", "--frontend-port", str(port)]
    env = {"DATA_DIR": str(data), "LIMITS_FACTOR": "100000"} | (more or {})
    with running(command, port, env, data / "server.log") as pid:
        yield pid


def build() -> None:
    """Build the pages, unless they are built already."""
    folder = ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")
    if not (folder / "build" / "client" / "index.html").exists():
        command = [str(BIN / "reflex"), "export", "--no-zip"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(
    data: Path, port: int, more: dict[str, str] | None = None, *, way: tuple[str, ...] = SERVE
) -> Iterator[int]:
    """Run the app from its last build, as in production, with the same limits.

    Args:
        data: Its data folder.
        port: Its port.
        more: Further settings.
        way: The module that serves it, and its arguments.
    """
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", *way, "--port", str(port)]
    env = {"DATA_DIR": str(data), "LIMITS_FACTOR": "100000"} | (more or {})
    with running(command, port, env, data / "server.log") as pid:
        yield pid


@contextmanager
def floor(data: Path, port: int) -> Iterator[int]:
    """Run the floor, with the same server and database as the app."""
    data.mkdir(parents=True, exist_ok=True)
    command = [str(BIN / "granian"), "--interface", "asgi", "--port", str(port), "bench.floor:app"]
    env = {"FLOOR_DB": str(data / "floor.db")}
    with running(command, port, env, data / "floor.log") as pid:
        yield pid


def memory_of(pid: int) -> float:
    """Return the memory of a process and its descendants in megabytes (PSS)."""
    total = 0
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return 0.0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            total += int(line.split()[1])
    return total / 1024 + sum(memory_of(int(child)) for child in children.read_text().split())


def cpu_of(pid: int) -> float:
    """Return the seconds of processor that a process and its descendants have used.

    Those that have ended count too, once their parent has noticed.
    """
    try:
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # After the name in brackets: utime, stime, cutime and cstime are the 12th to the 15th.
    used = sum(map(int, after[11:15])) / TICKS
    return used + sum(cpu_of(int(child)) for child in children)
