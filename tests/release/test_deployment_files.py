"""The files in deploy/ and the Containerfile, read by the tools that know their formats."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.start_service import settings_from_files
from tests.release.container_root import parse_containerfile
from tools.release import ROOT

DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def run(*words: str | Path) -> str:
    """Run a program; fail with what it printed, else return that."""
    done = subprocess.run(list(map(str, words)), cwd=ROOT, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_containerfile_passes_hadolint() -> None:
    """DL3008 wants versions of Debian's packages, which a security update would make impossible to build."""
    run(PROGRAMS / "hadolint", "--ignore=DL3008", "Containerfile")


def test_image_runs_as_an_ordinary_user_from_a_stage_without_the_build() -> None:
    build, last = parse_containerfile((ROOT / "Containerfile").read_text(encoding="utf-8"))
    assert ("USER", "10001:10001") in last
    assert not any("python3-venv" in value for _, value in last)
    assert any(word == "HEALTHCHECK" for word, _ in last)
    assert build[0][1].endswith("AS build")


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_manifest_is_valid(path: Path) -> None:
    run(PROGRAMS / "kubernetes-validate", "--strict", path)


def test_yaml_is_tidy() -> None:
    rules = "{extends: relaxed, rules: {line-length: {max: 125}}}"
    run(
        PROGRAMS / "yamllint",
        "--strict",
        "-d",
        rules,
        "deploy",
        ".github",
        ".pre-commit-config.yaml",
        "publiccode.yml",
    )


def pods(path: Path) -> list[dict[str, Any]]:
    """Return every pod specification of a manifest."""
    found = []
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found.append(spec["template"]["spec"])
    return found


@pytest.mark.parametrize(
    "path", [path for path in MANIFESTS if path.name != "common.yaml"], ids=lambda path: path.name
)
def test_pods_meet_the_restricted_security_standard(path: Path) -> None:
    """The rules of the pod security standard "restricted", which a Haven cluster may enforce."""
    found = pods(path)
    assert found
    for pod in found:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
            assert "memory" in container["resources"]["limits"]


def test_one_process_owns_the_sqlite_file() -> None:
    """Two processes on one file would need its locks over a network: one replica, ended before the next begins."""
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "sqlite.yaml").read_text(encoding="utf-8")))
    (deployment,) = [one for one in documents if one["kind"] == "Deployment"]
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_compose_services_are_confined_and_name_only_what_is_declared() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in compose["services"].items():
        assert set(service["networks"]) <= compose["networks"].keys(), name
        assert set(service.get("secrets", [])) <= compose["secrets"].keys(), name
        assert set(service.get("depends_on", [])) <= compose["services"].keys(), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).is_file(), volume
        if name.startswith("app-"):
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert service["user"] == "10001:10001"
            assert service["mem_limit"]
    assert "ports" not in compose["services"]["database"]
    assert compose["networks"]["inside"] == {"internal": True}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze absent")
def test_service_is_confined() -> None:
    """`systemd-analyze security` says 0 (confined) to 10; adoption asks for less than 3."""
    unit = DEPLOY / "systemd" / "beleefde-buurt.service"
    said = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert level, said
    assert float(level[1]) < 3


def test_settings_come_from_files_as_secrets_do(tmp_path: Path) -> None:
    secret = tmp_path / "store"
    secret.write_text("postgresql://buurt:geheim@database/buurt\n")
    assert settings_from_files({"BUURT_STORE_FILE": str(secret), "PATH": "/bin"}) == {
        "BUURT_STORE": "postgresql://buurt:geheim@database/buurt"
    }
    with pytest.raises(SystemExit, match="both BUURT_STORE and BUURT_STORE_FILE"):
        settings_from_files({"BUURT_STORE_FILE": str(secret), "BUURT_STORE": "sqlite:///x"})
    with pytest.raises(SystemExit, match="BUURT_STORE_FILE"):
        settings_from_files({"BUURT_STORE_FILE": str(tmp_path / "absent")})
