"""`check-config --socket` opens a WebSocket to a real server and says what came back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from anonmsg.commands.socket_trial import PROXY_HINT, try_socket
from tests.commands.test_check_config import check, words_of

OPENS = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
HELLO = b'\x81\x0c0{"sid":"a"}'
CLOSE = b"\x88\x02\x03\xf3"


@contextmanager
def stand_in(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives one answer to every request, and closes the connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                opened, _ = listening.accept()
            except OSError:
                return
            with opened:
                heard.append(opened.recv(4096))
                opened.sendall(answer)

    serving = Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        serving.join(5)


def test_a_server_that_answers_on_the_socket_is_fine() -> None:
    with stand_in(OPENS + HELLO) as (site, heard):
        result = check("--socket", PUBLIC_URL=site)
    assert "A WebSocket opens, and the app answers on it." in words_of(result)
    assert result.exit_code == 0
    asked = heard[0].decode()
    assert asked.startswith("GET /_event/?token=")
    for line in ("Upgrade: websocket", f"Origin: {site}", f"Host: {site.removeprefix('http://')}"):
        assert f"\r\n{line}\r\n" in asked


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "didn't open: 400 Bad Request came back."),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "didn't open: 200 OK came back."),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "didn't open: 502 Bad Gateway came back."),
        (b"HTTP/1.1 426 Upgrade Required\r\n\r\n", "didn't open: 426 Upgrade Required"),
        (OPENS, "opened, but was closed at once."),
        (OPENS + CLOSE, "opened, but was closed at once."),
    ],
)
def test_a_proxy_that_passes_no_upgrade_is_named(answer: bytes, sentence: str) -> None:
    with stand_in(answer) as (site, _heard):
        result = check("--socket", PUBLIC_URL=site)
    assert sentence in words_of(result)
    assert PROXY_HINT in words_of(result)
    assert result.exit_code == 1


def test_a_socket_that_the_app_refuses_is_about_the_address() -> None:
    with stand_in(b"HTTP/1.1 403 Forbidden\r\n\r\n") as (site, _heard):
        outcome = try_socket(site)
    assert not outcome.is_fine
    assert "PUBLIC_URL is exactly the address" in outcome.says


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"\xff" * 70_000])
def test_what_is_no_web_server_is_not_reached(answer: bytes) -> None:
    with stand_in(answer) as (site, _heard):
        assert "can't be reached from here" in try_socket(site).says


def test_where_nobody_listens_is_not_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        site = f"http://127.0.0.1:{taken.getsockname()[1]}"
    result = check("--socket", PUBLIC_URL=site)
    assert "can't be reached from here" in words_of(result)
    assert result.exit_code == 1


def test_a_bad_address_is_mended_first() -> None:
    result = check("--socket", PUBLIC_URL="https://anonmsg.example/app")
    assert "No WebSocket was tried." in words_of(result)
    assert result.exit_code == 1


def test_without_being_asked_nothing_is_tried() -> None:
    with stand_in(b"") as (site, heard):
        assert check(PUBLIC_URL=site).exit_code == 0
    assert heard == []
