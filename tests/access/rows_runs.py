"""How digests go out: who sees which rows, and whose words stay hidden from whoever answers for the sending."""

from django.urls import reverse

from engagement.choices import DigestState, ItemKind, Stream
from engagement.models import Digest, DigestHold, DigestItem, DigestPin
from projects.models import Project
from tests.access.table import Canary, Expected, Row
from tests.cast import Cast
from tests.engagement.run_scenes import kept

OPERATORS: dict[str, Expected] = dict.fromkeys(
    ("coordinator", "funder_coordinator", "other_coordinator", "administrator"), 200
)
COORDINATORS: dict[str, Expected] = {**OPERATORS, "administrator": 403}
# Of a digest of somebody in Tel Aviv.
READING: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 200, "administrator": 200}
# A funder reads along.
DECIDING: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 403, "administrator": 200}
ADMINISTRATOR: dict[str, Expected] = {
    **dict.fromkeys(("coordinator", "funder_coordinator", "other_coordinator"), 403),
    "administrator": 200,
}
KEY = "2020-W10"


def of_tel_aviv(cast: Cast, state: str = DigestState.SENT, key: str = KEY) -> Digest:
    """Of the lead of Tel Aviv: about a project that everybody signed in may see."""
    return kept(cast.tel_aviv_lead, key=key, state=state, project=cast.projects["network"])


def _typing(who: dict[str, Expected]) -> dict[str, Expected]:
    """Without anything typed the page comes again."""
    return {kind: 422 if status == 200 else status for kind, status in who.items()}


def _doing(who: dict[str, Expected]) -> dict[str, Expected]:
    return {kind: 302 if status == 200 else status for kind, status in who.items()}


def _one(name: str, who: dict[str, Expected], state: str = DigestState.SENT, method: str = "get") -> Row:
    key = f"2020-{state}"
    return Row(name, lambda cast: reverse(name, args=[of_tel_aviv(cast, state, key).pk]), who, method=method)


def _run(name: str) -> Row:
    def url(cast: Cast) -> str:
        of_tel_aviv(cast)
        return reverse(name, args=[Stream.NETWORK, KEY])

    return Row(name, url, READING)


def pin(cast: Cast) -> DigestPin:
    found, _ = DigestPin.objects.get_or_create(
        operator=cast.operator,
        note="canary-pin-note",
        defaults={"project": cast.projects["network"], "until": "2099-01-01", "by": cast.coordinator},
    )
    return found


ROWS = [
    Row("digest_runs", lambda cast: reverse("digest_runs"), OPERATORS),
    _run("digest_run"),
    _run("digest_run_export"),
    _one("digest_kept", READING),
    # The words: the administrator may see the project; the coordinators have no leave.
    _one("digest_kept_mail", {"administrator": 200}),
    _one("digest_hold", DECIDING, DigestState.BUILT),
    _one("digest_hold", _typing(DECIDING), DigestState.BUILT, "post"),
    _one("digest_release", _doing(DECIDING), DigestState.BUILT, "post"),
    _one("digest_resend", DECIDING, DigestState.UNKNOWN),
    _one("digest_resend", _typing(DECIDING), DigestState.UNKNOWN, "post"),
    Row("digest_stream_hold", lambda cast: reverse("digest_stream_hold", args=["network"]), ADMINISTRATOR),
    Row(
        "digest_stream_hold",
        lambda cast: reverse("digest_stream_hold", args=["network"]),
        _typing(ADMINISTRATOR),
        method="post",
    ),
    Row(
        "digest_stream_release",
        lambda cast: reverse("digest_stream_release", args=["network"]),
        _doing(ADMINISTRATOR),
        method="post",
    ),
    Row("digest_dry_run", lambda cast: reverse("digest_dry_run"), ADMINISTRATOR),
    Row(
        "digest_dry_run",
        lambda cast: reverse("digest_dry_run"),
        _typing(ADMINISTRATOR),
        method="post",
        data={"as_of": "x"},
    ),
    Row("digest_pins", lambda cast: reverse("digest_pins"), COORDINATORS),
    Row("digest_pins", lambda cast: reverse("digest_pins"), _typing(COORDINATORS), method="post"),
    Row(
        "digest_pin_remove",
        lambda cast: reverse("digest_pin_remove", args=[pin(cast).pk]),
        {"coordinator": 302},
        method="post",
    ),
    Row("digest_exposure", lambda cast: reverse("digest_exposure"), OPERATORS),
]


def plant(cast: Cast) -> list[Canary]:
    """Words of digests that nobody but their reader may read here, though the rows stand in the ledger; and why
    something is pinned or held."""
    hidden = of_tel_aviv(cast, key="2020-W11")
    private = Project.objects.get(pk=cast.projects["team"].pk)
    DigestItem.objects.filter(digest=hidden).update(project=private)
    Digest.objects.filter(pk=hidden.pk).update(
        subject="canary-subject-narrowed", html_body="<p>canary-html-narrowed</p>", text_body="canary-text-narrowed"
    )
    waiting = kept(cast.tel_aviv_lead, stream=Stream.ACTIONS, key="2020-03-02", project=cast.projects["network"])
    Digest.objects.filter(pk=waiting.pk).update(
        subject="canary-subject-actions", html_body="<p>canary-html-actions</p>", text_body="canary-text-actions"
    )
    DigestItem.objects.filter(digest=waiting).update(kind=ItemKind.COMMITMENT)
    DigestHold.objects.get_or_create(
        stream=Stream.COORDINATION, released_at=None, defaults={"why": "canary-hold-why", "by": cast.administrator}
    )
    reader = frozenset({"tel_aviv_lead"})
    return [
        *(Canary(f"canary-subject-{which}", reader) for which in ("narrowed", "actions")),
        *(
            Canary(f"canary-{part}-{which}", frozenset())
            for part in ("html", "text")
            for which in ("narrowed", "actions")
        ),
        Canary("canary-hold-why", frozenset(OPERATORS)),
    ]
