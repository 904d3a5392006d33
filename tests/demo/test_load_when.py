"""Loading the demo on odd days, and where it must not be loaded."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from engagement.models import CheckIn
from innoteams.accounts.models import User
from innoteams.demo.load import load_demo
from innoteams.demo.people import PASSWORD
from projects.models import Activity

pytestmark = pytest.mark.django_db


def quiet(line: str) -> None: ...


@pytest.mark.parametrize("day", ["2027-01-01 00:10", "2028-02-29 23:50", "2027-10-31 01:30"])
def test_it_loads_on_any_day_and_tells_nothing_of_the_future(db: None, day: str) -> None:
    with time_machine.travel(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC), tick=True):
        assert load_demo(say=quiet)
        assert not Activity.objects.filter(at__gt=timezone.now()).exists()
        assert not CheckIn.objects.filter(answered_at__gt=timezone.now()).exists()


def test_outside_demo_mode_it_refuses_in_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="published password"):
        call_command("load_demo", stdout=StringIO())
    assert not User.objects.exists()


def test_the_commands_say_what_they_do(db: None) -> None:
    out = StringIO()
    call_command("load_network", stdout=out)
    assert "Cities: 52 added" in out.getvalue()
    out = StringIO()
    call_command("load_demo", "--force-demo", stdout=out)
    assert PASSWORD in out.getvalue()
