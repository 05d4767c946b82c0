"""The app as `python -m anonmsg serve` runs it, in its own process, with a miniature build."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import databases
from tests.ports import free_port
from tests.web import build

ROOT = Path(__file__).parents[1]
START_WITHIN = 60.0
STOP_WITHIN = 10.0
# Either way comes after some lines that shorten what a test would wait for.
SERVE = "from anonmsg.commands import cli\ncli(['serve'], prog_name='anonmsg')"
# What `reflex run --env prod` does once it has compiled the pages.
REFLEX_RUN = """
import os
from anonmsg.framework.server import prepare
port = int(os.environ["REFLEX_FRONTEND_PORT"])
prepare(port)
from reflex_base.config import get_config
from reflex.utils import exec
exec.run_backend_prod("127.0.0.1", port, get_config().loglevel.subprocess_level(), True)
"""


@dataclass
class Served:
    """One server; `first` are lines of Python that it runs before it starts."""

    folder: Path
    first: str = ""
    way: str = SERVE
    env: dict[str, str] = field(default_factory=dict)
    # The soft and the hard limit of open files.
    files: tuple[int, int] | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything the server has printed."""
        return (self.folder / "server.log").read_text()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.begin()
        deadline = time.monotonic() + START_WITHIN
        while not self.listens():
            assert self.process is not None
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        web = self.folder / "web"
        if not web.exists():
            build.write(web / "build" / "client")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"{self.first}\n{self.way}"],
                cwd=ROOT,
                env=kept
                | {"DATA_DIR": str(self.folder / "data"), "REFLEX_WEB_WORKDIR": str(web)}
                | {"REFLEX_FRONTEND_PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"}
                | databases.env(self.folder / "data")
                | self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._with_fewer_files if self.files else None,  # noqa: PLW1509
            )

    def _with_fewer_files(self) -> None:
        assert self.files is not None
        resource.setrlimit(resource.RLIMIT_NOFILE, self.files)

    def listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def connect(self, sent: bytes = b"", *, within: float = 30.0) -> socket.socket:
        """A raw connection that has sent something."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=within)
        made.sendall(sent)
        return made

    def ask(self, sent: bytes, *, within: float = 30.0) -> bytes:
        """Everything that comes back until the server closes the connection."""
        with self.connect(sent, within=within) as connection:
            return read_all(connection)

    def wait(self) -> int:
        """The exit code, once it has ended on its own."""
        assert self.process is not None
        return self.process.wait(START_WITHIN)

    def stop(self) -> float:
        """Ask it to stop, and return how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_WITHIN)
        return time.monotonic() - began


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes the connection."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@contextmanager
def served(folder: Path, **options: object) -> Iterator[Served]:
    """A server that listens, until the end of the block."""
    made = Served(folder, **options)  # type: ignore[arg-type]
    try:
        made.start()
        yield made
    finally:
        end(made)


def end(made: Served) -> None:
    """End a server and its worker, whatever state they're in."""
    if made.process is not None and made.process.poll() is None:
        os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait(STOP_WITHIN)
