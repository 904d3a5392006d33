import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.homes import Home


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder of the test's own, but not pytest's: each run of pytest shuts that for the server's user anew."""
    folder = Path(tempfile.mkdtemp(prefix="innoteams-home-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(short_path: Path) -> Iterator[Home]:
    """A new home folder; whatever runs on it is stopped afterwards."""
    home = Home(short_path / "home")
    yield home
    home.clean_up()


@pytest.fixture
def durable_home(short_path: Path) -> Iterator[Home]:
    """As `home`, with what is written to disk being really there, as in the demo."""
    home = Home(short_path / "home", fast=False)
    yield home
    home.clean_up()
