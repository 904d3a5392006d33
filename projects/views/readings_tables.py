"""Readings as a table: looked at line by line, then imported whole; and given back as a file."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.forms.evidence import TableForm
from projects.models import Indicator, Project
from projects.readings_import import import_readings, preview
from projects.readings_table import MOST_LINES, Line, Table, column_names, table_text
from projects.views.doors import attempt, seen_project, signed_in
from projects.views.indicators import indicator_of
from projects.views.pages import done
from projects.views.parts import writable

# Of a long table this many lines are shown; what is wrong comes before what is right.
LINES_SHOWN = 200


def readings_import(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Looks at the table until it is right and was seen as it is; only then imports it."""
    person, project = signed_in(request), writable(request, slug)
    indicator = indicator_of(request, project, pk)
    if request.method != "POST":
        return _page(request, project, indicator, TableForm(initial={"kind": "counted"}))
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, indicator, form)
    text, defaults = form.text_given, form.defaults
    if "import" in request.POST and form.was_looked_at:
        count = attempt(form, lambda: import_readings(by=person, indicator=indicator, text=text, defaults=defaults))
        if count is not None:
            return done(request, project, _said(count), f"indicator-{pk}")
    table = attempt(form, lambda: preview(by=person, indicator=indicator, text=text, defaults=defaults))
    if table is not None and not table.lines:
        form.add_error("text", _("There is no reading in this table."))
        table = None
    return _page(request, project, indicator, form, table)


@login_not_required
def readings_export(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The current readings as CSV, for whoever sees the indicator."""
    indicator = indicator_of(request, seen_project(request, slug), pk)
    # The mark at the beginning is how a spreadsheet knows that it is UTF-8.
    text = "\ufeff" + table_text(indicator, indicator.readings.current())
    name = f"{slug}-{indicator.pk}.csv"
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _page(
    request: HttpRequest, project: Project, indicator: Indicator, form: TableForm, table: Table | None = None
) -> HttpResponse:
    if table is not None:
        # A file has become text that can be mended, and what is seen now may be imported.
        data = request.POST.copy()
        data["text"], data["seen"] = form.text_given, form.print
        form.data = data
    context = {
        "project": project,
        "indicator": indicator,
        "form": form,
        "table": table,
        "lines": _shown(table) if table else [],
        "columns": column_names(indicator),
        "most": MOST_LINES,
    }
    return render(request, "projects/readings_import.html", context)


def _shown(table: Table) -> list[Line]:
    wrong = table.wrong[:LINES_SHOWN]
    others = [line for line in table.lines if not line.wrong][: LINES_SHOWN - len(wrong)]
    return sorted([*wrong, *others], key=lambda line: line.number)


def _said(count: int) -> str:
    if not count:
        return _("Every line was there already; nothing was added.")
    return ngettext("%(count)s reading is imported.", "%(count)s readings are imported.", count) % {"count": count}
