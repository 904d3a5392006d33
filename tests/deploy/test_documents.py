"""The check of the documents finds what it is there to find."""

from pathlib import Path

import pytest

from tests.deploy.documents import REPOSITORY, addresses_in_locks, anchors, dead_links


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/there.md").write_text("# It is *there*, `really`\n")
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text("# pip-compile\ndjango==5.2 \\\n    --hash=sha256:00\n")
    return tmp_path


def test_our_own_documents_and_locks_are_in_order() -> None:
    assert dead_links(REPOSITORY) == []
    assert addresses_in_locks(REPOSITORY) == []


def test_a_link_to_nothing_is_found_with_its_line(repository: Path) -> None:
    (repository / "README.md").write_text("# Title\n\nSee [here](docs/gone.md).\n")

    assert dead_links(repository) == ["README.md:3: docs/gone.md leads nowhere"]


def test_a_missing_heading_is_found(repository: Path) -> None:
    (repository / "README.md").write_text("[a](docs/there.md#it-is-there-really) [b](docs/there.md#it-is-not)")

    assert dead_links(repository) == ["README.md:1: docs/there.md#it-is-not has no such heading"]


def test_a_missing_picture_in_a_table_is_found(repository: Path) -> None:
    (repository / "README.md").write_text("| a |\n| --- |\n| ![picture](gone.png) |\n")

    assert len(dead_links(repository)) == 1


def test_links_to_other_places_are_not_followed(repository: Path) -> None:
    (repository / "README.md").write_text("[a](https://example.org/gone) [b](mailto:a@example.org)")

    assert dead_links(repository) == []


@pytest.mark.parametrize(
    "line", ["-i https://example.org/", "--trusted-host example.org", "a @ https://example.org/a.whl", "-f /wheels"]
)
def test_an_address_in_a_lock_is_found(repository: Path, line: str) -> None:
    (repository / "requirements.lock").write_text(line + "\n")

    assert len(addresses_in_locks(repository)) == 1


def test_headings_become_anchors() -> None:
    assert anchors("# What `make demo` does: all\n\n## Été") == {"what-make-demo-does-all", "été"}
