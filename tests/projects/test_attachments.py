"""Photos and files: what is taken, by whom, and that bytes and rows live and die together."""

import datetime as dt
import os
import stat
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from innoteams.lib.verdicts import NotAllowed, Refused
from innoteams.own_data import own_data
from projects.attachments import (
    AltMissing,
    ConsentMissing,
    NewFile,
    NotOfThisProject,
    RemovedMeanwhile,
    TooManyFiles,
    attach,
    attach_all,
    change_attachment,
    remove_attachment,
)
from projects.choices import Verb
from projects.evidence import choose_indicator
from projects.file_kinds import KindRefused, NameRefused, clean_name
from projects.journal import change_journal, write_journal
from projects.locking import EditedMeanwhile
from projects.models import Activity, Attachment, JournalEntry, Project, Revision
from projects.readings import add_reading
from projects.scanning import Infected, ScannerSilent
from projects.shelf import keep_waiting, kept_only_if_saved, paths_of, store, sweep_waiting, take_up, waits_no_more
from projects.uploads import Empty, TooLarge, examine
from tests.cast import Cast, make_project
from tests.projects.files import PDF, archive, office, open_document, photo_of_a_phone, sent
from tests.projects.test_together import at_once, kinds

DAY = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, settings: Any) -> Path:
    """A folder of this test's own."""
    root = tmp_path / "files"
    private = {**settings.STORAGES["private"]}
    private["OPTIONS"] = {**private["OPTIONS"], "location": str(root)}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.SENDFILE_ROOT = str(root)
    return root


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


class WrongError(Exception):
    """What a test raises halfway."""


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def photo(cast: Cast, project: Project, **more: Any) -> Attachment:
    said = {"alt": "Forty people in the square", "consent": "given", **more}
    return attach(by=cast.tel_aviv_lead, project=project, upload=sent(photo_of_a_phone(1200, 900)), **said)


# --- what is taken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "name", "kept_as"),
    [
        (PDF, "Plan d'été.pdf", "Plan d'été.pdf"),
        (PDF, "../../etc/report.exe", "report.pdf"),
        (b"day;visits\r\n1;40\r\n", "C:\\counts\\visits.csv", "visits.csv"),
        ("שלום לכולם".encode(), "הערות.txt", "הערות.txt"),
        ("день;визиты".encode("cp1251"), "visits.csv", "visits.csv"),
        ("a\tb\n".encode("utf-16"), "table.txt", "table.txt"),
        (office(), "form.docx", "form.docx"),
        (office(part="xl/workbook.xml"), "counts.xlsx", "counts.xlsx"),
        (office(part="ppt/presentation.xml"), "slides.zip", "slides.pptx"),
        (open_document(), "form.odt", "form.odt"),
        (open_document("spreadsheet"), "counts.ods", "counts.ods"),
        (open_document("presentation"), "slides.odp", "slides.odp"),
    ],
)
def test_useful_kinds_are_taken_and_named_after_what_they_are(body: bytes, name: str, kept_as: str) -> None:
    upload = sent(b"x", "x")
    upload.file, upload.size = sent(body).file, len(body)
    # As a careless sender would name it: Django strips folders, others may not.
    upload._name = name  # type: ignore[attr-defined]  # past Django's own cleaning
    assert examine(upload).name == kept_as


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (archive(a_dot_txt=b"hello"), "photo.jpg", "This is an archive"),
        (b"MZ" + b"\0" * 400, "plan.pdf", "of the kind EXE, whatever its name says"),
        (b"\x7fELF" + b"\0" * 400, "plan.pdf", "whatever its name says"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "logo.png", "Web pages and SVG"),
        (b"<svg onload=alert(1)>", "logo.svg", "Web pages and SVG"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "page.txt", "Web pages and SVG"),
        (b"name;note\n1;<script>alert(1)</script>", "table.csv", "Web pages and SVG"),
        (b"echo hello", "run.bat", "of a kind that is not taken"),
        (b"%PDF-1.4 <html><script>1</script>\n%%EOF", "plan.pdf", "goes on as a web page"),
        (PDF[:-7], "plan.pdf", "damaged or only half there"),
        (PDF + archive(run_dot_exe=b"MZ"), "plan.pdf", "archive hidden"),
        (office(("word/vbaProject.bin", b"x")), "form.docx", "macros or programs"),
        (office(types=b"application/vnd.ms-word.document.macroEnabled.main+xml"), "form.docx", "macros or programs"),
        (office(("word/embeddings/setup.exe", b"MZ")), "form.docx", "macros or programs"),
        (open_document("text", ("Basic/Standard/Module1.xml", b"x")), "form.odt", "macros or programs"),
        (office(part="other.xml"), "form.docx", "This is an archive"),
        (office()[:150], "form.docx", "damaged, locked with a password, or only half there"),
        (office(("word/media/zeros", b"\0" * (501 * 1024 * 1024))), "form.docx", "unpack to far more"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", "HEIC"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc", "old Office format"),
    ],
)  # fmt: skip
def test_what_is_not_what_its_name_says_gets_a_sentence(body: bytes, name: str, sentence: str) -> None:
    with pytest.raises(KindRefused, match=sentence):
        examine(sent(body, name))


