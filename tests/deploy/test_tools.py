"""The examples as the programs that read them judge them: nginx, Caddy, systemd, Compose."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from bench.faults import proxies

pytestmark = pytest.mark.hosts
ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = "anonmsg@.service"
# It brings the schema of today's Compose files; Debian's docker-compose is of 2021.
DCLINT = "dclint@3.1.0"
DOMAIN = {"DOMAIN": "anonmsg.example", "MAIL_FROM": "anonmsg <hello@anonmsg.example>"}


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program; its answer, whatever it is."""
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("is_safe", [True, False], ids=["https", "http"])
@pytest.mark.parametrize("count", [1, 2])
def test_nginx_accepts_its_example(tmp_path: Path, count: int, *, is_safe: bool) -> None:
    proxies.certify(tmp_path)
    command = proxies.nginx(tmp_path, 8443, [3000, 3001][:count], is_safe=is_safe)
    told = run(*command, "-t")
    assert told.returncode == 0, told.stderr
    assert "warn" not in told.stderr
    assert "test is successful" in told.stderr


def test_caddy_accepts_its_example_as_it_is_shipped_and_formats_it_no_further() -> None:
    caddy, file = proxies.program("caddy"), DEPLOY / "Caddyfile"
    instances = "127.0.0.1:3000 127.0.0.1:3001"
    told = run(caddy, "adapt", "--config", str(file), DOMAIN="a.example", ANONMSG=instances)
    assert told.returncode == 0, told.stderr
    assert "warn" not in told.stderr
    for each in ("a.example", *instances.split()):
        assert f'"{each}"' in told.stdout
    valid = run(caddy, "validate", "--adapter", "caddyfile", "--config", str(file))
    assert valid.returncode == 0, valid.stderr
    assert run(caddy, "fmt", str(file)).stdout == file.read_text()


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.replace("@", "@3000")
    here = proxies.replaced(
        (DEPLOY / UNIT).read_text(), python=("/srv/anonmsg/.venv/bin/python", "/usr/bin/env")
    )
    unit.write_text(here)
    told = run("systemd-analyze", "verify", str(unit))
    assert (told.returncode, told.stdout + told.stderr) == (0, "")
    unit.write_text(here.replace("KillMode", "KillMood"))
    assert "Unknown key 'KillMood'" in run("systemd-analyze", "verify", str(unit)).stderr


def test_the_unit_is_confined(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.replace("@", "@3000")
    unit.write_text((DEPLOY / UNIT).read_text())
    told = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(unit))
    (exposure,) = re.findall(r"Overall exposure level for .*: ([\d.]+) ", told.stdout)
    assert float(exposure) < 2.5


def compose(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What Debian's docker-compose makes of a file."""
    (folder / "compose.yaml").write_text(text)
    return run("docker-compose", "-f", str(folder / "compose.yaml"), "config", **DOMAIN)


def test_compose_accepts_its_file_and_asks_for_what_must_be_set(tmp_path: Path) -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    told = compose(tmp_path, text)
    assert told.returncode == 0, told.stderr
    assert "PUBLIC_URL: https://anonmsg.example" in told.stdout
    for hardened in ("read_only: true", "no-new-privileges:true", "- ALL"):
        assert told.stdout.count(hardened) == 5
    wrong = compose(tmp_path, text.replace("cap_drop", "cap_drops", 1))
    assert wrong.returncode == 1
    assert "cap_drops" in wrong.stderr
    unset = run("docker-compose", "-f", str(DEPLOY / "compose.yaml"), "config", DOMAIN="")
    assert unset.returncode == 1
    assert "is the name that people open" in unset.stderr


def test_todays_compose_schema_accepts_the_file(tmp_path: Path) -> None:
    def unlike_the_schema(text: str) -> list[str]:
        (tmp_path / "compose.yaml").write_text(text)
        told = run("npx", "-y", DCLINT, "--formatter", "json", str(tmp_path / "compose.yaml"))
        (found,) = json.loads(told.stdout)
        return [each["message"] for each in found["messages"] if each["rule"] == "invalid-schema"]

    text = (DEPLOY / "compose.yaml").read_text()
    assert unlike_the_schema(text) == []
    assert unlike_the_schema(text.replace("stop_grace_period: 30s", "stop_grace: 30s")) != []


def test_redis_reads_its_example_with_a_password_by_standard_input(tmp_path: Path) -> None:
    # What the container runs, with another path and this machine's port.
    (script,) = re.findall(
        r"command:\n      - \|\n((?:        .*\n)+)", (DEPLOY / "compose.yaml").read_text()
    )
    (tmp_path / "password").write_text("0f1e2d3c4b5a6978")
    script = proxies.replaced(
        re.sub(r"^ {8}", "", script, flags=re.MULTILINE).replace("$$", "$"),
        configuration=(
            "/etc/redis.conf",
            f"{DEPLOY}/redis.conf --port 0 --unixsocket {tmp_path}/s",
        ),
        password=("/run/secrets/redis_password", f"{tmp_path}/password"),
    )
    with subprocess.Popen(["sh", "-c", script], cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        try:
            asking = ["redis-cli", "-s", f"{tmp_path}/s"]
            while not (tmp_path / "s").exists():
                assert server.poll() is None
                time.sleep(0.02)
            assert "NOAUTH" in run(*asking, "ping").stdout
            env = {"REDISCLI_AUTH": "0f1e2d3c4b5a6978"}
            assert (
                run(*asking, "config", "get", "maxmemory-policy", **env).stdout.split()[1]
                == "noeviction"
            )
            assert run(*asking, "config", "get", "save", **env).stdout.split() == ["save"]
            # It's the shell's process that became Redis, so a stop reaches it.
            assert "redis-server" in Path(f"/proc/{server.pid}/cmdline").read_text()
        finally:
            server.terminate()
