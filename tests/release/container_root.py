"""Builds what a Containerfile describes, without a container runtime: its steps, run in Debian roots.

Where no runtime is at hand a root made by debootstrap stands for the base image, `chroot` for the container, and
namespaces of the kernel for what a runtime adds: no network, a read-only root, an ordinary user without rights.
What it does not try: the runtime's own storage, its image format, and limits on memory.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

Step = tuple[str, str]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def parse_containerfile(text: str) -> list[list[Step]]:
    r"""Return the stages, each a list of (instruction, value) with continued lines joined.

    Examples
    --------
    >>> parse_containerfile("ARG A=1\nFROM a AS one\nRUN x \\\n  && y\nFROM b\nUSER 1")
    [[('FROM', 'a AS one'), ('RUN', 'x && y')], [('FROM', 'b'), ('USER', '1')]]
    """
    joined = re.sub(r"[ \t]*\\\n[ \t]*", " ", text)
    stages: list[list[Step]] = []
    for line in joined.splitlines():
        word, _, value = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        if stages and word and not word.startswith("#"):  # an ARG before the first FROM names the base
            stages[-1].append((word, value.strip()))
    return stages


@dataclass
class ContainerRoot:
    """A stage that was built: where its files are, and how a container of it is started."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    health_probe: list[str] = field(default_factory=list)

    def run(self, command: str, extra: dict[str, str]) -> None:
        """Run one RUN step as root, with the network, as a build does."""
        shell = f"cd {shlex.quote(self.workdir)} && {command}"
        words = ["chroot", str(self.folder), "/bin/sh", "-ec", shell]
        script = f"mount -t proc proc {shlex.quote(str(self.folder / 'proc'))} && exec {shlex.join(words)}"
        environment = {"PATH": PATH, "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        environment |= self.environment | extra
        subprocess.run(["unshare", "--mount", "sh", "-c", script], env=environment, check=True)

    def copy(self, source: Path, names: Iterable[str], target: str) -> None:
        """Carry out COPY: the named files and folders below `source` come to `target`."""
        goal = self.folder / (Path(self.workdir) / target).relative_to("/")
        for name in names:
            origin = source / name.lstrip("/")
            assert origin.is_dir(), "copying single files has no stand-in"
            goal.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", f"{origin}/.", f"{goal}/"], check=True)


def build(
    containerfile: Path, context: Path, base: Path, folder: Path, extra: dict[str, str]
) -> ContainerRoot:
    """Run every stage of a Containerfile and return the last one.

    Parameters
    ----------
    base
        A Debian root, the stand-in for the base image; it is copied for each stage.
    extra
        Environment of RUN steps only, as build arguments are: where packages are found.
    """
    named: dict[str, ContainerRoot] = {}
    root = ContainerRoot(folder)
    for number, steps in enumerate(parse_containerfile(containerfile.read_text(encoding="utf-8"))):
        root = ContainerRoot(folder / str(number))
        subprocess.run(["cp", "-a", base, root.folder], check=True)
        for word, value in steps:
            _apply(root, word, value, context, named, extra)
        named[steps[0][1].rpartition(" AS ")[2]] = root
    return root


def _apply(
    root: ContainerRoot,
    word: str,
    value: str,
    context: Path,
    named: dict[str, ContainerRoot],
    extra: dict[str, str],
) -> None:
    """Carry out one instruction; an unknown one fails, so that none is passed over in silence."""
    match word:
        case "RUN":
            root.run(value, extra)
        case "WORKDIR":
            root.workdir = value
            (root.folder / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "COPY":
            *names, target = value.split()
            stage = named[names.pop(0).removeprefix("--from=")] if names[0].startswith("--from=") else None
            root.copy(stage.folder if stage else context, names, target)
        case "ENV":
            root.environment |= dict(pair.split("=", 1) for pair in shlex.split(value))
        case "USER":
            root.user = value
        case "ENTRYPOINT":
            root.entrypoint = json.loads(value)
        case "HEALTHCHECK":
            root.health_probe = json.loads(value.partition("CMD ")[2])
        case "FROM" | "ARG" | "LABEL" | "VOLUME" | "EXPOSE" | "STOPSIGNAL":
            pass
        case _:
            raise ValueError(f"no stand-in for {word}")


def start(root: ContainerRoot, state: Path, settings: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a container: a network with nothing in it, read-only root, a temporary and a state folder, no rights.

    The process returned is the first of the container; its namespaces can be entered by its number.
    """
    uid, gid = root.user.split(":")
    shutil.chown(state, int(uid), int(gid))
    at = shlex.quote(str(root.folder))
    drop = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"]
    inner = shlex.join(["env", f"--chdir={root.workdir}", *drop, "--bounding-set=-all", *root.entrypoint])
    script = f"""
set -e
ip link set lo up
mount --bind {at} {at}
mount -o remount,ro,bind {at}
mount -t proc proc {at}/proc
mount -t tmpfs -o size=256m,mode=1777 tmpfs {at}/tmp
mount --bind {shlex.quote(str(state))} {at}/var/lib/buurt
exec chroot {at} {inner}
"""
    environment = {"PATH": PATH, **root.environment, **settings}
    command = ["unshare", "--mount", "--net", "sh", "-c", script]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )


def run_inside(
    process: "subprocess.Popen[bytes]", root: ContainerRoot, words: list[str]
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the namespaces of a container, as `exec` of a runtime does."""
    command = ["nsenter", f"--target={process.pid}", "--net", "--mount", "chroot", str(root.folder), *words]
    environment = {"PATH": PATH, **root.environment}
    return subprocess.run(command, env=environment, check=False, capture_output=True, encoding="utf-8")
