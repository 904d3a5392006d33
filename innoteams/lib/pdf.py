"""A page on paper: a template of its own made into a PDF by WeasyPrint, without any request to the network."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from PIL import ImageFile

logger = logging.getLogger(__name__)

# Sheets for paper have an address of their own kind, so that nothing else can be fetched by it.
_SHEETS = "sheet:"


class NoPdf(Exception):  # noqa: N818 - the name says what happened; it is an answer, not an error
    """This machine has no Pango, so nothing can be drawn."""


class NotFetchedError(ValueError):
    """A document named something that is not one of our own sheets."""


def pdf_response(
    request: HttpRequest, template: str, context: Mapping[str, object], name: str, otherwise: str = ""
) -> HttpResponse:
    """The template as a PDF that the browser shows or keeps as `name`. It links its style as `sheet:<file>`, from
    static/paper/. Where PDFs cannot be made here, a page says so and leads to `otherwise`, to be printed instead."""
    html = render_to_string(template, {**context, "request": request}, request=request)
    try:
        content = pdf_of(html)
    except NoPdf:
        return render(request, "no_pdf.html", {"otherwise": otherwise})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_safe(name)}"'
    # It holds what one person reads today.
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_of(html: str) -> bytes:
    """Raises NoPdf."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, base_url=_SHEETS, url_fetcher=_fetcher(weasyprint))
    return bytes(document.write_pdf())


def sheet_at(address: str) -> bytes:
    """What `sheet:<file>` names in static/paper/; everything else is refused, whatever a text holds. Raises
    NotFetchedError."""
    parts = urlsplit(address)
    name = Path(unquote(parts.path)).name
    found = finders.find(f"paper/{name}") if f"{parts.scheme}:" == _SHEETS and name.endswith(".css") else None
    if not isinstance(found, str):
        raise NotFetchedError("Only our own sheets are fetched")
    return Path(found).read_bytes()


def _fetcher(weasyprint: Any) -> Any:
    class OurSheets(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # known only where Pango is
        def fetch(self, url: str, headers: object = None) -> Any:
            return weasyprint.urls.URLFetcherResponse(url, sheet_at(url), {"Content-Type": "text/css"})

    return OurSheets()


def _weasyprint() -> Any:
    # Late, and asked each time: without the system's Pango the import itself fails, and only PDFs need it.
    try:
        import weasyprint  # type: ignore[import-untyped]  # it has no stubs
    except OSError as missing:
        logger.warning("No PDF: %s", missing)
        raise NoPdf from missing
    # Its import tells Pillow to take half pictures for whole ones, for everybody in this process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)
