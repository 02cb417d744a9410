"""Messages through a real SMTP server: once, as the page says it, whatever dies in between."""

from __future__ import annotations

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from api_fixtures import Web, sample_database, web  # noqa: F401  fixtures
from click.testing import CliRunner
from mail_ground import PostOffice, nobody_listens
from screening_material import CLASH, NOW, entry, fetched, listing

from api.cli import main
from api.letter import digest_at
from api.post import post_due
from models import Classifier
from screening import Desk, Invalid, PostKind, PostState, Settings, Severity, Store, digest_text
from screening.config import smtp_server
from screening.post import LEASE

SENDER = "dini@kesbangpol.contoh.id"
PROVINCE, KOTIM = "piket@provinsi.contoh.id", "piket@kotim.contoh.id"
BOTH = frozenset(PostKind)
AFTERNOON = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 15.00 WIB
EVER = (NOW - timedelta(days=30), NOW + timedelta(days=30))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as opened:
        yield opened


@pytest.fixture
def mailing(database_url: str, tmp_path: Path, classifier: Classifier, office: PostOffice) -> Iterator[Desk]:
    """A desk that sends to the loopback office and has two mailboxes, on each database."""
    desk = desk_for(database_url, tmp_path, classifier, office.url)
    desk.set_up(NOW)
    desk.add_recipient("62", PROVINCE, BOTH, NOW)
    desk.add_recipient("62.02", KOTIM, BOTH, NOW)
    yield desk
    desk.close()


def desk_for(url: str, folder: Path, classifier: Classifier, smtp: str) -> Desk:
    settings = Settings(data_dir=folder, database_url=url, smtp=smtp_server(smtp), mail_from=SENDER)
    return Desk(Store(url), classifier, settings)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def clash(desk: Desk, title: str = CLASH[0]) -> None:
    source = desk.add_source(listing("satu", owner="Satu"), NOW)
    desk.take(fetched(source, entry("a", title, CLASH[1])), NOW)


def test_the_digest_goes_out_once_with_text_links_and_a_pdf_that_opens(
    mailing: Desk, office: PostOffice
) -> None:
    clash(mailing)
    post_due(mailing, at(NOW))
    post_due(mailing, at(AFTERNOON))
    post_due(mailing, at(AFTERNOON + timedelta(minutes=1)))
    (letter,) = [one for one in office.to(PROVINCE) if "Laporan" in one.message["Subject"]]
    assert letter.sender == SENDER and letter.mailboxes == [PROVINCE]
    assert letter.message["Subject"] == (
        "Laporan Harian Situasi Daerah - Provinsi Kalimantan Tengah - Selasa, 24 November 2026 15.00 WIB"
    )
    assert letter.text == digest_text(digest_at(mailing, AFTERNOON.date(), AFTERNOON))
    assert "https://kabar.example/a" in letter.text
    assert letter.pdf.startswith(b"%PDF-") and letter.pdf.rstrip().endswith(b"%%EOF")
    at_byte = int(letter.pdf.rpartition(b"startxref")[2].split()[0])  # what a reader opens a PDF by
    assert letter.pdf[at_byte : at_byte + 4] == b"xref" or b"/XRef" in letter.pdf[at_byte : at_byte + 200]
    (part,) = letter.message.iter_attachments()
    assert part.get_filename() == "laporan-62-2026-11-24-1500.pdf"


def test_the_regency_gets_its_own_and_nihil_is_sent_too(mailing: Desk, office: PostOffice) -> None:
    mailing.add_recipient("62.07", "piket@seruyan.contoh.id", BOTH, NOW)
    clash(mailing)
    post_due(mailing, at(AFTERNOON))
    ours = [one.text for one in office.to(KOTIM) if "Laporan" in one.message["Subject"]]
    theirs = [one.text for one in office.to("piket@seruyan.contoh.id")]
    assert len(ours) == len(theirs) == 1
    assert "Wilayah: Kotawaringin Timur" in ours[0] and "https://kabar.example/a" in ours[0]
    assert "https://kabar.example/a" not in theirs[0] and "Seprovinsi: DARURAT 0, SIAGA 1" in theirs[0]
    assert "Tidak terpantau: tidak ada berita tentang Seruyan" in theirs[0]


