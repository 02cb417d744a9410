"""Moved, gone and failing sources, and corrected stories: on pages, over REST and on the command line."""

# ruff: noqa: F401, F811  fixtures are imported by name

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from api_fixtures import NOW, Web, sample_database, token, web
from click.testing import CliRunner
from screening_material import CLASH, RECIPE, entry, failed, fetched

from api.cli import main
from feeds import Failed, FailureKind, FeedSource, SourceListing
from models import Classifier
from screening import Desk, Settings, Source, Store

NEW = "https://baru.example/feed"


def moving(desk: Desk, name: str = "pindahan", to: str = NEW) -> Source:
    source = desk.add_source(SourceListing(url=f"https://{name}.example/feed", name=name), NOW)
    desk.take(replace(fetched(source, entry(name, *RECIPE)), moved_to=to), NOW)
    return desk.source(source.id)


def test_the_page_tells_where_a_source_moved_and_an_operator_accepts_it(web: Web) -> None:
    source = moving(web.desk)
    browser = web.session("operator")
    page = browser.get("/sumber").text
    assert f"Pindah ke {NEW}" in page and "Pakai alamat baru" in page
    assert page.index("pindahan") < page.index("(contoh)"), "what needs an eye stands first"
    form = {"csrf": token(page), "alamat": NEW}
    answer = browser.post(f"/sumber/{source.id}/pindah", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sumber?pesan=source_moved#s{source.id}"
    after = browser.get("/sumber?pesan=source_moved").text
    assert "Pindah ke" not in after and NEW in after and "Alamat baru dipakai" in after
    again = browser.post(f"/sumber/{source.id}/pindah", data=form)
    assert again.status_code == 409 and "tidak pindah" in again.text


def test_who_may_not_operate_sees_the_move_and_has_no_button(web: Web) -> None:
    source = moving(web.desk)
    browser = web.session("analis")
    page = browser.get("/sumber").text
    assert f"Pindah ke {NEW}" in page and "Pakai alamat baru" not in page
    answer = browser.post(f"/sumber/{source.id}/pindah", data={"csrf": token(page), "alamat": NEW})
    assert answer.status_code == 403
    assert web.desk.source(source.id).url == source.url


def test_rest_shows_the_move_and_takes_consent_to_what_was_seen(web: Web) -> None:
    source = moving(web.desk)
    path = f"/api/v1/sources/{source.id}/accept-move"
    listed = web.client.get("/api/v1/sources", headers=web.key()).json()["items"]
    (mine,) = [one for one in listed if one["id"] == source.id]
    assert (mine["moved_to"], mine["standing"], mine["failing_since"]) == (NEW, "sehat", None)
    assert mine["interval_seconds"] == 900
    assert web.client.post(path, json={"address": NEW}, headers=web.key()).status_code == 403
    key = web.key("operator")
    other = web.client.post(path, json={"address": "https://lain.example/feed"}, headers=key)
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert web.client.post(path, json={}, headers=key).status_code == 422
    taken = web.client.post(path, json={"address": NEW}, headers=key)
    assert taken.status_code == 200
    assert (taken.json()["url"], taken.json()["moved_to"]) == (NEW, "")
    missing = web.client.post("/api/v1/sources/999999/accept-move", json={"address": NEW}, headers=key)
    assert missing.status_code == 404


def test_an_inside_address_is_never_accepted(web: Web) -> None:
    inside = "http://10.0.0.8/feed"
    source = moving(web.desk, to=inside)
    path = f"/api/v1/sources/{source.id}/accept-move"
    answer = web.client.post(path, json={"address": inside}, headers=web.key("operator"))
    assert answer.status_code == 422
    assert web.desk.source(source.id).url == source.url


def test_a_source_that_is_gone_or_failed_for_a_week_stands_on_top_with_the_reason(web: Web) -> None:
    desk = web.desk
    gone = desk.add_source(SourceListing(url="https://zzz.example/feed", name="Zzz hilang"), NOW)
    answer = Failed(
        source=FeedSource(key=str(gone.id), url=gone.url),
        kind=FailureKind.HTTP_ERROR,
        reason="Umpan sudah dihapus oleh sumber.",
        status=410,
    )
    desk.take(answer, NOW)
    ill = desk.add_source(SourceListing(url="https://zzy.example/feed", name="Zzy sakit"), NOW)
    for day in (0, 5, 8):
        desk.take(failed(ill), NOW + timedelta(days=day))
    page = web.session("analis").get("/sumber").text
    assert "410 berarti umpan ini dihapus" in page
    assert "mati, masih dicoba tiap hari" in page and "tidak dicoba lagi" in page
    assert page.index("Zzz hilang") < page.index("(contoh)")


def test_a_corrected_story_says_so_on_its_pages_and_over_rest(web: Web) -> None:
    desk = web.desk
    source = desk.add_source(SourceListing(url="https://ralat.example/feed", name="Kabar Ralat"), NOW)
    title = CLASH[0].replace("Baamang", "Ujung Pandaran")
    text = CLASH[1].replace("Baamang", "Ujung Pandaran")
    desk.take(fetched(source, entry("k", title, text)), NOW)
    desk.take(fetched(source, entry("k", title, f"{text} Ralat: jumlah luka keliru.")), NOW)
    with desk._store.reading() as books:
        number = books.items.total()
        incident = books.incidents.incident_of(number)
    assert incident is not None
    browser = web.session()
    assert "sumber dikoreksi" in browser.get(f"/butir/{number}").text
    assert "sumber dikoreksi: <a" in browser.get(f"/insiden/{incident}").text
    told = web.client.get(f"/api/v1/items/{number}", headers=web.key()).json()
    assert (told["correction"], told["text_from"], told["version"]) == ("dikoreksi", "feed", 2)


def test_the_command_line_lists_a_move_and_accepts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, classifier: Classifier
) -> None:
    for place in ("api.cli_desk.load_shipped", "screening.desk.load_shipped"):
        monkeypatch.setattr(place, lambda: classifier)
    for name in [name for name in os.environ if name.startswith("DINI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DINI_DATA", str(tmp_path))
    settings = Settings.load()
    desk = Desk(Store(settings.database_url), classifier, settings)
    desk.set_up(NOW)
    source = moving(desk)
    desk.close()

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, list(arguments))
        return result.exit_code, result.output

    assert f"Pindah ke {NEW}." in run("sources", "list")[1]
    assert run("sources", "accept-move", str(source.id)) == (0, f"{source.id}\tpindahan\t{NEW}\n")
    assert run("sources", "accept-move", str(source.id))[0] == 2
    assert run("sources", "accept-move", "https://takada.example/")[0] == 2