def test_an_empty_file_and_a_large_one_are_told_apart() -> None:
    with pytest.raises(Empty):
        examine(sent(b"", "plan.pdf"))
    with pytest.raises(TooLarge, match="at most 25"):
        examine(sent(PDF + b"\0" * (26 * 1024 * 1024), "plan.pdf"))


@pytest.mark.parametrize("name", ["plan\u202efdp.exe", "plan\x07.pdf", "plan\u2066.pdf"])
def test_a_name_that_reads_backwards_is_refused(name: str) -> None:
    with pytest.raises(NameRefused, match="hidden characters"):
        clean_name(name, ".pdf")


def test_a_very_long_name_is_shortened_and_keeps_its_ending() -> None:
    assert len(clean_name("p" * 400 + ".pdf", ".pdf")) == 160
    assert clean_name("....", ".pdf") == "file.pdf"


# --- adding ---------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_with_its_narrower_ones_and_history(cast: Cast, project: Project, shelf: Path) -> None:
    kept = photo(cast, project)
    assert (kept.name, kept.width, kept.height, sorted(kept.widths)) == ("photo.webp", 1200, 900, ["480", "960"])
    assert files_in(shelf) == sorted(paths_of(kept))
    assert kept.size == (shelf / str(kept.file.name)).stat().st_size
    assert Activity.objects.get(verb=Verb.FILE_ADDED).attachment == kept
    assert Revision.objects.get(kind="attachment").after["alt"] == "Forty people in the square"


def test_only_the_portal_itself_can_read_the_folder(cast: Cast, project: Project, shelf: Path) -> None:
    kept = photo(cast, project)
    assert stat.S_IMODE((shelf / str(kept.file.name)).stat().st_mode) == 0o600
    assert stat.S_IMODE((shelf / str(kept.file.name)).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("said", "refusal"), [({"alt": " "}, AltMissing), ({"consent": ""}, ConsentMissing)])