def test_an_empty_day_is_sent_as_what_it_is(mailing: Desk, office: PostOffice) -> None:
    post_due(mailing, at(AFTERNOON))
    (letter,) = office.to(PROVINCE)
    assert "Tidak terpantau: tidak ada sumber yang terbaca" in letter.text and "Nihil" not in letter.text
    source = mailing.add_source(listing("satu"), NOW)
    mailing.take(
        fetched(source, entry("x", "Harga cabai turun di Pasar Besar", "Harga cabai turun.")), AFTERNOON
    )
    post_due(mailing, at(AFTERNOON + timedelta(days=1)))
    assert "Nihil: tidak ada isu" in office.to(PROVINCE)[-1].text


def test_an_alarm_is_short_goes_at_once_and_only_once(mailing: Desk, office: PostOffice) -> None:
    clash(mailing)
    for minute in range(3):
        post_due(mailing, at(NOW + timedelta(minutes=minute)))
    assert Counter(box for one in office.taken for box in one.mailboxes) == {PROVINCE: 1, KOTIM: 1}
    alarm = office.to(KOTIM)[0]
    assert alarm.message["Subject"].startswith("[SIAGA] Peringatan dini") and len(alarm.text) < 1_500
    assert alarm.message["Importance"] == "high" and "https://kabar.example/a" in alarm.text
    assert "belum ditelaah" in alarm.text


@pytest.mark.parametrize(
    "title",
    [
        "Bentrok di Baamang\r\nBcc: korban@lain.contoh.id\r\n\r\nisi",
        "Bentrok di Baamang\nSubject: palsu",
        "Bentrok di Baamang\r\n.\r\nMAIL FROM:<x@y.id>",
        "Bentrok =?utf-8?q?=0D=0ABcc:_x=40y.id?= di Baamang",
        "Bentrok \u2028Bcc: x@y.id \u202e di Baamang \x00\x0b",
    ],
)
def test_a_hostile_title_reaches_no_header_and_no_other_mailbox(
    mailing: Desk, office: PostOffice, title: str
) -> None:
    clash(mailing, title)
    post_due(mailing, at(NOW))
    post_due(mailing, at(AFTERNOON))
    assert len(office.taken) == 4
    for one in office.taken:
        assert one.mailboxes in ([PROVINCE], [KOTIM]) and one.message.defects == []
        assert set(one.message.keys()) <= {
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "Importance",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        }
        assert "palsu" not in one.message["Subject"] and "Bentrok" not in one.message["Subject"]


def test_a_server_that_is_down_for_hours_gets_everything_once_when_it_is_back(
    database_url: str, tmp_path: Path, classifier: Classifier
) -> None:
    port = nobody_listens()
    desk = desk_for(database_url, tmp_path, classifier, f"smtp://127.0.0.1:{port}")
    desk.set_up(NOW)
    desk.add_recipient("62", PROVINCE, BOTH, NOW)
    clash(desk)
    for minute in range(0, 8 * 60, 5):
        assert post_due(desk, at(NOW + timedelta(minutes=minute))).sent == 0
    waiting = desk.dispatches(*EVER)
    assert {one.state for one in waiting} == {PostState.WAITING} and len(waiting) == 2
    assert all("tidak dapat dihubungi" in one.last_error and one.attempts > 3 for one in waiting)
    with PostOffice(port=port) as office:
        for minute in range(8 * 60, 11 * 60, 5):
            post_due(desk, at(NOW + timedelta(minutes=minute)))
        assert sorted(one.message["Subject"][:8] for one in office.taken) == ["Laporan ", "[SIAGA] "]
    assert {one.state for one in desk.dispatches(*EVER)} == {PostState.SENT}
    desk.close()


def test_one_refused_mailbox_keeps_no_other_back(mailing: Desk, office: PostOffice) -> None:
    office.refuse = {PROVINCE}
    clash(mailing)
    done = post_due(mailing, at(NOW))
    assert (done.sent, done.unsent, done.down) == (1, 1, False)
    (refused,) = mailing.dispatches(*EVER, "62")
    assert refused.last_error == "Kotak surat ditolak server surel (550 no such box)."
    office.refuse = set()
    post_due(mailing, at(NOW + timedelta(minutes=2)))
    assert len(office.to(PROVINCE)) == len(office.to(KOTIM)) == 1


