"""Measures whether a response's time or bytes reveal that an address has an account.

    make bench-enumeration

Sign-ins and reset requests are measured over HTTP, on the app as people run it.
Signing up is a socket event, so its use case is called directly, with the app's
bcrypt cost of 12. Each pair tries one known and one unknown address. Their order
alternates, so that side effects, such as an email to send, disturb both equally.
Each account is tried only once, so that the wait after failed sign-ins, which no
setting turns off, never starts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from anonmsg.config import load
from anonmsg.errors import AppError
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import sign_ups
from bench import people, servers

PAIRS, WARM_UP, GOAL_MS = 200, 3, 5.0
NETWORK = "network-of-the-bench"
LIMITS_FACTOR = 100_000
HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
}

Ask = Callable[[str], str]


def known(number: int) -> str:
    return f"known{number:04}@example.com"


def unknown(number: int) -> str:
    return f"other{number:04}@example.com"


def timed(ask: Ask, email: str) -> tuple[float, str]:
    """Return a request's time in ms, and its response without the typed address."""
    began = time.perf_counter()
    answer = ask(email)
    took = (time.perf_counter() - began) * 1000
    return took, answer.replace(email, "<email>")


def measure(ask: Ask, pairs: int) -> dict[str, float | bool]:
    """Return both median times in ms, and whether all responses are the same."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    answers = set()
    for number in range(-WARM_UP, pairs):
        pair = [("known", known(number % (pairs + WARM_UP))), ("unknown", unknown(number + 1000))]
        for kind, email in pair if number % 2 else reversed(pair):
            ms, answer = timed(ask, email)
            if number >= 0:
                took[kind].append(ms)
                answers.add(answer)
    found = {kind: round(statistics.median(each), 3) for kind, each in took.items()}
    difference = round(found["known"] - found["unknown"], 3)
    return {**found, "difference": difference, "same answer": len(answers) == 1}


def posting(port: int, path: str, **fields: str) -> Ask:
    """Return a function that posts a form on one persistent connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(email: str) -> str:
        typed = urlencode({name: value.format(email=email) for name, value in fields.items()})
        connection.request("POST", path, typed, HEADERS)
        answer = connection.getresponse()
        told = sorted(name for name, _ in answer.getheaders())
        return f"{answer.status} {told} {answer.read().decode()}"

    return ask


def signing_up(runtime: Runtime) -> Ask:
    """Return a function that signs up and gives what a browser would be sent."""
    count = iter(range(10_000_000, 99_999_999))

    def ask(email: str) -> str:
        with runtime.context() as ctx:
            try:
                browser = sign_ups.sign_up(
                    ctx,
                    username=f"bench_{next(count)}",
                    email=email,
                    password=people.PASSWORD,
                    network=NETWORK,
                )
            except AppError as refusal:
                return str(refusal.by_field())
        with runtime.context() as ctx:
            stands = sign_ups.pending(ctx, browser=browser)
        return f"{stands.mail} {stands.resend_wait}"

    return ask


def over_http(data: Path, pairs: int) -> dict[str, dict[str, float | bool]]:
    """Measure sign-ins and reset requests on the running app."""
    port = servers.free_port()
    with servers.app(data, port):
        wrong = {"identifier": "{email}", "password": "not the password"}
        return {
            "sign in": measure(posting(port, "/sign-in", **wrong), pairs),
            "forgot password": measure(posting(port, "/forgot-password", email="{email}"), pairs),
        }


def by_use_case(data: Path, pairs: int) -> dict[str, dict[str, float | bool]]:
    """Measure sign-ups with HIDE_REGISTERED_EMAILS on."""
    settings = load(data_dir=data, hide_registered_emails=True, limits_factor=LIMITS_FACTOR)
    runtime = Runtime.of(settings)
    found = {"sign up (hidden)": measure(signing_up(runtime), pairs)}
    runtime.close()
    return found


def main() -> None:
    """Measure, and print a table and a JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=PAIRS)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        people.crowd(data, [known(number) for number in range(pairs + WARM_UP)])
        found = over_http(data, pairs) | by_use_case(data, pairs)
    print(f"{'median of ' + str(pairs):20}{'known':>10}{'unknown':>10}{'difference':>12}  answers")
    for name, each in found.items():
        ms = f"{each['known']:10.1f}{each['unknown']:10.1f}{each['difference']:12.2f}"
        print(f"{name:20}{ms}  {'the same' if each['same answer'] else 'DIFFERENT'}")
    print(f"In ms; the goal is a difference of at most {GOAL_MS}.")
    print(json.dumps({"bench": "enumeration", "pairs": pairs, "goal ms": GOAL_MS, "found": found}))


if __name__ == "__main__":
    main()
