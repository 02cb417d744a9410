"""The pages as people without JavaScript use them: links and plain forms."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import html
import re

import pytest
from api_fixtures import PASSWORD, Web, sample_database, token, web

from api.words import LANGUAGES, WORDS
from feeds import SourceListing


def first_incident(page: str) -> int:
    found = re.search(r'id="i(\d+)"', page)
    assert found
    return int(found.group(1))


def test_every_word_stands_in_both_languages() -> None:
    for key, pair in WORDS.items():
        assert len(pair) == len(LANGUAGES), key
        assert all(word.strip() for word in pair), key
        fields = [set(re.findall(r"\{(\w+)\}", word)) for word in pair]
        assert fields[0] == fields[1], key


def test_every_word_used_in_a_template_is_in_the_catalogue() -> None:
    from pathlib import Path

    import api

    used = set()
    for path in (Path(api.__file__).parent / "templates").glob("*.html"):
        used |= set(re.findall(r"\bt\('([a-z_0-9]+)'[,)]", path.read_text(encoding="utf-8")))
    assert len(used) > 80
    assert used <= set(WORDS)


def test_sign_in_leads_back_to_the_page_asked_for(web: Web) -> None:
    browser = web.fresh()
    answer = browser.get("/laporan?tanggal=2026-11-23")
    assert answer.headers["location"] == "/masuk?next=%2Flaporan%3Ftanggal%3D2026-11-23"
    page = browser.get(answer.headers["location"])
    hidden = re.search(r'name="next" value="([^"]*)"', page.text)
    assert hidden
    form = {
        "nama": "analis",
        "sandi": PASSWORD,
        "csrf": token(page.text),
        "next": html.unescape(hidden.group(1)),
    }
    assert browser.post("/masuk", data=form).headers["location"] == "/laporan?tanggal=2026-11-23"


def test_the_queue_shows_level_place_issue_sentence_and_reason(web: Web) -> None:
    page = web.session().get("/antrean").text
    assert '<html lang="id">' in page
    for part in (
        'class="badge',
        "<mark",
        'class="sentence"',
        "Dasar urutan:",
        "Tidak masuk antrean:",
        "di bawah ambang",
    ):
        assert part in page, part
    for tab in ("Kalteng", "Belum jelas", "Luar wilayah", "Disisihkan"):
        assert f">{tab}</a>" in page


@pytest.mark.parametrize(
    "query",
    [
        "wilayah=luar",
        "wilayah=belum_jelas",
        "status=all",
        "tingkat=2",
        "isu=E1",
        "daerah=62.02",
        "wilayah=x&tingkat=9&isu=Z9&daerah=1&status=y&setelah=zzz",
    ],
)
def test_every_filter_is_a_plain_address(web: Web, query: str) -> None:
    answer = web.session().get(f"/antrean?{query}")
    assert answer.status_code in (200, 422)
    if "zzz" not in query:
        assert answer.status_code == 200


def test_a_decision_from_the_queue_returns_to_the_same_list_at_the_next_line(web: Web) -> None:
    browser = web.session()
    page = browser.get("/antrean?isu=").text
    number = first_incident(page)
    form = {
        "csrf": token(page),
        "putusan": "terima",
        "terlihat": "",
        "kembali": "/antrean?status=open",
        "lanjut": "7",
    }
    answer = browser.post(f"/insiden/{number}/putusan", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/antrean?status=open&pesan=terima&no={number}&fokus=7#i7"
    after = browser.get(answer.headers["location"]).text
    assert f"Insiden {number} diterima." in after
    assert f'id="i{number}"' not in after
    assert 'data-focus="7"' in after


def test_rejecting_needs_a_reason_and_keeps_what_was_typed(web: Web) -> None:
    browser = web.session()
    page = browser.get("/antrean").text
    number = first_incident(page)
    form = {
        "csrf": token(page),
        "putusan": "tolak",
        "catatan": "kabar lama dari <b>tetangga</b>",
        "tingkat": "2",
    }
    answer = browser.post(f"/insiden/{number}/putusan", data=form)
    assert answer.status_code == 422
    assert "perlu alasan" in answer.text
    assert "kabar lama dari &lt;b&gt;tetangga&lt;/b&gt;" in answer.text
    assert (
        browser.post(f"/insiden/{number}/putusan", data=form | {"alasan": "peristiwa_lama"}).status_code
        == 303
    )
    history = browser.get(f"/insiden/{number}").text
    assert "Peristiwa lama" in history
    assert 'id="h-riwayat"' in history


def test_two_people_on_one_incident_lose_nothing(web: Web) -> None:
    one, two = web.session("analis"), web.session("supervisor")
    number = first_incident(one.get("/antrean").text)
    pages = {browser: browser.get(f"/insiden/{number}").text for browser in (one, two)}
    form = {"terlihat": "", "halaman": "insiden"}
    accepted = one.post(
        f"/insiden/{number}/putusan", data=form | {"csrf": token(pages[one]), "putusan": "terima"}
    )
    assert accepted.status_code == 303
    late = two.post(
        f"/insiden/{number}/putusan",
        data=form | {"csrf": token(pages[two]), "putusan": "ragu", "catatan": "catatan saya"},
    )
    assert late.status_code == 409
    assert "catatan saya" in late.text
    assert "Diterima" in late.text


def test_the_incident_page_says_why(web: Web) -> None:
    browser = web.session()
    number = first_incident(browser.get("/antrean").text)
    page = browser.get(f"/insiden/{number}?dari=/antrean%3Fisu%3DE1").text
    for part in (
        "Dasar penetapan tingkat",
        "Dasar penandaan",
        "Dasar urutan",
        "Pemberitaan menurut waktu",
        "Aturan <code>",
        "<mark",
        "Buka berita asli",
        'rel="noopener noreferrer"',
        'href="/antrean?isu=E1"',
    ):
        assert part in page, part


def test_a_level_set_by_a_person_is_told_as_theirs_with_the_machines_proposal_beside_it(web: Web) -> None:
    browser = web.session()
    number = first_incident(browser.get("/antrean").text)
    before = browser.get(f"/api/v1/incidents/{number}").json()["incident"]
    other = 4 if before["severity"] != 4 else 3
    form = "F6" if before["form"] != "F6" else "F3"
    fields = {
        "putusan": "terima",
        "tingkat": str(other),
        "bentuk": form,
        "catatan": "Sudah dicek <ke lokasi>.",
    }
    page = browser.get(f"/insiden/{number}").text
    browser.post(f"/insiden/{number}/putusan", data={**fields, "csrf": token(page), "terlihat": ""})
    after = browser.get(f"/api/v1/incidents/{number}").json()["incident"]
    assert after["severity_rule"] == "petugas" and after["machine_why"] == before["severity_why"]
    assert after["severity_why"].startswith("Ditetapkan petugas: ")
    shown = browser.get(f"/insiden/{number}").text
    card = shown[shown.index('id="h-tingkat"') :].partition("</section>")[0]
    assert "Ditetapkan petugas: " in card and "Putusan analis," in card
    assert "<q>Sudah dicek &lt;ke lokasi&gt;.</q>" in card
    machine = card[card.index("Usulan mesin (") :]
    assert html.escape(before["severity_why"], quote=False) in machine
    assert f"<code>{before['severity_rule']}</code>" in machine


def test_incidents_are_merged_and_split_with_plain_forms(web: Web) -> None:
    browser = web.session()
    into, other = re.findall(r'id="i(\d+)"', browser.get("/antrean").text)[:2]
    moved = [one.item.id for one in web.desk.incident(int(other), web.clock()).reports]
    page = browser.get(f"/insiden/{into}").text
    assert '<label for="nomor">' in page
    csrf = token(page)
    merged = browser.post(
        f"/insiden/{into}/gabung", data={"csrf": csrf, "nomor": other, "kembali": "/antrean?isu=E1"}
    )
    assert merged.status_code == 303
    after = browser.get(merged.headers["location"]).text
    assert f"Insiden {other} digabung ke insiden {into} ({len(moved)} laporan)" in after
    assert 'href="/antrean?isu=E1"' in after
    for number in moved:
        assert f'id="pilih{number}" name="laporan" value="{number}" form="pisah">' in after
        assert f'<label for="pilih{number}">' in after
    parted = browser.post(f"/insiden/{into}/pisah", data={"csrf": csrf, "laporan": moved})
    assert parted.status_code == 303
    last = web.desk.incident(int(into), web.clock()).regroupings[0]
    assert (last.kind, list(last.items), last.account) == ("pisah", sorted(moved), "analis")
    shown = browser.get(parted.headers["location"]).text
    assert f'<a href="/insiden/{last.other_id}">' in shown
    assert "merged into incident" in browser.get(f"/insiden/{into}?lang=en").text


def test_a_refused_merge_or_split_says_why_and_keeps_what_was_typed(web: Web) -> None:
    browser = web.session()
    into, other = re.findall(r'id="i(\d+)"', browser.get("/antrean").text)[:2]
    csrf = token(browser.get(f"/insiden/{into}").text)
    for typed, status in (("999999", 404), (into, 422), ("", 422), ("dua", 422), ("9" * 30, 422)):
        answer = browser.post(f"/insiden/{into}/gabung", data={"csrf": csrf, "nomor": typed})
        assert answer.status_code == status, typed
        assert 'role="alert"' in answer.text
        assert f'name="nomor" min="1" step="1" required value="{typed}"' in answer.text
    assert browser.post(f"/insiden/{into}/pisah", data={"csrf": csrf}).status_code == 422
    browser.post(f"/insiden/{into}/gabung", data={"csrf": csrf, "nomor": other})
    every = [one.item.id for one in web.desk.incident(int(into), web.clock()).reports]
    answer = browser.post(f"/insiden/{into}/pisah", data={"csrf": csrf, "laporan": every})
    assert answer.status_code == 422
    assert answer.text.count(" checked>") == len(every)


def test_only_reviewers_with_the_forms_token_merge_or_split(web: Web) -> None:
    operator, analyst = web.session("operator"), web.session()
    page = operator.get("/insiden/1").text
    assert "Gabung atau pisah" in page
    assert 'name="nomor"' not in page
    for act in ("gabung", "pisah"):
        form = {"nomor": "2", "laporan": "1"}
        assert operator.post(f"/insiden/1/{act}", data=form | {"csrf": token(page)}).status_code == 403
        assert analyst.post(f"/insiden/1/{act}", data=form | {"csrf": "salah"}).status_code == 403


def test_a_foreign_way_back_is_not_followed(web: Web) -> None:
    browser = web.session()
    page = browser.get("/antrean").text
    number = first_incident(page)
    shown = browser.get(f"/insiden/{number}?dari=//evil.example").text
    assert 'href="//evil' not in shown
    assert '<a href="/antrean" data-back>' in shown
    form = {"csrf": token(page), "putusan": "ragu", "kembali": "https://evil.example/"}
    assert browser.post(f"/insiden/{number}/putusan", data=form).headers["location"].startswith("/antrean?")


def test_marked_text_is_the_original_text(web: Web) -> None:
    number = web.desk.set_aside(None, 1, 0)[0].item_id
    report = web.desk.item(number)
    page = web.session().get(f"/butir/{number}").text
    body = re.search(r'<div class="original">(.*?)</div>', page, re.DOTALL)
    assert body
    shown = html.unescape(re.sub(r"<[^>]+>", "", body.group(1)))
    assert "".join(shown.split()) == "".join(report.item.text.split())


def test_set_aside_is_counted_by_reason_and_pages(web: Web) -> None:
    browser = web.session()
    page = browser.get("/disisihkan").text
    assert "Tidak ada yang disembunyikan" in page
    assert page.count('<li class="line">') == 50
    second = browser.get("/disisihkan?mulai=50").text
    assert "Halaman sebelumnya" in second
    assert browser.get("/disisihkan?alasan=zzz&mulai=-1").status_code == 200


def test_the_digest_is_a_letter_with_its_parts(web: Web) -> None:
    page = web.session("supervisor").get("/laporan?tanggal=2026-11-23").text
    for part in (
        "LAPORAN HARIAN SITUASI DAERAH",
        "(bahan pemberitaan terbuka)",
        "bukan Status Keadaan Konflik",
        "Perlu keputusan hari ini",
        "Penyampaian aspirasi damai",
        "Daerah menurut bidang",
        "Cakupan dan keterbatasan",
        "<textarea",
        "Minggu, 22 November 2026 15.00 WIB",
    ):
        assert part in page, part
    assert page.count('<th scope="row">') == 14


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "besok"])
def test_a_day_no_report_can_be_about_is_refused_in_words(web: Web, day: str) -> None:
    for path in ("/laporan", "/laporan.pdf"):
        answer = web.session().get(f"{path}?tanggal={day}")
        assert answer.status_code == 422
        assert "antara tahun 2000 dan 2100" in answer.text
    assert web.session().get("/laporan?tanggal=").status_code == 200


def test_a_day_nobody_watched_says_not_monitored_and_not_safe(web: Web) -> None:
    page = web.session().get("/laporan?tanggal=2026-01-05").text
    assert page.count("<em>tidak terpantau</em>") == 14


def test_sources_are_told_in_words_and_can_be_added_paused_and_moved(web: Web) -> None:
    browser = web.session("operator")
    page = browser.get("/sumber").text
    assert "lancar" in page
    csrf = token(page)
    added = browser.post(
        "/sumber", data={"csrf": csrf, "alamat": "https://media.example/feed", "nama": "Media <i>"}
    )
    assert added.status_code == 303
    listed = browser.get("/sumber?keadaan=unverified").text
    assert "Media &lt;i&gt;" in listed
    again = browser.post(
        "/sumber", data={"csrf": csrf, "alamat": "https://media.example/feed", "nama": "Dua"}
    )
    assert again.status_code == 409
    assert 'value="Dua"' in again.text
    number = next(one.id for one in web.desk.sources() if one.url == "https://media.example/feed")
    browser.post(f"/sumber/{number}/jeda", data={"csrf": csrf, "jeda": "1"})
    assert "dihentikan sementara" in browser.get("/sumber").text
    opml = browser.get("/sumber/ekspor.opml")
    assert b"https://media.example/feed" in opml.content
    assert "attachment" in opml.headers["content-disposition"]


def test_opml_comes_in_with_its_problems_said(web: Web) -> None:
    browser = web.session("operator")
    csrf = token(browser.get("/sumber").text)
    opml = (
        b'<opml version="2.0"><body><outline type="rss" text="Baru" xmlUrl="https://baru.example/feed"/>'
        b'<outline type="rss" text="Buruk" xmlUrl="ftp://buruk.example/feed"/></body></opml>'
    )
    page = browser.post("/sumber/impor", data={"csrf": csrf}, files={"berkas": ("a.opml", opml)})
    assert page.status_code == 200
    assert "1 sumber baru diimpor" in page.text
    broken = browser.post("/sumber/impor", data={"csrf": csrf}, files={"berkas": ("a.opml", b"<opml")})
    assert broken.status_code == 200
    assert "0 sumber baru diimpor" in broken.text
    again = browser.post("/sumber/impor", data={"csrf": csrf}, files={"berkas": ("a.opml", opml)})
    assert "0 sumber baru diimpor. 1 sudah terdaftar." in again.text
    assert "1 baris tidak dapat dipakai" in again.text


def test_a_failed_check_is_told_on_the_page(web: Web) -> None:
    one = web.desk.add_source(SourceListing(url="https://takada.example/feed", name="Dalam"), web.clock())
    browser = web.session("operator")
    csrf = token(browser.get("/sumber").text)
    page = browser.post(f"/sumber/{one.id}/periksa", data={"csrf": csrf})
    assert page.status_code == 200
    assert 'role="alert">Dalam:' in page.text


def test_english_pages_have_english_numbers_and_words_and_mark_what_is_indonesian(web: Web) -> None:
    browser = web.session()
    one = web.desk.incident(1, web.clock())
    page = browser.get("/insiden/1?lang=en").text
    said = one.reports[0].assessment
    assert f"Probability {said.relevance:.2f}" in page
    assert not re.search(r"Probability \d,\d|threshold \d,\d|WIB.{0,9}\d\.\d\d WIB", page)
    assert f'lang="id">{html.escape(one.incident.urgency_why)}' in page
    report = browser.get("/laporan?tanggal=2026-11-23").text
    assert "DAILY REPORT ON THE REGION" in report
    assert "LAPORAN HARIAN" not in report.partition("<textarea")[0]
    assert "15:00 WIB" in report
    assert '<p class="summary" lang="id">' in report
    indonesian = browser.get("/insiden/1?lang=id").text
    assert f"Peluang {said.relevance:.2f}".replace(".", ",") in indonesian
    assert 'lang="id"' not in indonesian.partition("<main")[2]


def test_an_analyst_may_name_another_issue(web: Web) -> None:
    browser = web.session()
    page = browser.get("/insiden/1").text
    assert page.count('<option value="H2"') == 1
    form = {"csrf": token(page), "terlihat": "", "halaman": "insiden", "putusan": "terima", "isu": "H2"}
    assert browser.post("/insiden/1/putusan", data=form).status_code == 303
    view = web.desk.incident(1, web.clock())
    assert (view.incident.issue, view.reviews[0].issue) == ("H2", "H2")


def test_english_is_one_click_and_stays(web: Web) -> None:
    browser = web.session()
    assert '<html lang="en">' in browser.get("/antrean?lang=en").text
    after = browser.get("/antrean").text
    assert "Undecided" in after
    assert '<html lang="id">' in browser.get("/antrean?lang=id").text


def test_hostile_news_is_shown_as_text_on_every_page(web: Web) -> None:
    """What a feed brought through parse, store and screening must not become markup anywhere."""
    from feeds import FeedSource, Fetched, Limits, Parsed, parse_document

    nasty = 'Bentrok warga <script>alert(1)</script> "><img src=x onerror=alert(2)> di Sampit'
    text = "Dua kelompok warga bentrok di Sampit, dua orang luka. <svg/onload=alert(3)> {{7*7}}"
    body = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><guid>x1</guid>'
        f"<title><![CDATA[{html.escape(nasty)}]]></title><link>https://a.example/x?a=1&amp;b=&quot;2</link>"
        f"<description><![CDATA[{html.escape(text)}]]></description>"
        "<pubDate>Mon, 23 Nov 2026 20:00:00 +0700</pubDate>"
        "</item></channel></rss>"
    ).encode()
    source = web.desk.add_source(
        SourceListing(url="https://a.example/feed", name='<b onclick="x">Media'), web.clock()
    )
    parsed = parse_document(body, content_type="text/xml", url=source.url, now=web.clock(), limits=Limits())
    assert isinstance(parsed, Parsed)
    web.desk._intake.take(
        Fetched(
            source=FeedSource(key=str(source.id), url=source.url),
            status=200,
            final_url=source.url,
            etag="",
            last_modified="",
            parsed=parsed,
            body_bytes=len(body),
            seconds=0.1,
        ),
        web.clock(),
    )
    browser = web.session("administrator")
    where = [
        "/antrean?status=all",
        "/antrean?status=all&wilayah=luar",
        "/antrean?status=all&wilayah=belum_jelas",
        "/disisihkan",
        "/laporan",
        "/sumber",
    ]
    pages = {path: browser.get(path).text for path in where}
    listed = web.client.get("/api/v1/queue?state=all&limit=200", headers=web.key()).json()["items"]
    for line in listed:
        if "Bentrok warga" in line["incident"]["title"]:
            pages["incident"] = browser.get(f"/insiden/{line['incident']['id']}").text
    for path, page in pages.items():
        scripts = re.findall(r"<script[^>]*>", page)
        assert scripts and all(one.startswith('<script src="/static/') for one in scripts), path
        for active in ("<img src=x", "<svg/onload", "<b onclick", 'href="javascript:'):
            assert active not in page, (path, active)
    assert "49" not in re.findall(r"bentrok di Sampit, dua orang luka\.[^<]*", "".join(pages.values()))
