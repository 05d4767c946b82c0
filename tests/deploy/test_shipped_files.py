"""What `deploy/` says agrees with the app, with itself and with the documents."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest

from anonmsg.config import Settings, load
from anonmsg.framework import server
from bench import image_tree
from bench.faults import proxies

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text()
HOSTING = (ROOT / "docs" / "hosting.md").read_text()
SECRETS = {"smtp_url", "database_url", "redis_url", "access_token_secret"}
SECRETS |= {"refresh_token_secret", "pepper", "database_password", "redis_password"}
SMTP = "smtps://me:word@mail.example.com:465"


def shipped() -> set[str]:
    """The files of `deploy/` that git knows."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "deploy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.removeprefix("deploy/") for line in told.stdout.splitlines()}


def seconds(name: str, text: str) -> int:
    """A duration in seconds that a file sets."""
    (found,) = re.findall(rf"{name}[:=] ?(\d+)s", text)
    return int(found)


def test_hosting_leads_to_every_file_and_repeats_none() -> None:
    linked = set(re.findall(r"\]\(\.\./deploy/([^)]+)\)", HOSTING))
    assert linked == shipped()
    repeated = ("proxy_pass", "reverse_proxy", "ExecStart", "limit_conn_zone", "appendonly no")
    assert [each for each in repeated if each in HOSTING] == []


def test_the_context_of_a_build_is_what_the_dockerfile_copies() -> None:
    names = {path.parts[0] for path in image_tree.context()}
    assert names == {
        "requirements.lock",
        "rxconfig.py",
        "anonmsg",
        "assets",
        "reflex.lock",
        "deploy",
    }
    paths = {str(path) for path in image_tree.context()}
    assert "deploy/compile_loaded.py" in paths
    assert not [path for path in paths if "__pycache__" in path or path.startswith("assets/ext")]
    build = next(each for each in image_tree.stages() if each.name == "build")
    copied = [rest.split()[0] for rest in build.all_of("COPY")]
    assert [each for each in copied if not (ROOT / each).exists()] == []
    assert {each.partition("/")[0] for each in copied} == names


@pytest.mark.parametrize(
    "path",
    [".env", ".data/secrets.env", "anonmsg/__pycache__/a.pyc", "tests/served.py", ".git/HEAD"],
)
def test_secrets_and_what_no_image_needs_stay_out_of_a_build(path: str) -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    assert image_tree._is_ignored(Path(path), patterns)


def test_the_image_runs_as_nobody_special_with_the_base_of_its_build() -> None:
    *_, build, last = image_tree.shipped()
    assert build.base == last.base == "python:3.11-slim-bookworm"
    uid, gid = map(int, last.one_of("USER").split(":"))
    assert min(uid, gid) > 1000
    assert f"--uid {uid}" in last.one_of("RUN")
    assert last.env["DATA_DIR"] == last.one_of("VOLUME") == "/data"
    assert last.env["REFLEX_FRONTEND_PORT"] == last.one_of("EXPOSE")
    assert last.command == ["python", "-m", "anonmsg", "serve"]
    assert "gcc" not in image_tree.DOCKERFILE.read_text()
    assert set(last.env) - {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} == {
        *("DATA_DIR", "REFLEX_BACKEND_HOST", "REFLEX_FRONTEND_PORT")
    }


def test_the_tools_are_the_app_with_the_client_of_the_database() -> None:
    *_, tools, last = image_tree.stages()
    assert (tools.base, tools.name) == ("app", "tools")
    # Without a target, they aren't built.
    assert (last.base, last.name, last.instructions) == ("app", "", [])
    assert image_tree.shipped()[-1].name == "app"
    (version,) = re.findall(r"image: postgres:(\d+)-bookworm", COMPOSE)
    assert f"postgresql-client-{version}" in tools.one_of("RUN")
    assert tools.all_of("USER")[-1] == image_tree.shipped()[-1].one_of("USER")


def test_a_dockerfile_is_read_as_docker_reads_it() -> None:
    text = "# x\nFROM a AS b\nRUN one \\\n    && two\n# y\nFROM c\nENV A=1 B='2 3'\nCMD [\"d\"]\n"
    first, last = image_tree.stages(text)
    assert (first.base, first.name, first.instructions) == ("a", "b", [("RUN", "one && two")])
    assert (last.base, last.name, last.env, last.command) == (
        "c",
        "",
        {"A": "1", "B": "2 3"},
        ["d"],
    )


