"""One server for all processes of a home: from the first connection to the end of the last user."""

import os
import signal
from pathlib import Path

from tests.embedded.homes import Home, wait_until

CREATE = "CREATE TABLE kept AS SELECT 7 AS number"


def test_importing_settings_starts_nothing(home: Home) -> None:
    done = home.run("-c", "import innoteams.settings as s; print(s.CELERY_BROKER_URL)", DJANGO_SETTINGS_MODULE="")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("embedded+socket://")
    assert home.is_quiet()
    assert not home.path.exists()


def test_both_servers_stop_when_their_only_user_ends(home: Home) -> None:
    user = home.user().wait_until_connected()
    assert home.processes("/bin/postgres")
    assert home.processes("valkey-server")

    user.end()

    wait_until(home.is_quiet)
    wait_until(lambda: not home.processes("keeper.py"))


def test_both_servers_stop_when_their_only_user_is_killed(home: Home) -> None:
    home.user().wait_until_connected().kill()

    wait_until(home.is_quiet)


def test_a_server_outlives_the_process_that_started_it_while_another_uses_it(home: Home) -> None:
    first = home.user().wait_until_connected()
    second = home.user().wait_until_connected()
    server = home.server()

    first.kill()

    assert second.ask("SELECT 1") == "(1,)"
    assert home.server() == server


def test_processes_that_start_at_once_share_one_server(home: Home) -> None:
    users = [home.user() for _ in range(6)]

    addresses = {user.wait_until_connected().ask("SELECT pg_postmaster_start_time()") for user in users}

    assert len(addresses) == 1
    assert len(home.processes("valkey-server")) == 1


def test_a_newcomer_during_the_stop_gets_a_server(home: Home) -> None:
    for _ in range(4):
        home.user().wait_until_connected().kill()
        newcomer = home.user().wait_until_connected()
        assert newcomer.ask("SELECT 1") == "(1,)"
        newcomer.kill()


def test_data_survives_a_killed_server(durable_home: Home) -> None:
    home = durable_home
    first = home.user().wait_until_connected()
    first.ask(CREATE)
    os.kill(home.server(), signal.SIGKILL)

    second = home.user().wait_until_connected()

    assert second.ask("SELECT number FROM kept") == "(7,)"
    first.kill()


def test_data_survives_a_killed_keeper(durable_home: Home) -> None:
    home = durable_home
    first = home.user().wait_until_connected()
    first.ask(CREATE)
    for keeper in home.processes("keeper.py"):
        os.kill(keeper, signal.SIGKILL)

    second = home.user().wait_until_connected()

    assert second.ask("SELECT number FROM kept") == "(7,)"
    first.kill()


def test_a_pid_file_that_names_some_other_program_does_not_stop_the_start(home: Home) -> None:
    home.user().wait_until_connected().end()
    wait_until(home.is_quiet)
    lines = [str(os.getpid()), str(home.path / "postgres/data"), "1", "5432", "", "", "", "ready"]
    pid_file = home.path / "postgres/data/postmaster.pid"
    pid_file.write_text("\n".join(lines) + "\n")

    assert home.user().wait_until_connected().ask("SELECT 1") == "(1,)"


def test_a_path_with_spaces_quotes_and_commas_works(short_path: Path) -> None:
    home = Home(short_path / """a "home", it's l'été""")
    assert home.user().wait_until_connected().ask("SELECT 1") == "(1,)"
    home.clean_up()


def test_a_path_longer_than_a_socket_may_have_works(short_path: Path) -> None:
    home = Home(short_path / ("long" * 20) / ("path" * 20))
    user = home.user().wait_until_connected()
    folder = Path(user.ask("SHOW unix_socket_directories").strip("'(),").strip('"'))

    assert folder.stat().st_mode & 0o077 == 0
    assert not folder.is_relative_to(home.path)

    home.clean_up()
    wait_until(lambda: not folder.exists())


def test_nobody_but_its_user_can_enter_the_data(home: Home) -> None:
    home.user().wait_until_connected()

    for folder in ("postgres", "postgres/data", "run", "logs"):
        assert (home.path / folder).stat().st_mode & 0o077 == 0, folder


def test_the_server_listens_on_no_network_port(home: Home) -> None:
    user = home.user().wait_until_connected()

    assert user.ask("SHOW listen_addresses") == "('',)"
