"""The image, built from its Containerfile and started as a runtime would (see container_root for what stands in)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.release.container_root import ContainerRoot, build, run_inside, start
from tools.release import ROOT

pytestmark = pytest.mark.nightly
FETCH = """
import sys, urllib.request
with urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={"Accept": "text/html"})) as answer:
    print(answer.status, len(answer.read()))
"""


@pytest.fixture(scope="module")
def debian() -> Path:
    """A minimal Debian, the stand-in for the base image; its packages come from where this machine gets them."""
    folder = Path(os.environ.get("DEBIAN_TEST_ROOT", "/var/tmp/buurt-debian"))
    if not (folder / "etc" / "debian_version").exists():
        if shutil.which("debootstrap") is None:
            subprocess.run(["apt-get", "install", "-y", "-qq", "debootstrap"], check=True)
        make = ["debootstrap", "--variant=minbase", "bookworm", str(folder)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    for name in ("sources.list", "sources.list.d", "apt.conf.d", "auth.conf.d"):
        own = Path("/etc/apt") / name
        if own.exists():
            subprocess.run(["cp", "-aT", own, folder / "etc" / "apt" / name], check=True)
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the Python packages of the lock, fetched once: the build then needs no network for them."""
    folder = tmp_path_factory.mktemp("packages")
    fetch = [sys.executable, "-m", "pip", "download", "-q", "--require-hashes", "-r", "requirements.txt"]
    subprocess.run([*fetch, "-d", folder], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def image(
    debian: Path, packages: Path, unpacked_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ContainerRoot]:
    """The last stage of the Containerfile."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copytree(packages, debian / "packages", dirs_exist_ok=True)
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/packages"}
    yield build(unpacked_release / "Containerfile", unpacked_release, debian, folder, settings)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(debian / "packages")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and its children: it does not tell how busy the machine is."""
    family = (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    return sum(sum(process.cpu_times()[:2]) for process in family)


def test_image_starts_without_network_rights_or_a_writable_root(image: ContainerRoot, tmp_path: Path) -> None:
    """A page within a minute of processor time at first, within four seconds the second time; SIGTERM ends it."""
    log, state = tmp_path / "log", tmp_path / "state"
    state.mkdir()
    for allowed_s in (60.0, 4.0):
        begun = time.monotonic()
        process = start(image, state, {}, log)
        try:
            while run_inside(process, image, image.health_probe).returncode:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - begun < 120, log.read_text()
                time.sleep(0.05)
            page = run_inside(process, image, [image.entrypoint[0], "-c", FETCH, "http://127.0.0.1:8501/"])
            assert page.stdout.startswith("200 "), page.stderr
            assert cpu_seconds(process.pid) < allowed_s
            status = (Path("/proc") / str(process.pid) / "status").read_text()
            assert "Uid:\t10001\t10001" in status
            assert "CapEff:\t0000000000000000" in status
            assert "NoNewPrivs:\t1" in status
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    assert (state / "store" / "buurt.gpkg").exists()