def test_a_bad_farewell_takes_nothing_back(mailing: Desk, office: PostOffice) -> None:
    office.farewell = b"421 too busy to say goodbye"
    clash(mailing)
    assert post_due(mailing, at(NOW)).sent == 2


def test_an_answer_that_is_lost_gives_the_same_message_id_again(mailing: Desk, office: PostOffice) -> None:
    office.drop_reply = True
    mailing.remove_recipient("62.02", KOTIM, NOW)
    clash(mailing)
    assert post_due(mailing, at(NOW)).down
    office.drop_reply = False
    post_due(mailing, at(NOW + timedelta(minutes=1)))
    first, second = office.to(PROVINCE)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw


WORKER = """
import sys
from datetime import datetime
from api.post import post_due
from screening import Desk, Settings
desk = Desk.open(Settings.load())
now = datetime.fromisoformat(sys.argv[1])
print("siap", flush=True)
sys.stdin.readline()
print(post_due(desk, lambda: now).sent, flush=True)
"""


def worker(desk: Desk, office: PostOffice, now: datetime) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "DINI_DATA": str(desk.settings.data_dir),
        "DINI_DATABASE_URL": desk.settings.database_url,
        "DINI_SMTP_URL": office.url,
        "DINI_MAIL_FROM": SENDER,
    }
    started = subprocess.Popen(
        [sys.executable, "-c", WORKER, now.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    )
    assert started.stdout is not None and started.stdout.readline() == "siap\n"
    return started


def test_two_processes_at_once_send_each_message_exactly_once(mailing: Desk, office: PostOffice) -> None:
    clash(mailing)
    workers = [worker(mailing, office, AFTERNOON) for _ in range(2)]
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("mulai\n")
        each.stdin.flush()
    told = [each.communicate(timeout=60)[0] for each in workers]
    assert sum(int(one) for one in told) == 4 == len(office.taken)
    assert len({one.message["Message-ID"] for one in office.taken}) == 4


def test_a_worker_killed_between_sending_and_marking_gives_one_duplicate_with_the_same_message_id(
    mailing: Desk, office: PostOffice
) -> None:
    clash(mailing)
    victim = worker(mailing, office, AFTERNOON)
    office.on_data = lambda _one: os.kill(victim.pid, signal.SIGKILL)
    victim.communicate("mulai\n", timeout=60)
    assert victim.returncode == -signal.SIGKILL
    (cut,) = office.taken
    office.on_data = None
    post_due(mailing, at(AFTERNOON + timedelta(minutes=1)))
    assert len(office.taken) == 4  # the three others at once, the held one not before its lease ends
    post_due(mailing, at(AFTERNOON + LEASE))
    post_due(mailing, at(AFTERNOON + LEASE * 3))
    copies = Counter(one.message["Message-ID"] for one in office.taken)
    assert sorted(copies.values()) == [1, 1, 1, 2] and copies[cut.message["Message-ID"]] == 2
    assert {one.state for one in mailing.dispatches(*EVER)} == {PostState.SENT}


def test_threads_at_once_send_each_message_exactly_once(mailing: Desk, office: PostOffice) -> None:
    clash(mailing)
    threads = [threading.Thread(target=post_due, args=(mailing, at(AFTERNOON))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(office.taken) == 4 == len({one.message["Message-ID"] for one in office.taken})


def test_a_rejected_alarm_that_waited_is_not_sent(mailing: Desk, office: PostOffice) -> None:
    from screening import Decision, RejectReason, ReviewDraft, Role

    analyst = mailing.create_account("analis-1", Role.ANALYST, "x", NOW)
    clash(mailing)
    number = mailing.dispatches(*EVER)[0].incident_id
    assert number is not None
    draft = ReviewDraft(incident_id=number, decision=Decision.REJECT, reason=RejectReason.OLD)
    mailing.review(draft, analyst, NOW)
    assert post_due(mailing, at(NOW)).dropped == 2 and office.taken == []


# --- the line to the server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl program to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "cert.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run(
        [*made, "-out", str(paths[0]), "-keyout", str(paths[1])], check=True, capture_output=True, timeout=60
    )
    return paths


def test_starttls_with_a_known_certificate_and_a_password_gets_through(
    tmp_path: Path,
    classifier: Classifier,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))
    with PostOffice(tls=context, password="ra/ha@sia") as office:
        url = f"smtp://dini:ra%2Fha%40sia@127.0.0.1:{office.port}?starttls=1"
        desk = desk_for(f"sqlite:///{tmp_path / 'd.db'}", tmp_path, classifier, url)
        desk.set_up(NOW)
        desk.add_recipient("62", PROVINCE, BOTH, NOW)
        clash(desk)
        stranger = post_due(desk, at(NOW))
        assert stranger.down and office.taken == []  # a certificate nobody vouches for
        assert "Sambungan aman" in desk.dispatches(*EVER)[0].last_error
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert post_due(desk, at(NOW + timedelta(minutes=1))).sent == 1
        assert office.taken[0].secure
        desk.close()


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:{port}?starttls=1", "smtp://dini:salah@127.0.0.1:{port}"])
def test_without_the_tls_asked_for_or_the_password_nothing_is_sent(
    tmp_path: Path, classifier: Classifier, url: str
) -> None:
    with PostOffice(password="benar") as office:
        where = url.format(port=office.port)
        desk = desk_for(f"sqlite:///{tmp_path / 'd.db'}", tmp_path, classifier, where)
        desk.set_up(NOW)
        desk.add_recipient("62", PROVINCE, BOTH, NOW)
        clash(desk)
        assert post_due(desk, at(NOW)).down and office.taken == []
        told = desk.dispatches(*EVER)[0].last_error
        assert "salah" not in told and told.startswith("Server surel")
        desk.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://surat.contoh.id",
        "smtp://",
        "smtp://a:b@surat.contoh.id",
        "smtp://surat.contoh.id:99999",
        "smtp://surat.contoh.id/folder",
        "smtp://surat.contoh.id?tls=1",
        "smtps://u%0d%0a:rahasia@surat.contoh.id",
    ],
)
def test_a_bad_server_address_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.load({"DINI_SMTP_URL": url, "DINI_MAIL_FROM": SENDER})
    assert "rahasia" not in refused.value.detail


