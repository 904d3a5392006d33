from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A new home folder; whatever runs on it is stopped afterwards."""
    home = Home(tmp_path / "home")
    yield home
    home.clean_up()


@pytest.fixture
def durable_home(tmp_path: Path) -> Iterator[Home]:
    """As `home`, with what is written to disk being really there, as in the demo."""
    home = Home(tmp_path / "home", fast=False)
    yield home
    home.clean_up()
