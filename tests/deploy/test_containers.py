"""Dockerfile and docker-compose.yml agree with the settings, the documents and the modules there are.

No container engine is needed, and none has run them: docs/operations.md says so.
"""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from innoteams import probe
from tests.deploy.documents import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PORTAL = sorted(name for name, service in SERVICES.items() if service.get("image") == "innoteams")
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text().replace("\\\n", " ")
# Read by Django itself, or by the interpreter.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
NOT_OURS |= {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR"}


def settings_variables() -> set[str]:
    source = (REPOSITORY / "innoteams/settings.py").read_text() + (
        REPOSITORY / "innoteams/embedded/places.py"
    ).read_text()
    return set(re.findall(r'(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)"', source))


def documented_variables() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (REPOSITORY / "docs/configuration.md").read_text(), re.MULTILINE))


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def command_of(name: str) -> list[str]:
    command = SERVICES[name].get("command") or yaml.safe_load(instructions("CMD")[-1])
    return list(map(str, command))


def module_exists(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def test_the_services_are_those_that_are_promised() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "db", "valkey", "mail"}
    assert PORTAL == ["beat", "migrate", "web", "worker"]
    assert SERVICES["mail"]["profiles"] == ["mail"]


@pytest.mark.parametrize("name", PORTAL)
def test_each_variable_of_a_portal_service_is_read_and_documented(name: str) -> None:
    variables = set(SERVICES[name]["environment"])

    assert variables - settings_variables() == set()
    assert variables - documented_variables() == set()


def test_each_variable_of_the_image_is_read_and_documented() -> None:
    named = {match for line in instructions("ENV") for match in re.findall(r"([A-Z_]+)=", line)} - NOT_OURS

    assert named
    assert named - settings_variables() == set()
    assert named - documented_variables() == set()


def test_each_variable_asked_of_the_operator_is_told_in_the_operations_guide() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (REPOSITORY / "docker-compose.yml").read_text()))
    guide = (REPOSITORY / "docs/operations.md").read_text()

    assert {name for name in asked if f"`{name}`" not in guide} == set()


def test_no_secret_has_a_default() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()

    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.findall(rf"\${{{name}(.)", text) == [":"] * text.count(f"${{{name}")
        assert f"${{{name}:-" not in text


@pytest.mark.parametrize("name", PORTAL)
def test_each_command_names_modules_that_exist(name: str) -> None:
    command = command_of(name)
    assert command[0] == "python"
    if command[1] == "-m":
        assert module_exists(command[2])
        targets = [command[index + 1] for index, word in enumerate(command) if word == "--app"]
        targets += [word.split(":")[0] for word in command if re.fullmatch(r"[a-z_.]+:[a-z]+", word)]
        assert targets
        assert all(map(module_exists, targets))
    else:
        assert (REPOSITORY / command[1]).exists()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_that_stays_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert ("test" in check) or (name == "migrate" and check == {"disable": True})


@pytest.mark.parametrize("name", PORTAL)
def test_each_check_of_ours_is_a_probe_that_understands_its_arguments(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = SERVICES[name]["healthcheck"].get("test")
    if check is None:
        return
    assert check[:4] == ["CMD", "python", "-m", "innoteams.probe"]
    monkeypatch.setattr(probe, "_open", lambda request: _refuse())

    assert probe.main(check[4:]) == 1


def test_services_wait_for_services_and_use_volumes_that_are_declared() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(COMPOSE["volumes"])


def test_hosts_in_addresses_are_services() -> None:
    addresses = [SERVICES["web"]["environment"][name] for name in ("DATABASE_URL", "REDIS_URL")]
    hosts = {re.search(r"(?:@|//)([a-z]+):\d+", address).group(1) for address in addresses}  # type: ignore[union-attr]  # a test

    assert hosts == {"db", "valkey"}


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_runs_as_an_ordinary_user() -> None:
    (user,) = instructions("USER")

    assert user not in {"root", "0"}
    assert re.search(rf"useradd .*\b{user}\b", DOCKERFILE)


def test_the_image_copies_what_exists_and_is_not_ignored() -> None:
    allowed = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {source for line in instructions("COPY") if "--from" not in line for source in shlex.split(line)[:-1]}

    assert sources == allowed
    assert all((REPOSITORY / source).exists() for source in sources)


def test_the_image_holds_every_package_of_the_project() -> None:
    packages = {path.parent.name for path in REPOSITORY.glob("*/apps.py")}

    assert packages <= {source for line in instructions("COPY") for source in shlex.split(line)[:-1]}


def test_static_files_are_collected_to_where_they_are_served_from() -> None:
    assert len(set(re.findall(r"STATIC_ROOT=(\S+)", DOCKERFILE))) == 1


def test_tests_and_data_of_a_checkout_stay_out_of_the_image() -> None:
    assert (REPOSITORY / ".dockerignore").read_text().startswith("*\n")


def _refuse() -> None:
    raise OSError("nobody there")


def test_the_lock_of_the_image_is_the_one_of_the_checkout() -> None:
    assert "--require-hashes -r /build/requirements.lock" in DOCKERFILE
    assert Path(REPOSITORY / "requirements.lock").exists()