def test_a_photo_without_its_description_or_consent_leaves_no_file(
    cast: Cast, project: Project, shelf: Path, said: dict[str, str], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        photo(cast, project, **said)
    assert not files_in(shelf)
    assert not Attachment.objects.exists()


def test_whoever_may_not_edit_the_project_adds_nothing(cast: Cast, project: Project, shelf: Path) -> None:
    for kind in ("tel_aviv_observer", "mulhouse_lead", "coach", "coordinator"):
        with pytest.raises(NotAllowed):
            attach(by=getattr(cast, kind), project=project, upload=sent(PDF, "plan.pdf"), consent="nobody")
    assert not files_in(shelf)


def test_a_file_belongs_to_an_entry_of_its_own_project(cast: Cast, project: Project) -> None:
    other = make_project(cast.tel_aviv)
    entry = write_journal(by=cast.tel_aviv_lead, project=other, happened_on=DAY, text="Elsewhere.")
    with pytest.raises(NotOfThisProject):
        photo(cast, project, journal_entry=entry)


def test_an_entry_holds_twelve_files(cast: Cast, project: Project, shelf: Path) -> None:
    plan = NewFile(examine(sent(PDF, "plan.pdf")), "nobody")
    entry = write_journal(by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="A.", files=[plan] * 12)
    with pytest.raises(TooManyFiles, match="at most 12"):
        change_journal(
            by=cast.tel_aviv_lead, entry=entry, version=1, happened_on=DAY, text="B.", language="he", files=[plan]
        )
    assert len(files_in(shelf)) == 12


def test_when_the_entry_is_not_saved_its_photos_are_not_kept_either(
    cast: Cast, project: Project, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = NewFile(examine(sent(photo_of_a_phone())), "nobody", alt="A square")
    unsaid = NewFile(picture.upload, "nobody")
    with pytest.raises(AltMissing):
        write_journal(
            by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="Forty came.", files=[picture, unsaid]
        )
    assert not files_in(shelf)
    assert not JournalEntry.objects.exists()


def test_a_file_written_in_an_undone_change_of_a_caller_is_gone(cast: Cast, project: Project, shelf: Path) -> None:
    seen_meanwhile: list[str] = []

    @kept_only_if_saved()
    @transaction.atomic
    def goes_wrong() -> None:
        photo(cast, project)
        seen_meanwhile.extend(files_in(shelf))
        raise WrongError

    with pytest.raises(WrongError):
        goes_wrong()
    assert len(seen_meanwhile) == 3
    assert not files_in(shelf)


def test_nothing_is_written_outside_of_a_change() -> None:
    with pytest.raises(RuntimeError):
        store(examine(sent(PDF, "plan.pdf")))


def test_a_full_disk_is_told_and_changes_nothing(
    cast: Cast, project: Project, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storages["private"]), "_save", full)
    with pytest.raises(Refused, match="could not be kept"):
        photo(cast, project)
    assert not Attachment.objects.exists()


# --- changing and removing ------------------------------------------------------------------------------------------


def test_what_is_said_of_a_photo_can_be_changed_with_a_trace(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    changed = change_attachment(
        by=cast.tel_aviv_member,
        attachment=kept,
        version=1,
        alt="The square at noon",
        consent="given",
        visibility="team",
    )
    assert (changed.alt, changed.version) == ("The square at noon", 2)
    revision = Revision.objects.filter(kind="attachment").first()
    assert revision is not None
    assert (revision.before["alt"], revision.after["visibility"]) == ("Forty people in the square", "team")
    assert Activity.objects.filter(verb=Verb.PROJECT_CHANGED, attachment=kept).get().facts["to"] == "team"


def test_what_two_people_say_of_a_photo_is_not_overwritten(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    change_attachment(by=cast.tel_aviv_lead, attachment=kept, version=1, alt="One", consent="given")
    with pytest.raises(EditedMeanwhile):
        change_attachment(by=cast.tel_aviv_member, attachment=kept, version=1, alt="Two", consent="given")


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_is_gone_from_the_disk_once_that_is_certain(cast: Cast, project: Project, shelf: Path) -> None:
    kept = photo(cast, project)
    with transaction.atomic():
        remove_attachment(by=cast.tel_aviv_lead, attachment=kept)
        transaction.set_rollback(True)
    assert len(files_in(shelf)) == 3
    remove_attachment(by=cast.tel_aviv_lead, attachment=Attachment.objects.get())
    assert not files_in(shelf)
    removed = Revision.objects.filter(kind="attachment").first()
    assert removed is not None
    assert (removed.after, removed.label) == ({}, "photo.webp")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_at_once_one_is_told(cast: Cast, project: Project, shelf: Path) -> None:
    kept = photo(cast, project)

    def remove() -> None:
        remove_attachment(by=cast.tel_aviv_lead, attachment=kept)

    assert kinds(at_once(remove, remove)) == {RemovedMeanwhile, None}
    assert not files_in(shelf)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_at_once_one_is_told(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)

    def change(alt: str) -> None:
        change_attachment(by=cast.tel_aviv_lead, attachment=kept, version=1, alt=alt, consent="given")

    assert kinds(at_once(lambda: change("One"), lambda: change("Two"))) == {EditedMeanwhile, None}


@pytest.mark.django_db(transaction=True)
def test_changing_what_was_removed_is_told(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    remove_attachment(by=cast.tel_aviv_lead, attachment=Attachment.objects.get())
    with pytest.raises(RemovedMeanwhile):
        change_attachment(by=cast.tel_aviv_member, attachment=kept, version=1, alt="One", consent="given")


@pytest.mark.django_db(transaction=True)
def test_two_who_fill_the_last_place_at_once_do_not_both_get_it(cast: Cast, project: Project, shelf: Path) -> None:
    plan = NewFile(examine(sent(PDF, "plan.pdf")), "nobody")
    lead = cast.tel_aviv_lead
    entry = write_journal(by=lead, project=project, happened_on=DAY, text="A.", files=[plan] * 11)

    def add() -> None:
        attach_all(by=lead, project=project, files=[plan], journal_entry=entry)

    assert kinds(at_once(add, add)) == {TooManyFiles, None}
    assert len(files_in(shelf)) == 12


# --- who sees them --------------------------------------------------------------------------------------------------


def test_a_file_is_seen_as_narrowly_as_anything_it_belongs_to(cast: Cast) -> None:
    project = cast.projects["public"]
    kept = photo(cast, project)

    def seen_by(kind: str) -> bool:
        return Attachment.objects.visible_to(cast.person(kind)).filter(pk=kept.pk).exists()

    assert seen_by("visitor")
    Attachment.objects.filter(pk=kept.pk).update(visibility="network")
    assert (seen_by("visitor"), seen_by("mulhouse_lead")) == (False, True)
    Project.objects.filter(pk=project.pk).update(visibility="team")
    assert (seen_by("mulhouse_lead"), seen_by("coach"), seen_by("tel_aviv_observer")) == (False, False, True)


def test_the_evidence_of_a_reading_is_hidden_with_its_indicator(cast: Cast) -> None:
    project, lead = cast.projects["public"], cast.tel_aviv_lead
    indicator = choose_indicator(by=lead, project=project, name="Visits", unit="people")
    reading = add_reading(by=lead, indicator=indicator, value=Decimal(40), read_on=DAY, source="Count")
    photo(cast, project, reading=reading)
    assert Attachment.objects.visible_to(cast.visitor).exists()
    type(indicator).objects.filter(pk=indicator.pk).update(visibility="team")
    assert not Attachment.objects.visible_to(cast.mulhouse_lead).exists()


def test_ones_own_data_names_ones_files_while_one_may_see_them(cast: Cast, project: Project) -> None:
    photo(cast, project)
    assert [row["name"] for row in own_data(cast.tel_aviv_lead)["written"]["files"]] == ["photo.webp"]
    Project.objects.filter(pk=project.pk).update(visibility="team")
    cast.tel_aviv.memberships.filter(person=cast.tel_aviv_lead).update(ends_on=DAY)
    assert own_data(cast.tel_aviv_lead)["written"]["files"] == []


# --- the virus scanner ----------------------------------------------------------------------------------------------


def scanner(tmp_path: Path, program: str) -> str:
    path = tmp_path / "scan.py"
    path.write_text(f"import sys\nbody = sys.stdin.buffer.read()\n{program}\n")
    return f"{sys.executable} {path}"


def test_a_clean_file_passes_the_scanner_which_saw_every_byte(tmp_path: Path) -> None:
    command = scanner(tmp_path, f"sys.exit(0 if len(body) == {len(PDF)} else 2)")
    with override_settings(FILE_SCAN_COMMAND=command):
        assert examine(sent(PDF, "plan.pdf")).body == PDF


def test_what_the_scanner_finds_is_not_kept(cast: Cast, project: Project, tmp_path: Path, shelf: Path) -> None:
    command = scanner(tmp_path, "sys.exit(1 if b'EICAR' in body else 0)")
    with override_settings(FILE_SCAN_COMMAND=command), pytest.raises(Infected, match="virus scanner found"):
        attach(by=cast.tel_aviv_lead, project=project, upload=sent(PDF + b"EICAR %%EOF", "plan.pdf"), consent="nobody")
    assert not files_in(shelf)


@pytest.mark.parametrize("program", ["sys.exit(2)", "sys.exit(127)", "import os; os.kill(os.getpid(), 9)"])
def test_a_scanner_that_does_not_work_lets_nothing_through(tmp_path: Path, program: str) -> None:
    with (
        override_settings(FILE_SCAN_COMMAND=scanner(tmp_path, program)),
        pytest.raises(ScannerSilent, match="right now"),
    ):
        examine(sent(PDF, "plan.pdf"))


def test_a_scanner_that_is_not_there_or_too_slow_lets_nothing_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(FILE_SCAN_COMMAND="/nowhere/clamdscan -"), pytest.raises(ScannerSilent):
        examine(sent(PDF, "plan.pdf"))
    monkeypatch.setattr("projects.scanning.SECONDS", 0.2)
    slow = scanner(tmp_path, "import time; time.sleep(20)")
    with override_settings(FILE_SCAN_COMMAND=slow), pytest.raises(ScannerSilent):
        examine(sent(PDF, "plan.pdf"))


# --- waiting --------------------------------------------------------------------------------------------------------


def test_an_accepted_file_waits_for_the_same_person_alone(cast: Cast, shelf: Path) -> None:
    picture = examine(sent(photo_of_a_phone(1200, 900)))
    token = keep_waiting(picture, by=cast.tel_aviv_lead)
    assert take_up(token, by=cast.tel_aviv_lead) == picture
    assert take_up(token, by=cast.tel_aviv_member) is None
    assert take_up(token + "x", by=cast.tel_aviv_lead) is None
    waits_no_more(token)
    assert take_up(token, by=cast.tel_aviv_lead) is None
    assert not files_in(shelf)


def test_what_waited_for_longer_than_a_day_is_swept_away(cast: Cast, shelf: Path) -> None:
    keep_waiting(examine(sent(PDF, "plan.pdf")), by=cast.tel_aviv_lead)
    sweep_waiting()
    assert len(files_in(shelf)) == 1
    make_old(shelf / files_in(shelf)[0])
    sweep_waiting()
    assert not files_in(shelf)


def make_old(path: Path) -> None:
    long_ago = path.stat().st_mtime - 2 * 86_400
    os.utime(path, (long_ago, long_ago))


# --- looking after the folder ---------------------------------------------------------------------------------------


def test_the_command_finds_rows_without_files_and_files_without_rows(
    cast: Cast, project: Project, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = photo(cast, project)
    call_command("files", "--check")
    assert "All is well" in capsys.readouterr().out
    (shelf / kept.widths["480"]).unlink()
    stray, young = shelf / "projects/stray.pdf", shelf / "projects/young.pdf"
    stray.write_bytes(PDF)
    young.write_bytes(PDF)
    make_old(stray)
    with pytest.raises(SystemExit):
        call_command("files", "--check")
    told = capsys.readouterr().out
    assert kept.widths["480"] in told
    assert "projects/stray.pdf" in told
    assert "young" not in told
    with pytest.raises(SystemExit):
        call_command("files", "--check", "--mend")
    assert not stray.exists()
    assert young.exists()
    # The narrower picture is made again from the one it was made from.
    call_command("files", "--check")
    (shelf / str(kept.file.name)).unlink()
    with pytest.raises(SystemExit):
        call_command("files", "--check", "--mend")
