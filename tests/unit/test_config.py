"""Settings: what stops the start, and what an operator gets by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonmsg.config import SECRET_NAMES, BadSettings, Settings, load
from anonmsg.runtime.runtime import Runtime

GOOD = {
    "access_token_secret": "first 0123456789 abcdefghijklmnop",
    "refresh_token_secret": "second 0123456789 abcdefghijklmnop",
    "pepper": "third 0123456789 abcdefghijklmnop",
}
SMTP_URL = "smtps://mailer:hunter2hunter2@mail.example.com"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's settings and the checkout's `.env` out of these tests."""
    files = [f"{name}_file" for name in Settings.model_fields]
    for name in (*Settings.model_fields, *files, "granian_workers"):
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def problems(**values: object) -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        load(**(GOOD | values))
    assert all(problem in str(refusal.value) for problem in refusal.value.problems)
    return refusal.value.problems


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_short_secret_stops_the_start(name: str) -> None:
    assert problems(**{name.lower(): "0123456789abcdef0123456789abcde"}) == [
        f"{name}: needs at least 32 characters"
    ]


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("secret", ["x" * 64, "changeme" * 8, "12345678" * 5])
def test_a_weak_secret_stops_the_start(name: str, secret: str) -> None:
    assert problems(**{name.lower(): secret}) == [f"{name}: is too easy to guess"]


def test_no_two_secrets_may_be_the_same() -> None:
    found = problems(pepper=GOOD["access_token_secret"])
    assert found == ["PEPPER: must differ from the other two secrets"]


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(BadSettings) as refusal:
        load(**(GOOD | {"pepper": "hunter2hunter2"}))
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"public_url": "https://example.com/app"}, "PUBLIC_URL: must have no path"),
        ({"public_url": "example.com"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "ftp://example.com"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "https://"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "https://example.com?a=b"}, "PUBLIC_URL: must be an address"),
        ({"public_url": "http://[::1"}, "PUBLIC_URL:"),
        ({"mail_transport": "resend", "mail_from": "a@b.example"}, "RESEND_API_KEY: must be set"),
        ({"mail_transport": "pigeon"}, "MAIL_TRANSPORT:"),
        ({"resend_api_key": "re_1"}, "MAIL_FROM: must be an address"),
        ({"mail_transport": "smtp", "mail_from": "a@b.example"}, "SMTP_URL: must be set"),
        ({"mail_transport": "smtp", "smtp_url": SMTP_URL}, "MAIL_FROM: must be an address"),
        (
            {"mail_transport": "smtp", "smtp_url": SMTP_URL, "mail_from": "a@localhost"},
            "MAIL_FROM: must be an address that your mail server lets you send from",
        ),
        ({"mail_from": "nobody"}, "MAIL_FROM: must be one address"),
        ({"mail_from": "a@b.example, c@d.example"}, "MAIL_FROM: must be one address"),
        ({"mail_from": "a <a@b.example>\nBcc: c@d.example"}, "MAIL_FROM: must be one address"),
        ({"mail_from": "me: a@b.example;"}, "MAIL_FROM: must be one address"),
        ({"mail_from": "a@пример.example"}, "MAIL_FROM: must be one address"),
        ({"redis_url": "http://localhost"}, "REDIS_URL: must be an address such as redis://"),
        ({"redis_url": "redis://"}, "REDIS_URL: must be an address such as redis://"),
        ({"redis_url": "unix:"}, "REDIS_URL: must be an address such as redis://"),
        ({"redis_url": "redis://localhost:many"}, "REDIS_URL: must be an address such as"),
        ({"redis_url": "redis://10.0.0.5"}, "REDIS_URL: needs a password or a unix: address"),
        ({"redis_url": "rediss://redis.example"}, "REDIS_URL: needs a password or a unix:"),
        ({"workers": 0}, "WORKERS:"),
        ({"workers": 2}, "WORKERS: more than one needs REDIS_URL, because workers share"),
        ({"log_format": "xml"}, "LOG_FORMAT:"),
        ({"drain_seconds": -1}, "DRAIN_SECONDS:"),
        ({"drain_seconds": 301}, "DRAIN_SECONDS:"),
        ({"instances": "many"}, "INSTANCES:"),
        ({"trusted_proxy_hops": -1}, "TRUSTED_PROXY_HOPS:"),
        ({"trusted_proxy_hops": "many"}, "TRUSTED_PROXY_HOPS:"),
        ({"limits_factor": 0}, "LIMITS_FACTOR:"),
        ({"limits_factor": "nan"}, "LIMITS_FACTOR:"),
        ({"hide_registered_emails": "perhaps"}, "HIDE_REGISTERED_EMAILS:"),
        ({"keep_messages_at_most_days": "-1"}, "KEEP_MESSAGES_AT_MOST_DAYS:"),
        ({"keep_messages_at_most_days": "36501"}, "KEEP_MESSAGES_AT_MOST_DAYS:"),
        ({"keep_messages_at_most_days": "a year"}, "KEEP_MESSAGES_AT_MOST_DAYS:"),
    ],
)
def test_a_bad_value_stops_the_start(values: dict[str, object], problem: str) -> None:
    found = problems(**values)
    assert len(found) == 1
    assert found[0].startswith(problem) or problem in found[0]


def test_several_workers_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANIAN_WORKERS", "4")
    (problem,) = problems()
    assert problem.startswith("WORKERS: more than one needs REDIS_URL")
    monkeypatch.setenv("REDIS_URL", "redis://localhost")
    assert load(**GOOD).workers == 4
    monkeypatch.setenv("WORKERS", "65")
    assert [each.partition(":")[0] for each in problems()] == ["WORKERS"]


