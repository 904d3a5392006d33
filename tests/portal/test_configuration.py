"""Every variable is documented, and a bad or dangerous value stops the start with a sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Read by make and by the demo runner, not by the settings.
READ_ELSEWHERE = {"PORT", "INNOTEAMS_HOME", "INNOTEAMS_EMBEDDED_FAST"}


def documented() -> set[str]:
    text = (ROOT / "docs/configuration.md").read_text()
    return set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE))


def read_by_settings() -> set[str]:
    text = (ROOT / "innoteams/settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))


def test_the_documentation_lists_exactly_the_variables_that_are_read() -> None:
    assert documented() == read_by_settings() | READ_ELSEWHERE


def start_with(**variables: str) -> subprocess.CompletedProcess[str]:
    """Imports the settings in a process of its own, with these variables and no others of ours."""
    clean = {key: value for key, value in os.environ.items() if key not in documented()}
    return subprocess.run(
        [sys.executable, "-c", "import innoteams.settings"],
        env={**clean, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_variable_is_needed() -> None:
    assert start_with().returncode == 0


SECRET = "x" * 50


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"INNOTEAMS_DEMO": "1", "SITE_URL": "https://portal.example", "SECRET_KEY": SECRET}, "loopback address only"),
        ({"INNOTEAMS_DEMO": "1", "ALLOWED_HOSTS": "portal.example", "SECRET_KEY": SECRET}, "loopback address only"),
        ({"DEBUG": "1", "ALLOWED_HOSTS": "portal.example", "SECRET_KEY": SECRET}, "DEBUG shows settings"),
        ({"SITE_URL": "https://portal.example"}, "SECRET_KEY must be set"),
        ({"ALLOWED_HOSTS": "portal.example"}, "SECRET_KEY must be set"),
        ({"LANGUAGES": "en,xx"}, "LANGUAGES names xx"),
        ({"CONN_MAX_AGE": "soon"}, "CONN_MAX_AGE"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"FILES_BY": "magic"}, "FILES_BY is magic"),
        ({"MAIL_REPORTS_FROM": "pigeon"}, "MAIL_REPORTS_FROM is pigeon"),
        ({"MAIL_REPORTS_FROM": "mailgun", "MAIL_REPORTS_PASSWORD": "a:b"}, "MAIL_REPORTS_KEY must hold the key"),
        ({"MAIL_REPORTS_FROM": "postmark", "MAIL_REPORTS_KEY": "k"}, "MAIL_REPORTS_PASSWORD must hold"),
        ({"MAIL_REPORTS_FROM": "postmark", "MAIL_REPORTS_PASSWORD": "alone"}, "with a colon between them"),
    ],
)
def test_a_bad_or_dangerous_value_stops_the_start_and_names_the_variable(
    variables: dict[str, str], sentence: str
) -> None:
    run = start_with(**variables)
    assert run.returncode != 0
    assert sentence in run.stderr


def test_reading_the_settings_starts_no_process(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert start_with(INNOTEAMS_HOME=str(home)).returncode == 0
    assert not home.exists()