def test_the_password_is_in_no_repr_and_a_sender_is_needed() -> None:
    settings = Settings.load({"DINI_SMTP_URL": "smtps://u:rahasia@surat.contoh.id", "DINI_MAIL_FROM": SENDER})
    assert settings.smtp is not None and settings.smtp.port == 465 and settings.smtp.password == "rahasia"
    assert "rahasia" not in repr(settings)
    with pytest.raises(Invalid, match="DINI_MAIL_FROM"):
        Settings.load({"DINI_SMTP_URL": "smtps://u:rahasia@surat.contoh.id"})


# --- command and page


def run(folder: Path, *arguments: str, smtp: str = "") -> tuple[int, str]:
    environment = {
        "DINI_DATA": str(folder),
        "DINI_SMTP_URL": smtp,
        "DINI_MAIL_FROM": SENDER if smtp else "",
        "DINI_SAMPLE_PORT": str(nobody_listens()),
    }
    done = CliRunner().invoke(main, list(arguments), env=environment)
    return done.exit_code, done.output


def test_mailboxes_are_added_listed_and_removed_from_the_command_line(tmp_path: Path) -> None:
    assert run(tmp_path, "mail", "add", "62.02", KOTIM, "--kinds", "digest")[0] == 0
    status, said = run(tmp_path, "mail", "list")
    assert status == 0 and f"62.02\tKotawaringin Timur\t{KOTIM}\tdigest\t" in said
    assert run(tmp_path, "mail", "add", "62.02", KOTIM)[0] == 2
    assert run(tmp_path, "mail", "add", "62.99", KOTIM)[0] == 2
    assert run(tmp_path, "mail", "add", "62", PROVINCE, "--kinds", "semua")[0] == 2
    assert run(tmp_path, "mail", "remove", "62.02", KOTIM)[0] == 0
    assert run(tmp_path, "mail", "list")[1] == ""