@pytest.mark.parametrize(
    "url",
    [
        *("redis://localhost", "redis://127.0.0.1:6380/1", "redis://[::1]", "unix:///r.sock"),
        *("redis://:secret@redis.example", "rediss://me:secret@redis.example:6380"),
    ],
)
def test_a_private_redis_is_accepted(url: str) -> None:
    assert load(**GOOD, redis_url=url, workers=4).redis_url == url


def test_several_instances_share_secrets_redis_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refusal:
        load(instances="several", data_dir=tmp_path / "new", redis_url="redis://localhost")
    secrets, mail_problem = refusal.value.problems
    assert secrets == (
        "ACCESS_TOKEN_SECRET, REFRESH_TOKEN_SECRET, PEPPER: must be set where INSTANCES is "
        "several; each instance would make its own"
    )
    assert mail_problem == (
        "MAIL_TRANSPORT: must be smtp or resend where INSTANCES is several; each would write an "
        "outbox folder of its own"
    )
    assert not (tmp_path / "new").exists()
    mail = {"mail_transport": "smtp", "smtp_url": SMTP_URL, "mail_from": "a@b.example"}
    (problem,) = problems(instances="several", **mail)
    assert problem.startswith("INSTANCES: several needs REDIS_URL, because instances share")
    assert load(**GOOD, **mail, instances="several", redis_url="redis://localhost").smtp


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = problems(
        pepper="short",
        redis_url="redis://redis.example",
        public_url="https://example.com/app",
        mail_transport="resend",
    )
    for start in ("PEPPER:", "REDIS_URL:", "PUBLIC_URL:", "RESEND_API_KEY:"):
        assert any(problem.startswith(start) for problem in found), start


def test_limits_that_are_no_json_stop_the_start_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMITS", "send_inbox=5 per hour")
    assert any("LIMITS" in problem for problem in problems())


@pytest.mark.parametrize(
    "limits",
    [{"no_such_limit": "1 per hour"}, {"send_inbox": "lots"}, {"code_guess": "900 per hour"}],
)
def test_limits_that_cannot_be_read_stop_the_start(limits: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        Runtime.of(load(**GOOD, data_dir=tmp_path / "data", limits=limits))


def test_without_any_setting_everything_is_there(tmp_path: Path) -> None:
    found = load()
    assert found.database == "sqlite:///.data/anonmsg.db"
    assert found.site == "http://localhost:3000"
    assert found.origins == ("http://localhost:3000", "http://127.0.0.1:3000")
    assert found.transport == "outbox"
    assert found.trusted_proxy_hops == 0
    assert found.limits_factor == 1
    assert not found.hide_registered_emails
    assert not found.is_https
    assert (tmp_path / ".data" / "secrets.env").exists()


def test_the_actual_port_is_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEX_FRONTEND_PORT", "8080")
    found = load(**GOOD)
    assert found.site == "http://localhost:8080"
    assert found.origins == ("http://localhost:8080", "http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("public_url", "site", "origin"),
    [
        ("https://Example.com/", "https://Example.com", "https://example.com"),
        ("https://example.com:443", "https://example.com:443", "https://example.com"),
        ("http://example.com:80", "http://example.com:80", "http://example.com"),
        ("https://example.com:8443", "https://example.com:8443", "https://example.com:8443"),
    ],
)
def test_the_origin_is_written_as_browsers_do(public_url: str, site: str, origin: str) -> None:
    found = load(**GOOD, public_url=public_url)
    assert (found.site, found.origins) == (site, (origin,))
    assert found.is_https == public_url.startswith("https")


def test_a_key_for_resend_is_enough_to_send_by_it() -> None:
    found = load(**GOOD, resend_api_key="re_1", mail_from="anonmsg <hi@example.com>")
    assert found.transport == "resend"
    assert "re_1" not in repr(found)


def test_the_outbox_may_be_asked_for_although_there_is_a_key() -> None:
    assert load(**GOOD, resend_api_key="re_1", mail_transport="outbox").transport == "outbox"


def test_a_mail_server_sends_only_when_it_is_asked_to() -> None:
    sender = {"smtp_url": SMTP_URL, "mail_from": "anonmsg <hi@example.com>"}
    assert load(**GOOD, **sender).transport == "outbox"
    found = load(**GOOD, **sender, mail_transport="smtp", resend_api_key="re_1")
    assert found.transport == "smtp"
    assert "hunter2" not in repr(found)


def test_a_look_at_the_settings_writes_nothing(tmp_path: Path) -> None:
    found = load(secrets_are_made=False)
    assert len(found.pepper.get_secret_value()) == 64
    assert list(tmp_path.iterdir()) == []


def test_a_look_at_the_settings_sees_the_secrets_that_were_made() -> None:
    made = load()
    assert load(secrets_are_made=False).pepper == made.pepper


def test_a_dot_env_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {"PUBLIC_URL": "https://one.example", "TRUSTED_PROXY_HOPS": "2", "MAIL_TRANSPORT": ""}
    lines |= {name.upper(): f'"{secret}"' for name, secret in GOOD.items()} | {"DATA_DIR": "kept"}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    monkeypatch.setenv("PUBLIC_URL", "https://two.example")
    found = load()
    assert found.pepper.get_secret_value() == GOOD["pepper"]
    assert (found.trusted_proxy_hops, found.data_dir) == (2, Path("kept"))
    assert found.site == "https://two.example"
    assert not (tmp_path / "kept" / "secrets.env").exists()
