"""Figures in the reader's language."""

from decimal import Decimal

from django import template

from projects.figures import figure_text, full_text, unit_line, unit_words
from projects.models import Indicator

register = template.Library()


@register.filter
def figure(value: Decimal, indicator: Indicator) -> str:
    """The value with the sign of its measure."""
    return figure_text(value, indicator)


@register.filter
def full_figure(value: Decimal, indicator: Indicator) -> str:
    """The same with the words of the unit."""
    return full_text(value, indicator)


@register.filter
def words_of_unit(indicator: Indicator) -> str:
    """What stands behind a figure."""
    return unit_words(indicator)


@register.filter
def unit_by_itself(indicator: Indicator) -> str:
    """What stands under the indicator's name."""
    return unit_line(indicator)
