"""Debian's nginx and Caddy in front of instances, configured by the files in `deploy/`.

Only ports, paths and names of the shipped files are replaced, so that what is tested is
what is shipped.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench import servers

DEPLOY = servers.ROOT / "deploy"
MISSING = "There is no {name}: install it with `make deploy-tools` (apt-get install {name})."
# Debian's own nginx.conf in short: what it logs by default must stay empty, too.
AROUND_NGINX = """\
daemon off;
pid {folder}/nginx.pid;
user {user};
worker_processes 2;
error_log {folder}/default-errors.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/default-access.log;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/anonmsg.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy.

    Attributes:
        name: "nginx" or "caddy".
        port: Where it listens.
        folder: Where its configuration, its certificate and all its logs are.
        pid: Its process.
    """

    name: str
    port: int
    folder: Path
    pid: int

    @property
    def logs(self) -> str:
        """Everything that it has logged, anywhere."""
        return "\n".join(each.read_text() for each in sorted(self.folder.glob("*.log")))

    @property
    def certificate(self) -> Path:
        """The certificate that it shows, which vouches for itself."""
        return self.folder / "fullchain.pem"


def replaced(text: str, **changes: tuple[str, str]) -> str:
    """Return a text with each old part replaced by its new one.

    Raises:
        ValueError: an old part isn't there.
    """
    for old, new in changes.values():
        if old not in text:
            raise ValueError(f"deploy/ no longer says {old!r}")
        text = text.replace(old, new)
    return text


def nginx(folder: Path, port: int, instances: Sequence[int], *, is_safe: bool) -> list[str]:
    """Write nginx's configuration, and return the command that runs it.

    Args:
        folder: Where to write it.
        port: Where it listens.
        instances: The ports of one or two instances.
        is_safe: Whether it listens with TLS.
    """
    server = "server 127.0.0.1:{port} max_fails"
    changes = {
        "plain": ("listen 80;", f"listen 127.0.0.1:{servers.free_port()};"),
        "safe": (
            "listen 443 ssl http2;",
            f"listen 127.0.0.1:{port}{' ssl http2' if is_safe else ''};",
        ),
        "certificates": ("/etc/letsencrypt/live/anonmsg.example", str(folder)),
        "logs": ("/var/log/nginx", str(folder)),
        "first": (server.format(port=3000), server.format(port=instances[0])),
    }
    if len(instances) > 1:
        second = server.format(port=instances[1])
        changes["second"] = (f"# {server.format(port=3001)}", second)
    shipped = (DEPLOY / "nginx.conf").read_text()
    (folder / "anonmsg.conf").write_text(replaced(shipped, **changes))
    user = "root" if os.geteuid() == 0 else "nobody"
    (folder / "nginx.conf").write_text(AROUND_NGINX.format(folder=folder, user=user))
    return [program("nginx"), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]


def caddy(folder: Path, port: int, instances: Sequence[int], *, is_safe: bool) -> list[str]:
    """Write Caddy's configuration, and return the command that runs it.

    Args:
        folder: Where to write it.
        port: Where it listens.
        instances: The ports of the instances.
        is_safe: Whether it listens with TLS.
    """
    domain = f"https://localhost:{port}" if is_safe else f"http://127.0.0.1:{port}"
    pair = f"tls {folder}/fullchain.pem {folder}/privkey.pem\n\t" if is_safe else ""
    addresses = " ".join(f"127.0.0.1:{each}" for each in instances)
    text = replaced(
        (DEPLOY / "Caddyfile").read_text(),
        # Two of them would share the port of the administration, and one that isn't root
        # can't have the port of the redirects.
        options=("{\n\t# Caddy's own log", "{\n\tadmin off\n\tauto_https off\n\t# Caddy's own log"),
        domain=("{$DOMAIN:anonmsg.example}", domain),
        instances=("{$ANONMSG:127.0.0.1:3000}", addresses),
        bind=("\trequest_body {", f"\tbind 127.0.0.1\n\t{pair}request_body {{"),
    )
    (folder / "Caddyfile").write_text(text)
    return [
        program("caddy"),
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(folder / "Caddyfile"),
    ]


PROXIES: dict[str, Callable[..., list[str]]] = {"nginx": nginx, "caddy": caddy}


def program(name: str) -> str:
    """Return the path of a program.

    Raises:
        SystemExit: it isn't installed.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise SystemExit(MISSING.format(name=name))
    return found


@contextmanager
def proxied(
    name: str, folder: Path, port: int, instances: Sequence[int], *, is_safe: bool = False
) -> Iterator[Proxy]:
    """Run a proxy until the end of the block.

    Args:
        name: "nginx" or "caddy".
        folder: An empty folder for all that it writes.
        port: Where it listens.
        instances: The ports of the instances behind it.
        is_safe: Whether it listens with TLS.
    """
    certify(folder)
    command = PROXIES[name](folder, port, instances, is_safe=is_safe)
    env = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with servers.running(command, port, env, folder / "output.log") as pid:
        yield Proxy(name, port, folder, pid)


def certify(folder: Path) -> None:
    """Write a certificate for this machine, and its key, as Let's Encrypt names them."""
    key, name = ec.generate_private_key(ec.SECP256R1()), "localhost"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "privkey.pem").write_bytes(private)
