"""Who may do what, route by route: written by hand, compared with the routes by `tests/test_api_access.py`.

The rule of a route (`api.auth.Rule`) asks here how far a regency may reach on it. A route that is not named
here is closed to regencies, and one with a number in its path that no sight rule is declared for stops the
start: what was forgotten is refused, never shown.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from screening import Role

Who = frozenset[Role]


class Reach(enum.StrEnum):
    """How far the office of a signed-in visitor reaches on a route."""

    SAME = "sama"  # holds nothing of any office
    SELF = "diri"  # one's own sign-in, account and views
    OBJECT = "objek"  # the thing the path names, if the office sees it; else 404
    LISTED = "daftar"  # only what the office sees
    OFFICE = "kantor"  # figures of one's own office; another's is refused
    PROVINCE = "provinsi"  # regencies are refused


ANYBODY: Who = frozenset()  # no sign-in needed
READERS: Who = frozenset(Role)
KEEPERS: Who = READERS - {Role.AUDITOR}
REVIEWERS: Who = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR})
OPERATORS: Who = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
INSPECTORS: Who = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
HEADS: Who = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATORS: Who = frozenset({Role.ADMINISTRATOR})

# Names in a path, and the kind of thing `desk.offices.sees` is asked about; empty: not a thing of an office,
# or one that only the province or its owner reaches, as the route's reach says.
PATHS = {
    "incident_id": "insiden",
    "item_id": "butir",
    "memo_id": "naskah",
    "review_id": "putusan",
    "follow_up_id": "tindak",
    "reading_id": "bacaan2",
    "topic_id": "topik",
    "view_id": "tampilan",
    **dict.fromkeys(
        (
            "source_id",  # sources are the same for all
            "code",  # of an indicator
            "name",  # of an export
            "ending",
            "request_id",  # the rest is the province's
            "hold_id",
            "note_id",
            "sample_id",
            "hook_id",
            "delivery_id",
            "event_id",
            "key_id",
            "session_id",
            "account_id",
            "handle",  # of a session, looked for among one's own only
        ),
        "",
    ),
}

TABLE: dict[tuple[Who, Reach | None], tuple[str, ...]] = {
    (ANYBODY, None): (
        "GET /",
        "GET /healthz",
        "GET /readyz",
        "GET /masuk",
        "POST /masuk",
        "GET /masuk/luar",
        "GET /masuk/luar/balik",
        "GET /privasi",
        "GET /api/v1/health",
    ),
    (READERS, Reach.SELF): (
        "GET /akun",
        "GET /akun/langkah-kedua",
        "POST /akun/langkah-kedua",
        "POST /akun/langkah-kedua/lepas",
        "POST /akun/langkah-kedua/periksa",
        "POST /akun/sesi/akhiri",
        "POST /akun/sesi/{handle}/akhiri",
        "POST /keluar",
        "GET /masuk/kode",
        "POST /masuk/kode",
        "GET /sandi",
        "POST /sandi",
    ),
    (KEEPERS, Reach.SELF): (
        "POST /tampilan",
        "POST /tampilan/{view_id}/hapus",
    ),
    (READERS, Reach.SAME): (
        "GET /sumber",
        "GET /sumber/ekspor.opml",
        "GET /sumber/{source_id}",
        "GET /api/v1/sources",
        "GET /api/v1/sources/{source_id:int}",
        "GET /api/v1/taxonomy",
        "POST /api/v1/screen",
    ),
    (READERS, Reach.LISTED): (
        "GET /antrean",
        "GET /antrean/kabar",
        "GET /disisihkan",
        "GET /ekspor/{name}.{ending}",
        "GET /ikhtisar",
        "GET /naskah",
        "GET /tindak-lanjut",
        "GET /topik",
        "GET /api/v1/exports/incidents.csv",
        "GET /api/v1/exports/incidents.geojson",
        "GET /api/v1/exports/incidents.parquet",
        "GET /api/v1/exports/incidents.xlsx",
        "GET /api/v1/exports/sipks.csv",
        "GET /api/v1/exports/sipks.xlsx",
        "GET /api/v1/follow-ups",
        "GET /api/v1/incidents",
        "GET /api/v1/items",
        "GET /api/v1/memos",
        "GET /api/v1/overview",
        "GET /api/v1/queue",
        "GET /api/v1/set-aside",
        "GET /api/v1/topics",
    ),
    (READERS, Reach.OFFICE): (
        "GET /indikator",
        "GET /indikator/{code}",
        "GET /laporan",
        "GET /laporan.pdf",
        "GET /api/v1/digest",
        "GET /api/v1/digest.pdf",
        "GET /api/v1/digests",
        "GET /api/v1/feeds/incidents.atom",
        "GET /api/v1/feeds/incidents.json",
        "GET /api/v1/indicators",
        "GET /api/v1/indicators/{code}",
    ),
    (READERS, Reach.OBJECT): (
        "GET /butir/{item_id}",
        "GET /insiden/{incident_id}",
        "GET /naskah/{memo_id}",
        "GET /naskah/{memo_id}.docx",
        "GET /naskah/{memo_id}.pdf",
        "GET /naskah/{memo_id}/cetak",
        "GET /api/v1/assessments/{item_id}",
        "GET /api/v1/incidents/{incident_id}",
        "GET /api/v1/incidents/{incident_id}/follow-ups",
        "GET /api/v1/incidents/{incident_id}/grades",
        "GET /api/v1/incidents/{incident_id}/notes",
        "GET /api/v1/incidents/{incident_id}/similar",
        "GET /api/v1/items/{item_id}",
        "GET /api/v1/memos/{memo_id}",
        "GET /api/v1/memos/{memo_id}/pdf",
    ),
    (READERS, Reach.PROVINCE): (
        "GET /kesepakatan",
        "GET /sampel",
        "GET /api/v1/agreement",
        "GET /api/v1/samples",
    ),
    (REVIEWERS, Reach.LISTED): (
        "POST /antrean/putusan",
        "GET /baca-kedua",
        "POST /topik",
        "GET /api/v1/readings",
        "POST /api/v1/reviews",
        "POST /api/v1/topics",
        "POST /api/v1/topics/trial",
    ),
    (REVIEWERS, Reach.OBJECT): (
        "GET /adjudikasi/{reading_id}",
        "POST /adjudikasi/{reading_id}",
        "GET /baca-kedua/{reading_id}",
        "POST /baca-kedua/{reading_id}",
        "POST /baca-kedua/{reading_id}/ambil",
        "POST /baca-kedua/{reading_id}/serahkan",
        "POST /insiden/{incident_id}/catatan",
        "POST /insiden/{incident_id}/gabung",
        "POST /insiden/{incident_id}/memo",
        "POST /insiden/{incident_id}/nilai",
        "POST /insiden/{incident_id}/pisah",
        "POST /insiden/{incident_id}/putusan",
        "POST /insiden/{incident_id}/tangani",
        "POST /insiden/{incident_id}/tindak-lanjut",
        "POST /naskah/{memo_id}",
        "POST /naskah/{memo_id}/cabut",
        "GET /naskah/{memo_id}/ralat",
        "POST /naskah/{memo_id}/ralat",
        "POST /naskah/{memo_id}/tanggapan",
        "POST /putusan/{review_id}/batal",
        "POST /tindak-lanjut/{follow_up_id}",
        "POST /topik/{topic_id}/hapus",
        "GET /api/v1/adjudications/{reading_id}",
        "POST /api/v1/adjudications/{reading_id}",
        "POST /api/v1/follow-ups/{follow_up_id}/steps",
        "DELETE /api/v1/incidents/{incident_id}/claim",
        "POST /api/v1/incidents/{incident_id}/claim",
        "POST /api/v1/incidents/{incident_id}/follow-ups",
        "POST /api/v1/incidents/{incident_id}/grades",
        "POST /api/v1/incidents/{incident_id}/memos",
        "POST /api/v1/incidents/{incident_id}/merge",
        "POST /api/v1/incidents/{incident_id}/notes",
        "POST /api/v1/incidents/{incident_id}/reviews",
        "POST /api/v1/incidents/{incident_id}/split",
        "PATCH /api/v1/memos/{memo_id}",
        "POST /api/v1/memos/{memo_id}/corrections",
        "POST /api/v1/memos/{memo_id}/responses",
        "POST /api/v1/memos/{memo_id}/send",
        "POST /api/v1/memos/{memo_id}/withdraw",
        "GET /api/v1/readings/{reading_id}",
        "POST /api/v1/readings/{reading_id}/answer",
        "POST /api/v1/readings/{reading_id}/pass",
        "POST /api/v1/readings/{reading_id}/take",
        "POST /api/v1/reviews/{review_id}/undo",
        "DELETE /api/v1/topics/{topic_id:int}",
    ),
    (REVIEWERS, Reach.PROVINCE): (
        "POST /sampel/diketahui",
        "POST /sampel/diketahui/{note_id}/tarik",
        "POST /sampel/{sample_id}",
        "POST /sampel/{sample_id}/insiden",
        "POST /api/v1/learnt-elsewhere",
        "GET /api/v1/samples/next",
        "POST /api/v1/samples/{sample_id}/answer",
        "POST /api/v1/samples/{sample_id}/promote",
    ),
    (OPERATORS, Reach.PROVINCE): (
        "GET /kesiapan",
        "POST /sumber",
        "POST /sumber/impor",
        "POST /sumber/pratinjau",
        "POST /sumber/{source_id}/jeda",
        "POST /sumber/{source_id}/periksa",
        "POST /sumber/{source_id}/pindah",
        "POST /api/v1/sources",
        "POST /api/v1/sources/preview",
        "POST /api/v1/sources/{source_id}/accept-move",
    ),
    (INSPECTORS, Reach.LISTED): (
        "GET /jejak",
        "GET /jejak.csv",
    ),
    (ADMINISTRATORS, Reach.PROVINCE): (
        "GET /kunci",
        "POST /kunci",
        "POST /kunci/{key_id}/cabut",
        "GET /kait",
        "POST /kait",
        "GET /kait/{hook_id}",
        "POST /kait/{hook_id}/hapus",
        "POST /kait/{hook_id}/jeda",
        "POST /kait/{hook_id}/lanjut",
        "POST /kait/{hook_id}/rahasia",
        "POST /kait/{hook_id}/uji",
        "POST /kait/{hook_id}/ulang",
        "GET /api/v1/hooks",
        "POST /api/v1/hooks",
        "GET /api/v1/hooks/{hook_id}",
        "DELETE /api/v1/hooks/{hook_id}",
        "GET /api/v1/hooks/{hook_id}/deliveries",
        "POST /api/v1/hooks/{hook_id}/pause",
        "POST /api/v1/hooks/{hook_id}/replay",
        "POST /api/v1/hooks/{hook_id}/resume",
        "POST /api/v1/hooks/{hook_id}/rotate",
        "POST /api/v1/hooks/{hook_id}/test",
        "POST /penahanan",
        "POST /penahanan/{hold_id}/cabut",
        "GET /permintaan",
        "POST /permintaan",
        "POST /permintaan/{request_id}/hapus-teks",
        "POST /permintaan/{request_id}/jawab",
        "POST /permintaan/{request_id}/proses",
    ),
}


def rows() -> Iterator[tuple[str, Who, Reach | None]]:
    """(method and path, who, how far) of every route, in the order of the table."""
    for (who, reach), routes in TABLE.items():
        for route in routes:
            yield route, who, reach


REACH = {route: reach for route, _who, reach in rows()}