def test_compose_sets_what_is_a_setting() -> None:
    (environment,) = re.findall(
        r"init: true\n    environment: &environment\n((?:      .*\n)+)", COMPOSE
    )
    names = re.findall(r"^      (\w+):", environment, re.MULTILINE)
    assert len(names) > 8
    known = {name.upper() for name in Settings.model_fields}
    assert {name.removesuffix("_FILE") for name in names} - known == set()
    # A password in a variable would be shown by `docker inspect`.
    secret = {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "PEPPER", "ACCESS_TOKEN_SECRET"}
    assert not secret & set(names)


def test_every_supervisor_waits_longer_than_a_stop_takes() -> None:
    app = COMPOSE.partition("  database:\n")[0]
    assert seconds("stop_grace_period", app) >= 2 * server.STOPS_WITHIN
    unit = (DEPLOY / "anonmsg@.service").read_text()
    assert seconds("TimeoutStopSec", unit) >= 2 * server.STOPS_WITHIN


def test_each_proxy_keeps_to_the_bounds_of_the_app() -> None:
    nginx, caddy = ((DEPLOY / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    for each in (nginx, caddy):
        assert re.search(r"64(k|KB)\b", each)
    (kept,) = re.findall(r"keepalive (\d+)s", caddy)
    assert int(kept) * 1000 < server.HEADERS_WITHIN_MS
    # nginx keeps no connection to the app open.
    assert '"" close' in nginx
    assert "keepalive " not in nginx
    # Only what bears a retry key may be sent twice.
    (place,) = re.findall(r"location (\S+) \{[^}]*non_idempotent", nginx)
    assert place == "/u/"
    (paths,) = re.findall(r"method POST\s+path (\S+)\s", caddy)
    assert paths == "/u/*"
    assert "lb_retry_match" not in caddy
    assert "buffer_requests" not in caddy


def test_redis_forgets() -> None:
    text = (DEPLOY / "redis.conf").read_text()
    for line in ('save ""', "appendonly no", "maxmemory-policy noeviction"):
        assert f"\n{line}\n" in text
    assert "./redis.conf:/etc/redis.conf:ro" in COMPOSE


def test_the_database_repeats_no_values_in_its_log() -> None:
    database = COMPOSE.partition("  database:\n")[2].partition("  redis:\n")[0]
    assert "command: [postgres, -c, log_error_verbosity=terse]" in database
    assert "\n    log_error_verbosity = terse\n" in HOSTING


def make_secrets(folder: Path, typed: str = "") -> Path:
    copy = folder / "make-secrets"
    copy.write_text((DEPLOY / "make-secrets").read_text())
    subprocess.run(["sh", str(copy)], input=typed, text=True, check=True, capture_output=True)
    return folder / "secrets"


def test_make_secrets_makes_what_compose_names_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_secrets(tmp_path, f"{SMTP}\n")
    found = {each.name: each.read_text() for each in made.iterdir()}
    assert set(found) == SECRETS == set(re.findall(r"file: secrets/(\w+)", COMPOSE))
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    # Each container reads its own as another user.
    assert {stat.S_IMODE(each.stat().st_mode) for each in made.iterdir()} == {0o444}
    assert len(set(found.values())) == len(found)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    values = {name: text for name, text in found.items() if name in Settings.model_fields}
    loaded = load(
        data_dir=tmp_path / "data", mail_transport="smtp", mail_from="a@b.example", **values
    )
    assert loaded.smtp is not None
    assert found["database_password"] in loaded.database_url
    assert f":{found['redis_password']}@" in loaded.redis_url
    make_secrets(tmp_path)
    assert {each.name: each.read_text() for each in made.iterdir()} == found


def test_secrets_are_never_committed() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "deploy/secrets/pepper", "deploy/.env"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(ignored.stdout.split()) == 2


def test_the_unit_keeps_its_data_where_it_may_write_and_opens_many_files() -> None:
    unit = (DEPLOY / "anonmsg@.service").read_text()
    assert "ProtectSystem=strict" in unit
    (folder,) = re.findall(r"^StateDirectory=(\w+)$", unit, re.MULTILINE)
    assert f"DATA_DIR=/var/lib/{folder} " in unit
    (files,) = re.findall(r"^LimitNOFILE=(\d+)$", unit, re.MULTILINE)
    assert int(files) >= server.MOST_CONNECTIONS + server.OTHER_FILES
    assert f"nofile: {{soft: {files}, hard: {files}}}" in COMPOSE


def test_a_changed_example_is_noticed_where_it_is_run() -> None:
    with pytest.raises(ValueError, match="no longer says 'listen 443'"):
        proxies.replaced("listen 8443;", port=("listen 443", "listen 1"))


def test_a_proxy_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="make deploy-tools"):
        proxies.program("caddy-that-is-not-there")
