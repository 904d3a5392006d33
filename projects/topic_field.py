"""Up to three topics in order of weight: three lists that work without a script, one search field with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.models import Topic

RANKS = 3


class RankedTopicsWidget(forms.MultiWidget):
    """Enhanced by static/js/project-topics.js."""

    template_name = "projects/_topics_widget.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({str(rank): forms.Select() for rank in range(1, RANKS + 1)}, attrs)

    def offer(self, choices: list[Any], topics: list[Topic]) -> None:
        for widget in self.widgets:
            widget.choices = choices  # type: ignore[attr-defined]  # they are selects
        # What a topic is found by: its names in every language and its keywords, each by itself.
        self.words = {
            topic.slug: "|".join(dict.fromkeys([*map(str, topic.names.values()), *topic.keywords])) for topic in topics
        }

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "words": getattr(self, "words", {})}

    def decompress(self, value: object) -> list[str]:
        """Nothing chosen yet; what is chosen already arrives as a list of slugs."""
        return [""] * RANKS


class RankedTopicsField(forms.MultiValueField):
    """Cleans to a list of Topic in rank order. `load` it with the topics before use: one query for all three lists."""

    widget: RankedTopicsWidget
    fields: list[forms.ChoiceField]

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.ChoiceField(required=False) for _rank in range(RANKS)]
        super().__init__(fields, require_all_fields=False, widget=RankedTopicsWidget, **kwargs)
        self.by_slug: dict[str, Topic] = {}

    def load(self, topics: list[Topic]) -> None:
        self.by_slug = {topic.slug: topic for topic in topics}
        groups: dict[str, list[tuple[str, str]]] = {}
        for topic in topics:
            groups.setdefault(topic.group.name, []).append((topic.slug, topic.name))
        choices = [("", "—"), *groups.items()]
        for field in self.fields:
            field.choices = choices
        self.widget.offer(choices, topics)

    def compress(self, data_list: list[str]) -> list[Topic]:
        chosen = [self.by_slug[slug] for slug in data_list if slug]
        if len(set(chosen)) != len(chosen):
            raise forms.ValidationError(_("The same topic is chosen twice."))
        return chosen

    def has_changed(self, initial: object, data: object) -> bool:
        return True


def all_topics() -> list[Topic]:
    return list(Topic.objects.select_related("group").order_by("group__position", "position"))
