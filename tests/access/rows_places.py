"""Places: public pages. Names of people are for everybody signed in."""

from django.urls import reverse

from cities.choices import Right
from tests.access.table import Canary, Row, everybody, signed_in
from tests.cast import KINDS, Cast, join, make_person

ROWS = [
    Row("home", lambda cast: reverse("home"), {**signed_in(302), "visitor": 200}, public=True),
    Row("city_list", lambda cast: reverse("city_list"), everybody(), public=True),
    Row("city_detail", lambda cast: reverse("city_detail", args=["tel-aviv-yafo"]), everybody(), public=True),
    Row("city_detail", lambda cast: reverse("city_detail", args=["nowhere"]), public=True),
    Row("network_map", lambda cast: reverse("network_map"), everybody(), public=True),
    Row("network_map_data", lambda cast: reverse("network_map_data"), everybody(), public=True),
]


def plant(cast: Cast) -> list[Canary]:
    join(cast.tel_aviv, make_person("Quillfeather"), Right.MEMBER)
    return [Canary("Quillfeather", frozenset(KINDS) - {"visitor"})]
