"""How the next digest would read: one's own, and with a person's leave theirs."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from engagement.choices import Stream
from engagement.digests import archive
from engagement.digests import leave as leaves
from engagement.digests.drafts import Draft
from engagement.digests.listing import Line, lines_of
from engagement.digests.reading_along import both_see
from engagement.digests.streams import STREAMS
from engagement.views.doors import signed_in
from innoteams.accounts.models import User
from innoteams.lib.sealed import SANDBOX, sealed


@never_cache
@require_safe
def preview(request: HttpRequest, stream: str = Stream.NETWORK) -> HttpResponse:
    person = signed_in(request)
    draft = archive.preview(person, stream=_of(person, stream))
    context = {
        "rendered": draft.rendered,
        "lines": lines_of(draft.items),
        "stream": stream,
        "label": Stream(stream).label,
        "tabs": _tabs(person, stream),
        "sandbox": SANDBOX,
    }
    return render(request, "engagement/digest_preview.html", context)


@never_cache
@require_safe
def preview_mail(request: HttpRequest, stream: str = Stream.NETWORK) -> HttpResponse:
    person = signed_in(request)
    rendered = archive.preview(person, stream=_of(person, stream)).rendered
    if rendered is None:
        raise Http404
    return sealed(archive.page_of(rendered))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    stream = _of(person, request.POST.get("stream", Stream.NETWORK))
    named = {"stream": Stream(stream).label}
    if request.POST.get("do") == "give":
        leaves.give(by=person, stream=stream)
        messages.success(request, _("Coordinators may now look at how your next “%(stream)s” would read.") % named)
    else:
        leaves.withdraw(by=person, stream=stream)
        messages.success(request, _("Nobody else can look at your next “%(stream)s” now.") % named)
    return redirect("digest_list")


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Those who let this coordinator look, and at what."""
    coordinator = _coordinator_or_404(request)
    found = [
        (person, [Stream(stream) for stream in streams]) for person, streams in leaves.previews_for(coordinator).items()
    ]
    return render(request, "engagement/digest_preview_people.html", {"people": found})


@never_cache
@require_safe
def of_person(request: HttpRequest, pk: int, stream: str = "") -> HttpResponse:
    """What both may see of it, at first of the first stream that the coordinator may look at; without the person's
    leave there is no such page."""
    looked = _look(request, pk, stream)
    context = {
        "person": looked.person,
        "stream": looked.stream,
        "tabs": _tabs_of(looked),
        "rendered": looked.draft.rendered,
        "is_whole": not looked.left_out,
        "left_out": looked.left_out,
        "lines": looked.lines,
        "sandbox": SANDBOX,
    }
    return render(request, "engagement/digest_preview_person.html", context)


@never_cache
@require_safe
def mail_of_person(request: HttpRequest, pk: int, stream: str = "") -> HttpResponse:
    looked = _look(request, pk, stream)
    if looked.draft.rendered is None or looked.left_out:
        raise Http404
    return sealed(archive.page_of(looked.draft.rendered))


@dataclass(frozen=True)
class _Looked:
    person: User
    stream: str
    # Those that this coordinator may look at.
    streams: list[str]
    draft: Draft
    lines: list[Line]
    left_out: int


def _look(request: HttpRequest, pk: int, wanted: str) -> _Looked:
    coordinator = signed_in(request)
    given = [
        stream for stream in Stream.values if leaves.may_be_previewed_by(coordinator, stream).filter(pk=pk).exists()
    ]
    person = get_object_or_404(User, pk=pk)
    streams = [stream for stream in given if STREAMS[stream].readers(User.objects.filter(pk=pk)).exists()]
    stream = wanted or next(iter(streams), "")
    if stream not in streams:
        raise Http404
    draft = archive.preview(person, stream=stream)
    both = both_see(draft.items, stream, coordinator)
    return _Looked(person, stream, streams, draft, lines_of(both), len(draft.items) - len(both))


def _tabs_of(looked: _Looked) -> list[tuple[str, str, bool]]:
    """The streams to choose from, where there is a choice."""
    if len(looked.streams) < 2:
        return []
    return [
        (
            str(Stream(name).label),
            reverse("digest_preview_person_of", args=[looked.person.pk, name]),
            name == looked.stream,
        )
        for name in looked.streams
    ]


def _of(person: User, stream: str) -> str:
    """A stream that there is for this person."""
    kind = STREAMS.get(stream)
    if kind is None or not kind.readers(User.objects.filter(pk=person.pk)).exists():
        raise Http404
    return stream


def _tabs(person: User, current: str) -> list[tuple[str, str, bool]]:
    me = User.objects.filter(pk=person.pk)
    own = [name for name in Stream.values if STREAMS[name].readers(me).exists()]
    return [(str(Stream(name).label), reverse("digest_preview_of", args=[name]), name == current) for name in own]


def _coordinator_or_404(request: HttpRequest) -> User:
    person = signed_in(request)
    if not STREAMS[Stream.COORDINATION].readers(User.objects.filter(pk=person.pk)).exists():
        raise Http404
    return person