def test_a_digest_is_sent_on_demand_and_tells_where_it_went(tmp_path: Path, office: PostOffice) -> None:
    run(tmp_path, "mail", "add", "62", PROVINCE)
    run(tmp_path, "mail", "add", "62.02", KOTIM)
    status, said = run(tmp_path, "digest", "--send", "--office", "62.02", smtp=office.url)
    assert status == 0 and f"62.02\t{KOTIM}\tterkirim\t" in said
    assert len(office.to(KOTIM)) == 1 and office.to(PROVINCE) == []
    status, said = run(tmp_path, "digest", "--send", "--date", "2026-11-23", smtp=office.url)
    assert status == 0 and said.count("terkirim") == 2
    assert "Senin, 23 November 2026 15.00 WIB" in office.taken[-1].message["Subject"]


def test_on_demand_without_server_mailbox_or_answer_is_told_with_its_status(tmp_path: Path) -> None:
    run(tmp_path, "mail", "add", "62", PROVINCE)
    assert run(tmp_path, "digest", "--send")[0] == 2
    dead = f"smtp://127.0.0.1:{nobody_listens()}"
    assert run(tmp_path, "digest", "--send", "--office", "62.07", smtp=dead)[0] == 2
    status, said = run(tmp_path, "digest", "--send", smtp=dead)
    assert status == 1 and "menunggu\tServer surel tidak dapat dihubungi" in said


def test_a_regencys_digest_is_written_on_demand(tmp_path: Path) -> None:
    run(tmp_path, "mail", "add", "62", PROVINCE)
    assert "Wilayah: Seruyan" in run(tmp_path, "digest", "--office", "62.07")[1]
    assert run(tmp_path, "digest", "--office", "31.71")[0] == 2


def posting_web(web: Web, office: PostOffice) -> Desk:  # noqa: F811  the fixture's value
    """A second process's desk on the same database, which sends."""
    return desk_for(
        web.desk.settings.database_url, web.desk.settings.data_dir, web.desk.classifier, office.url
    )


def test_the_mail_says_what_the_page_says_and_the_page_says_when_it_was_sent(
    web: Web,  # noqa: F811  the fixture
    office: PostOffice,
) -> None:
    desk = posting_web(web, office)
    reader = web.session("supervisor")
    assert "dini mail add" in reader.get("/laporan").text
    desk.add_recipient("62", PROVINCE, BOTH, NOW)
    desk.add_recipient("62.02", KOTIM, BOTH, NOW)
    web.clock.now = AFTERNOON
    office.refuse = {KOTIM}
    post_due(desk, at(AFTERNOON))
    (letter,) = office.to(PROVINCE)
    reader = web.session("supervisor")  # the morning's session has been idle for hours
    page = reader.get("/laporan?tanggal=2026-11-24").text
    copied = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert copied is not None and unescape(copied.group(1)).lstrip("\n") == letter.text
    shown = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="kirim"') :])
    assert f"{PROVINCE} Terkirim 24 Nov 15.00 WIB" in re.sub(r"\s+", " ", shown)
    assert "Menunggu, sudah dicoba 1 kali" in re.sub(r"\s+", " ", shown) and "550 no such box" in shown
    english = reader.get("/laporan?tanggal=2026-11-24&daerah=62.02&lang=en").text
    assert "Waiting, tried 1 times" in english and PROVINCE not in english
    assert reader.get("/laporan.pdf?daerah=62.02").content.startswith(b"%PDF-")
    assert reader.get("/laporan?daerah=31.71").status_code == 422
    desk.close()


def test_sample_news_never_reaches_an_office(tmp_path: Path) -> None:
    run(tmp_path, "mail", "add", "62", PROVINCE)
    status, said = run(tmp_path, "start", "--sample", "--no-serve")
    assert status == 2 and "berita contoh tidak dimuat" in said


def test_levels_of_the_outbox_are_those_of_the_taxonomy(mailing: Desk) -> None:
    clash(mailing)
    assert {one.level for one in mailing.dispatches(*EVER)} == {Severity.SIAGA}
