"""`check-config` reports everything that's wrong at once, in words, and shows no secrets."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anonmsg.commands import cli
from anonmsg.commands.advice import BY_FOLDER, BY_RESEND, BY_SMTP
from anonmsg.config import SECRET_NAMES
from anonmsg.mail.mailer import Trouble
from anonmsg.runtime.context import Context
from anonmsg.services import peppers
from tests import factories
from tests.resend_stand_in import ResendStandIn
from tests.smtp_stand_in import SmtpStandIn, certificate

SENDER = "anonmsg <no-reply@anonmsg.example>"
TO = "operator@example.com"
PASSWORD = "hunter2-hunter2"
SECRETS = {name: f"{name.lower()} 0123456789 abcdefghijklmnop" for name in SECRET_NAMES}


@pytest.fixture
def data(tmp_path: Path, migrated: Path) -> Path:
    """A data folder with a database, as the first start leaves it."""
    folder = tmp_path / ".data"
    folder.mkdir()
    shutil.copy(migrated, folder / "anonmsg.db")
    file = folder / "secrets.env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
    return folder


@pytest.fixture
def server() -> Iterator[SmtpStandIn]:
    with SmtpStandIn() as running:
        yield running


def check(*arguments: str, **env: str) -> Result:
    result = CliRunner().invoke(cli, ["check-config", *arguments], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for secret in (PASSWORD, *SECRETS.values()):
        assert secret not in result.output
    return result


def words_of(result: Result) -> str:
    return " ".join(result.output.split())


def by_smtp(server: SmtpStandIn, sign_in: str = "") -> dict[str, str]:
    at = f"{sign_in}@" if sign_in else ""
    url = f"smtp://{at}127.0.0.1:{server.port}"
    return {"MAIL_TRANSPORT": "smtp", "SMTP_URL": url, "MAIL_FROM": SENDER}


def test_with_nothing_set_nothing_is_wrong_and_nothing_is_written(tmp_path: Path) -> None:
    result = check()
    assert result.exit_code == 0
    words = words_of(result)
    assert "Site http://localhost:3000" in words
    assert "Only this machine can open that address." in words
    assert "Database sqlite:///.data/anonmsg.db Not there yet" in words
    assert "Secrets .data/secrets.env Not there yet" in words
    assert "Email written as .eml files to .data/outbox" in words
    assert words.endswith("No problems found.")
    assert list(tmp_path.iterdir()) == []


def test_an_installation_that_runs_is_told_as_it_is(data: Path) -> None:
    before = {file.name: file.read_bytes() for file in data.iterdir()}
    result = check(
        PUBLIC_URL="https://anonmsg.example",
        TRUSTED_PROXY_HOPS="1",
        MAIL_TRANSPORT="smtp",
        SMTP_URL=f"smtp://mailer:{PASSWORD}@mail.example.com",
        MAIL_FROM=SENDER,
        LIMITS=json.dumps({"send_inbox": "900 per hour"}),
    )
    assert result.exit_code == 0
    words = words_of(result)
    assert "Site https://anonmsg.example Sign-in cookies are Secure" in words
    assert "TRUSTED_PROXY_HOPS" not in words
    assert "It opens, and its tables are up to date." in words
    assert "Pepper matches the accounts in the database" in words
    assert "port 587, STARTTLS, with a user and password" in words
    assert "Limits changed: send_inbox" in words
    assert {file.name: file.read_bytes() for file in data.iterdir()} == before


def test_everything_that_is_wrong_is_said_at_once(data: Path) -> None:
    (data / "anonmsg.db").write_text("no database " * 99)
    (data / "secrets.env").chmod(0o644)
    result = check(
        PUBLIC_URL="https://anonmsg.example/app",
        MAIL_TRANSPORT="smtp",
        SMTP_URL=f"https://mailer:{PASSWORD}@mail.example.com",
        LIMITS=json.dumps({"send_everything": "1 per hour"}),
        TRUSTED_PROXY_HOPS="-1",
        PEPPER="short",
    )
    assert result.exit_code == 1
    words = words_of(result)
    for problem in (
        "PUBLIC_URL: must have no path",
        "SMTP_URL: must be an address such as",
        "MAIL_FROM: must be an address that your mail server lets you send from",
        "TRUSTED_PROXY_HOPS: ",
        "PEPPER: needs at least 32 characters",
        "DATABASE_URL: the database can't be opened: file is not a database",
        "LIMITS: send_everything is not a limit",
    ):
        assert problem in words
    assert "7 problems found:" in words
    assert "Email see the problems below" in words


def test_limits_that_are_no_json_are_said_like_the_rest() -> None:
    result = check(LIMITS="send_inbox=5")
    assert result.exit_code == 1
    assert "LIMITS: must be JSON" in words_of(result)


def test_secrets_that_others_can_read_are_wrong(data: Path) -> None:
    (data / "secrets.env").chmod(0o640)
    result = check()
    assert result.exit_code == 1
    assert "run chmod 600 on it" in words_of(result)


def test_secrets_of_the_environment_are_not_looked_for_in_the_folder() -> None:
    assert "Secrets all three are set" in words_of(check(**SECRETS))


def test_a_rotation_is_told_with_its_time(data: Path) -> None:
    assert CliRunner().invoke(cli, ["rotate-secrets"]).exit_code == 0
    result = check()
    assert result.exit_code == 0
    assert "Rotated at 20" in words_of(result)
    assert "made with the previous secrets are accepted for 7 days after that" in words_of(result)


def test_a_rotation_that_is_half_set_is_wrong_and_the_rest_is_looked_at(data: Path) -> None:
    result = check(PREVIOUS_ACCESS_TOKEN_SECRET="short", PUBLIC_URL="https://anonmsg.example")
    assert result.exit_code == 1
    words = words_of(result)
    assert "PREVIOUS_ACCESS_TOKEN_SECRET: needs at least 32 characters" in words
    assert "Secrets see the problems below" in words
    assert "Site https://anonmsg.example" in words
    result = check(PREVIOUS_ACCESS_TOKEN_SECRET="an earlier secret 0123456789 abcdef")
    assert result.exit_code == 1
    assert "SECRETS_ROTATED_AT: must say when" in words_of(result)
    assert "Site http://localhost:3000" in words_of(result)


def test_a_pepper_that_does_not_fit_the_people_is_wrong(ctx: Context) -> None:
    peppers.check(ctx)
    factories.person(ctx)
    env = {"DATA_DIR": str(ctx.settings.data_dir)}
    assert "Pepper matches the accounts" in words_of(check(**env))
    result = check(**env, PEPPER=SECRETS["PEPPER"])
    assert result.exit_code == 1
    assert "PEPPER is not the one that the people in this database signed up with" in words_of(
        result
    )


def test_tables_of_a_newer_anonmsg_are_wrong(data: Path) -> None:
    with sqlite3.connect(data / "anonmsg.db") as db:
        db.execute("UPDATE alembic_version SET version_num = 'of tomorrow'")
    db.close()
    result = check()
    assert result.exit_code == 1
    assert "DATABASE_URL: the tables are of a newer anonmsg; update this one" in words_of(result)


def test_the_password_of_a_database_is_not_shown() -> None:
    result = check(DATABASE_URL=f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/x")
    assert result.exit_code == 1
    assert "postgresql+psycopg://me:***@127.0.0.1:1/x" in words_of(result)
    assert "the database can't be opened" in words_of(result)


@pytest.mark.parametrize(
    ("env", "note"),
    [
        ({"PUBLIC_URL": "http://anonmsg.example"}, "Without https, everything can be read"),
        ({"PUBLIC_URL": "https://anonmsg.example"}, "TRUSTED_PROXY_HOPS is 0."),
        ({"SMTP_URL": "smtps://mail.example.com"}, "SMTP_URL is set but not used"),
        ({"LIMITS_FACTOR": "100"}, "protect a secret are multiplied by 100"),
        (
            {
                "MAIL_TRANSPORT": "smtp",
                "SMTP_URL": "smtp+plain://mailpit:1025",
                "MAIL_FROM": SENDER,
            },
            "can read every email, including codes",
        ),
        (
            {"RESEND_API_KEY": PASSWORD, "MAIL_FROM": "onboarding@resend.dev"},
            "you can only send to your own address",
        ),
    ],
)
def test_what_is_unwise_is_noted_and_not_wrong(env: dict[str, str], note: str) -> None:
    result = check(**env)
    assert result.exit_code == 0
    assert note in words_of(result)


def test_a_test_mail_goes_by_the_mail_server(server: SmtpStandIn) -> None:
    result = check("--mail", TO, **by_smtp(server), PUBLIC_URL="https://anonmsg.example")
    assert result.exit_code == 0
    assert "The test email was sent." in words_of(result)
    [taken] = server.taken
    assert taken.recipients == [TO]
    assert taken.mail["Subject"] == "A test email from your anonmsg"


def test_a_test_mail_goes_by_resend() -> None:
    with ResendStandIn(api_key=PASSWORD) as resend:
        env = {"RESEND_API_KEY": PASSWORD, "RESEND_API_URL": resend.url, "MAIL_FROM": SENDER}
        result = check("--mail", TO, **env)
    assert result.exit_code == 0
    assert [mail["to"] for mail in resend.sent] == [[TO]]


def test_a_test_mail_into_the_outbox_is_not_said_to_arrive(tmp_path: Path) -> None:
    result = check("--mail", TO)
    assert result.exit_code == 0
    assert "Nobody receives it. Set MAIL_TRANSPORT to smtp or resend" in words_of(result)
    assert len(list((tmp_path / ".data" / "outbox").glob("*.eml"))) == 1


@pytest.mark.parametrize("to", ["", "nobody", "a@b@c", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_gets_no_test_mail(to: str, server: SmtpStandIn) -> None:
    result = check("--mail", to, **by_smtp(server))
    assert result.exit_code == 1
    assert "the value of --mail isn't an email address" in words_of(result)
    assert server.taken == []


def test_bad_mail_settings_send_no_test_mail(server: SmtpStandIn) -> None:
    result = check("--mail", TO, **by_smtp(server) | {"MAIL_FROM": "nobody"})
    assert result.exit_code == 1
    assert "No test email was sent. Fix the settings first." in words_of(result)
    assert server.taken == []


@pytest.mark.parametrize(
    ("answers", "reason", "what_to_do"),
    [
        ({"MAIL": "553 5.7.1 no"}, "553 to MAIL", f"doesn't let this user send from {SENDER}"),
        ({"RCPT": "550 5.1.1 no"}, "550 to RCPT", "doesn't accept email for this address"),
        ({"DATA": "554 5.7.1 spam"}, "554 to DATA", "SPF or DKIM"),
        ({"RCPT": "451 4.7.1 grey"}, "451 to RCPT", "Try again in a few minutes"),
        ({"RCPT": "530 5.7.0 sign in"}, "530 to RCPT", "the user and password in SMTP_URL"),
        ({"RCPT": "drop"}, "hung up at RCPT", "then stopped answering"),
    ],
)
def test_a_refusal_of_the_mail_server_comes_with_what_to_do(
    server: SmtpStandIn, answers: dict[str, str], reason: str, what_to_do: str
) -> None:
    server.answers = answers
    result = check("--mail", TO, **by_smtp(server))
    assert result.exit_code == 1
    assert reason in words_of(result)
    assert what_to_do in words_of(result)


def test_a_wrong_password_comes_with_what_to_do() -> None:
    with SmtpStandIn(wants_sign_in=True) as server:
        result = check("--mail", TO, **by_smtp(server, f"mailer:{PASSWORD}"))
    assert result.exit_code == 1
    assert "SMTP answered 535 to AUTH" in words_of(result)
    assert "must be percent-encoded" in words_of(result)


def test_a_certificate_that_is_not_trusted_comes_with_what_to_do(tmp_path: Path) -> None:
    with SmtpStandIn(tls=certificate(tmp_path)) as server:
        env = by_smtp(server) | {"SMTP_URL": f"smtps://127.0.0.1:{server.port}"}
        result = check("--mail", TO, **env)
    assert result.exit_code == 1
    assert "TLS certificate not trusted" in words_of(result)
    assert "SSL_CERT_FILE" in words_of(result)


def test_nobody_at_the_address_comes_with_what_to_do() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        env = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_TRANSPORT": "smtp"}
        result = check("--mail", TO, **env, MAIL_FROM=SENDER)
    assert result.exit_code == 1
    assert "could not connect (Connection refused)" in words_of(result)
    assert f"The mail server 127.0.0.1, port {port}, isn't answering." in words_of(result)


@pytest.mark.parametrize(
    ("key", "behaviour", "what_to_do"),
    [
        ("another-key-of-somebody", "ok", "Resend doesn't know this key"),
        (PASSWORD, "unverified", f"doesn't let you send from {SENDER}"),
        (PASSWORD, "429", "has reached its sending limit"),
        (PASSWORD, "500", "Resend is having problems"),
        (PASSWORD, "drop", "can't be reached from here"),
    ],
)
def test_a_refusal_of_resend_comes_with_what_to_do(
    key: str, behaviour: str, what_to_do: str
) -> None:
    with ResendStandIn(api_key=PASSWORD) as resend:
        resend.behave(behaviour)
        env = {"RESEND_API_KEY": key, "RESEND_API_URL": resend.url, "MAIL_FROM": SENDER}
        result = check("--mail", TO, **env)
    assert result.exit_code == 1
    assert what_to_do in words_of(result)
    assert key not in result.output


def test_an_outbox_that_cannot_be_written_comes_with_what_to_do(data: Path) -> None:
    (data / "outbox").write_text("a file")
    result = check("--mail", TO)
    assert result.exit_code == 1
    assert "Can't write to .data/outbox." in words_of(result)


def test_there_is_advice_for_every_trouble_a_way_may_have() -> None:
    assert set(Trouble) - {Trouble.FOLDER} == set(BY_SMTP)
    for advice in (BY_SMTP, BY_RESEND, BY_FOLDER):
        for words in advice.values():
            assert set(re.findall(r"{(\w+)}", words)) <= {"server", "sender"}


def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "DATA_DIR": str(tmp_path / "d")}
    found = subprocess.run(
        [sys.executable, "-m", "anonmsg", "check-config"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.rstrip().endswith("No problems found.")
