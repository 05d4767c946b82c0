"""What a log line looks like, and what it never holds."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from anonmsg.framework.logs import FORMATTERS, JsonLines, TextLines

TYPED = "what somebody typed"
ROOT = Path(__file__).parents[2]
# In a process of its own, because it changes where the whole process logs to.
LINES = f"""
import asyncio, logging, sys, threading, warnings
from anonmsg.framework import logs
logs.to_console(sys.argv[1])
logging.getLogger("anonmsg.somewhere").info("Started on port %s", 3000)
logging.getLogger("a.library").info("not wanted")
logging.getLogger("reflex.somewhere").info("not wanted")
logging.getLogger("a.library").warning("two\\nlines")
def fail():
    raise ValueError({TYPED!r})
async def forget():
    asyncio.get_running_loop().call_soon(fail)
    task = asyncio.create_task(later())
    await asyncio.sleep(0.01)
    del task
    await asyncio.sleep(0.01)
async def later():
    fail()
asyncio.run(forget())
warnings.warn({TYPED!r}[:0] + "an old way")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
# One that ends itself is no failure.
thread = threading.Thread(target=sys.exit)
thread.start()
thread.join()
fail()
"""


def written(log_format: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LINES, log_format],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr.splitlines()


def record(message: str, *args: object, exception: Exception | None = None) -> logging.LogRecord:
    info = (type(exception), exception, None) if exception else None
    return logging.LogRecord("anonmsg.x", logging.ERROR, "x.py", 1, message, args, info)


@pytest.mark.parametrize("log_format", FORMATTERS)
def test_every_way_to_the_log_is_one_line_without_what_was_typed(log_format: str) -> None:
    lines = written(log_format)
    assert [line for line in lines if TYPED in line or "Traceback" in line] == []
    # Ours, the library's, two of asyncio, the warning, the thread's and the last.
    assert len(lines) == 7
    assert "Started on port 3000" in lines[0]
    assert "two lines" in lines[1]
    assert sum("ValueError at " in line for line in lines) == 4
    assert not any("not wanted" in line for line in lines)


def test_each_line_of_json_is_an_object() -> None:
    first, second, *rest = map(json.loads, written("json"))
    assert (first["level"], first["logger"]) == ("info", "anonmsg.somewhere")
    assert first["message"] == "Started on port 3000"
    assert first["time"].endswith("Z")
    assert (second["level"], second["logger"]) == ("warning", "a.library")
    assert rest[-1]["message"] == "Uncaught"
    assert rest[-1]["exception"].startswith("(ValueError at ")
    assert isinstance(first["process"], int)


def test_a_line_is_one_whatever_is_in_it() -> None:
    odd = 'a "quote", a \n newline, \x1b[31m and سلام'
    assert json.loads(JsonLines().format(record("%s", odd)))["message"].startswith('a "quote"')
    assert "\n" not in JsonLines().format(record("%s", odd))
    assert "\n" not in TextLines().format(record("%s", odd))


@pytest.mark.parametrize("log_format", FORMATTERS)
def test_an_exception_is_its_kind(log_format: str) -> None:
    line = FORMATTERS[log_format]().format(
        record(f"Task failed\nfuture: <{TYPED}>", exception=ValueError(TYPED))
    )
    assert "Task failed" in line
    assert "(ValueError at " in line
    assert TYPED not in line
