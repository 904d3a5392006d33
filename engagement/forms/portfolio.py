"""What the portfolio can be narrowed to."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.countries import country_name
from engagement.portfolio import Narrowing, Portfolio
from engagement.portfolio.rows import ANY_SIGN
from engagement.portfolio.tables import rung_words, sign_words, state_words
from projects.choices import Phase

Choices = Iterable[tuple[str, str]]


class NarrowingForm(forms.Form):
    """Shows what is chosen and offers the rest; the address itself is read by `narrowing.from_address`."""

    programme = forms.ChoiceField(label=_("Programme"))
    country = forms.ChoiceField(label=_("Country"))
    phase = forms.ChoiceField(label=_("A project in phase"))
    state = forms.ChoiceField(label=_("Newest check-in"))
    rung = forms.ChoiceField(label=_("Evidence"))
    group = forms.ChoiceField(label=_("Topics"))
    quiet = forms.ChoiceField(label=_("Nobody hears of it"))
    since = forms.DateField(label=_("Periods from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    stuck = forms.BooleanField(label=_("With a stuck project"), widget=forms.CheckboxInput({"value": "1"}))
    stale = forms.BooleanField(label=_("With a stale project"), widget=forms.CheckboxInput({"value": "1"}))

    # Seen at once; the others are one step away.
    FIRST = ("programme", "phase", "state")

    def __init__(self, portfolio: Portfolio) -> None:
        wanted = portfolio.wanted
        initial: dict[str, Any] = {
            name: value[-1] if isinstance(value, tuple) and value else value or None
            for name, value in ((name, getattr(wanted, name)) for name in self.base_fields)
        }
        super().__init__(initial=initial)
        self.use_required_attribute = False
        for name, (every, choices) in _offered(portfolio).items():
            self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]  # a choice field
        self.more = [self[name] for name in self.fields if name not in self.FIRST]
        self.first = [self[name] for name in self.FIRST]
        self.is_open = any(getattr(wanted, name) for name in self.fields if name not in self.FIRST)


def _offered(portfolio: Portfolio) -> dict[str, tuple[str, Choices]]:
    countries = sorted((country_name(code), code) for code in portfolio.countries)
    signs = [(ANY_SIGN, str(_("for any reason"))), *sign_words().items()]
    return {
        "programme": (str(_("Every programme")), [(one.slug, one.name) for one in portfolio.programmes]),
        "country": (str(_("Every country")), [(code, name) for name, code in countries]),
        "phase": (str(_("Every phase")), [(phase.value, str(phase.label)) for phase in Phase]),
        "state": (str(_("Every state")), _capitals(state_words().items())),
        "rung": (str(_("Every rung")), _capitals(rung_words().items())),
        "group": (str(_("Every topic")), portfolio.groups),
        "quiet": (str(_("Every team")), _capitals(signs)),
    }


def _capitals(choices: Choices) -> Choices:
    return [(value, word[:1].upper() + word[1:]) for value, word in choices]


def chosen_words(portfolio: Portfolio) -> list[tuple[str, str]]:
    """Each choice in words, with the address of the page without it."""
    wanted: Narrowing = portfolio.wanted
    offered = _offered(portfolio)
    words = {name: dict(choices) for name, (_every, choices) in offered.items()}
    words["team"] = {row.team.slug: row.team.city.name for row in portfolio.team_rows}
    alone = {
        "stuck": _("stuck"),
        "stale": _("stale"),
        "joined": _("across departments"),
        "unasked": _("without a check-in in these periods"),
        "told": _("told what came of it"),
        "period": _("of one period"),
    }
    periods = {period.key: period.name for board in portfolio.boards for period in board.periods}
    found = []
    for name, value in wanted.pairs:
        labels = {**words.get(name, {}), **(periods if name == "period" else {})}
        if name == "cell":
            labels = dict(_capitals(state_words().items()))
        word = labels.get(value) or alone.get(name) or value
        if name in ("since", "until"):
            word = f"{'≥' if name == 'since' else '≤'} {value}"
        found.append((str(word), wanted.without(name, value).query or "?"))
    return found
