"""nginx and Caddy on free ports with the recipes of deploy/, in front of processes of a test."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.release.server_process import wait_until_listening
from tests.support.browser import free_port
from tools.release import ROOT

HOST = "buurt.example.org"
NGINX = ROOT / "deploy" / "nginx" / "beleefde-buurt.conf"
CADDY = ROOT / "deploy" / "caddy" / "Caddyfile"


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its ports, the certificate to trust and its access log."""

    http_port: int
    https_port: int
    certificate: Path
    log: Path


@contextmanager
def running_proxy(kind: str, upstreams: Sequence[int], folder: Path) -> Iterator[Proxy]:
    """Start nginx or Caddy before the upstream ports; the test is skipped, naming the program, where it is absent."""
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"{kind} is not installed")
    proxy = Proxy(free_port(), free_port(), folder / "certificate.pem", folder / "access.log")
    make_certificate(folder)
    if kind == "nginx":
        command, environment = nginx_command(program, proxy, upstreams, folder), dict(os.environ)
    else:
        command, environment = caddy_command(program, proxy, upstreams, folder)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        for port in (proxy.https_port, proxy.http_port):
            wait_until_listening(process, port, folder / "output")
        if kind == "caddy":
            (folder / "access.log").symlink_to(folder / "output")
        yield proxy
    finally:
        process.terminate()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:  # what is still open keeps Caddy for minutes
            process.kill()
            process.wait()


def make_certificate(folder: Path) -> None:
    """Write a certificate for the host of the recipes, and its key."""
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    request += ["-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    request += ["-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(request, cwd=folder, check=True, capture_output=True)


def nginx_command(program: str, proxy: Proxy, upstreams: Sequence[int], folder: Path) -> list[str]:
    """Return the command that runs the recipe of nginx with these ports and this certificate."""
    recipe = NGINX.read_text(encoding="utf-8")
    recipe = re.sub(r"listen \[::\]:\d+[^;]*;", "", recipe)
    recipe = recipe.replace("listen 80;", f"listen 127.0.0.1:{proxy.http_port};")
    recipe = recipe.replace("listen 443 ssl", f"listen 127.0.0.1:{proxy.https_port} ssl")
    for stated, port in zip((8501, 8502), upstreams, strict=True):
        recipe = recipe.replace(f"127.0.0.1:{stated}", f"127.0.0.1:{port}")
    recipe = re.sub(r"/etc/ssl/\S+/fullchain.pem", str(folder / "certificate.pem"), recipe)
    recipe = re.sub(r"/etc/ssl/\S+/privkey.pem", str(folder / "key.pem"), recipe)
    recipe = recipe.replace("/var/log/nginx/buurt.log", str(proxy.log))
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = (
        "user root;\n" if os.geteuid() == 0 else ""
    )  # else its workers cannot write to a folder of the tests
    whole = f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{places}{recipe}\n}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return [program, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy_command(
    program: str, proxy: Proxy, upstreams: Sequence[int], folder: Path
) -> tuple[list[str], dict[str, str]]:
    """Return the command and settings that run the recipe of Caddy with these ports and this certificate."""
    recipe = CADDY.read_text(encoding="utf-8")
    ports = f"\thttp_port {proxy.http_port}\n\thttps_port {proxy.https_port}\n\tskip_install_trust\n"
    recipe = recipe.replace("\tadmin off\n", f"\tadmin off\n{ports}", 1)
    recipe = recipe.replace(
        "{$BUURT_HOST} {\n", f"{{$BUURT_HOST}} {{\n\ttls {folder}/certificate.pem {folder}/key.pem\n"
    )
    (folder / "Caddyfile").write_text(recipe, encoding="utf-8")
    settings = {"BUURT_HOST": HOST, "BUURT_UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in upstreams)}
    settings |= {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    return command, {**os.environ, **settings}
