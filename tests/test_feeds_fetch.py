"""The one way out: every hostile answer, every disguised inside address, and what is sent."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import threading
import zlib
from dataclasses import replace
from typing import Any

import brotli
import pytest
import zstandard
from aiohttp.abc import AbstractResolver, ResolveResult
from feeds_ground import Loopback, item, load, loopback, needs_shared, response, rss
from hostile_ground import scenario_step

from feeds import Failed, FailureKind, FeedSource, FetchSettings, Limits, NotModified
from feeds.address import Target, is_inside, normal_target
from feeds.fetch import AddressInfo, FetchedBytes, fetch, open_session
from feeds.unpack import BadCoding, TooLarge, Unpacker

PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}
QUICK = Limits(total_seconds=3.0, connect_seconds=2.0)
FEED = rss(item())


async def get(served: Loopback, limits: Limits = QUICK, **source: str) -> FetchedBytes | NotModified | Failed:
    settings = FetchSettings(allow=frozenset({served.host_port}), limits=limits)
    async with open_session(settings) as session:
        return await fetch(session, FeedSource(key="s", **{"url": served.url, **source}), settings)


def once(answer: Any, limits: Limits = QUICK, **source: str) -> FetchedBytes | NotModified | Failed:
    async def run() -> FetchedBytes | NotModified | Failed:
        async with loopback(answer) as served:
            return await get(served, limits, **source)

    return asyncio.run(run())


# --- the hostile scenarios, played on loopback -------------------------------------------------------


async def _play(scenario: dict[str, Any], **source: str) -> tuple[Any, Loopback, int]:
    """Play one scenario; gives (outcome, the server, how many connections reached the forbidden port)."""
    hits = 0

    async def hit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal hits
        hits += 1
        writer.close()

    other = await asyncio.start_server(hit, "127.0.0.1", 0)
    holder: list[Loopback] = []
    steps = [scenario_step(step, holder, other.sockets[0].getsockname()[1]) for step in scenario["steps"]]
    async with loopback(*steps) as served:
        holder.append(served)
        patient = scenario["id"].startswith(("http_endless", "http_bomb"))
        outcome = await get(served, replace(QUICK, total_seconds=20.0 if patient else 1.5), **source)
    other.close()
    return outcome, served, hits


def _name(outcome: Any) -> str:
    return outcome.kind.value if isinstance(outcome, Failed) else "ok"


@needs_shared
@pytest.mark.parametrize("scenario", load("http_scenarios.json"), ids=lambda s: s["id"])
def test_a_hostile_server_ends_as_its_manifest_says(scenario: dict[str, Any]) -> None:
    outcome, served, hits = asyncio.run(_play(scenario))
    expect = scenario["expect"]
    assert isinstance(outcome, FetchedBytes | Failed)
    if "fetch" in expect:
        wanted = expect["fetch"] if isinstance(expect["fetch"], list) else [expect["fetch"]]
        assert _name(outcome) in wanted
    assert hits == 0
    assert len(served.requests) <= expect.get("max_requests", 6)
    if isinstance(outcome, FetchedBytes):
        assert outcome.moved_to == ""
        assert len(outcome.etag) <= QUICK.validator_chars
        assert "\t" not in outcome.etag
    if expect.get("no_auth_header"):
        assert all("authorization:" not in request.lower() for request in served.requests)
    if expect.get("next_poll"):
        assert isinstance(outcome, Failed)
        assert outcome.retry_after_seconds is not None
        bound = expect["next_poll"]
        low = 120 if "120" in bound else 60
        assert low <= outcome.retry_after_seconds <= 24 * 3600


# --- disguised inside addresses, with a fake DNS -----------------------------------------------------


class _FakeDns(AbstractResolver):
    def __init__(self, names: dict[str, Any]) -> None:
        self.names, self.asked = names, 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answers = self.names.get(host)
        if answers is None:
            raise OSError(None, "unknown name")
        if answers and isinstance(answers[0], list):
            answers = answers[min(self.asked, len(answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answers
        ]

    async def close(self) -> None:
        pass


class _NoNetwork(OSError):
    pass


async def _try_urls(urls: list[str], names: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """Fetch each url with the fake DNS and no wire; gives (outcomes, addresses dialled)."""
    dialled: list[str] = []

    def dial(info: AddressInfo) -> socket.socket:
        dialled.append(str(info[4][0]))
        raise _NoNetwork("tests dial nobody")

    settings = FetchSettings(limits=QUICK)
    async with open_session(settings, resolver=_FakeDns(names), dial=dial) as session:
        outcomes = [await fetch(session, FeedSource(key="s", url=url), settings) for url in urls]
    return outcomes, dialled


@needs_shared
@pytest.mark.parametrize("case", load("ssrf_urls.json"), ids=lambda c: c["id"])
def test_an_address_in_disguise_is_judged_by_where_it_leads(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    rebinds = any(answers and isinstance(answers[0], list) for answers in case["dns"].values())
    outcomes, dialled = asyncio.run(_try_urls([case["url"]] * (2 if rebinds else 1), case["dns"]))
    # The names of the controls stand for public servers; 1.1.1.1 and its like are the only ones dialled.
    assert not any(is_inside(address) for address in dialled)
    last = outcomes[-1]
    assert isinstance(last, Failed)
    if case["expect"] == "refuse":
        assert last.kind is FailureKind.REFUSED
        assert rebinds or not dialled
    elif case["expect"] == "allow":
        assert dialled
        assert last.kind is FailureKind.NET_ERROR


def test_a_name_is_resolved_once_and_that_very_address_is_dialled() -> None:
    names = {"a.rebind.example": [["1.1.1.1"], ["127.0.0.1"]]}
    outcomes, dialled = asyncio.run(_try_urls(["http://a.rebind.example/"], names))
    assert dialled == ["1.1.1.1"]
    assert outcomes[0].kind is FailureKind.NET_ERROR


def test_name_servers_that_hang_hold_up_no_other_name_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered, real = threading.Event(), socket.getaddrinfo

    def look(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).startswith("mati"):
            answered.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return real(host, *rest, **more)

    async def run() -> tuple[list[Any], Any]:
        async with loopback(FEED_200) as served:
            allow = frozenset({f"localhost:{served.port}"})
            settings = FetchSettings(allow=allow, limits=replace(QUICK, connect_seconds=1.0), workers=60)
            async with open_session(settings) as session:
                hung = [
                    asyncio.create_task(
                        fetch(session, FeedSource(key="s", url=f"http://mati{n}.example/"), settings)
                    )
                    for n in range(50)
                ]
                await asyncio.sleep(0)
                well = FeedSource(key="s", url=f"http://localhost:{served.port}/feed")
                read = await fetch(session, well, settings)
                return list(await asyncio.gather(*hung)), read

    monkeypatch.setattr(socket, "getaddrinfo", look)
    given_up, read = asyncio.run(run())
    assert not answered.is_set(), "nobody waited for the name servers"
    answered.set()
    assert isinstance(read, FetchedBytes)
    assert {(one.kind, one.reason) for one in given_up} == {
        (FailureKind.NET_ERROR, "nama host tidak ditemukan")
    }


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.9.8.7",
        "100.127.255.255",
        "127.0.0.53",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.0.1",
        "192.0.0.171",
        "192.0.2.9",
        "192.88.99.7",
        "192.168.0.1",
        "198.19.0.1",
        "198.51.100.4",
        "203.0.113.77",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "4000::1",
        "rubbish",
    ],
)
def test_the_deny_table_holds_every_special_range(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "103.10.66.1", "11.0.0.1", "2606:4700::1111", "2404:6800::1"]
)
def test_the_deny_table_leaves_public_addresses_alone(address: str) -> None:
    assert not is_inside(address)


def test_the_allow_list_opens_one_host_and_port_and_nothing_beside_it() -> None:
    settings = FetchSettings(allow=frozenset({"127.0.0.1:8061", "desa.internal:80"}))
    assert isinstance(normal_target("http://127.0.0.1:8061/x", settings), Target)
    assert isinstance(normal_target("http://desa.internal/x", settings), Target)
    for url in (
        "http://127.0.0.1:8062/",
        "http://127.0.0.1/",
        "http://localhost:8061/",
        "http://127.1:8061/",
    ):
        assert not isinstance(normal_target(url, settings), Target), url


# --- what a good exchange looks like -----------------------------------------------------------------


def test_validators_go_out_and_a_304_comes_back_as_not_modified() -> None:
    async def run() -> tuple[Any, Loopback]:
        async with loopback(response(status="304 Not Modified")) as served:
            return await get(served, etag='"abc"', last_modified="Mon, 23 Nov 2026 09:00:00 GMT"), served

    outcome, served = asyncio.run(run())
    assert isinstance(outcome, NotModified)
    assert 'If-None-Match: "abc"' in served.requests[0]
    assert "If-Modified-Since: Mon, 23 Nov 2026 09:00:00 GMT" in served.requests[0]
    assert "Dini/" in served.requests[0]


def test_a_304_nobody_asked_for_is_no_success() -> None:
    outcome = once(response(status="304 Not Modified"))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.HTTP_ERROR


def test_a_stored_validator_with_a_line_break_is_never_sent() -> None:
    async def run() -> Loopback:
        async with loopback(response(FEED)) as served:
            assert isinstance(await get(served, etag='"a"\r\nX-Evil: 1'), FetchedBytes)
            return served

    assert "X-Evil" not in asyncio.run(run()).requests[0]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "raw", "br", "zstd", "identity", ""])
def test_each_coding_is_undone(coding: str) -> None:
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(FEED),
        "x-gzip": gzip.compress(FEED),
        "deflate": zlib.compress(FEED),
        "raw": raw.compress(FEED) + raw.flush(),
        "br": brotli.compress(FEED),
        "zstd": zstandard.compress(FEED),
    }
    name = "deflate" if coding == "raw" else coding
    outcome = once(response(bodies.get(coding, FEED), headers=(("Content-Encoding", name),)))
    assert isinstance(outcome, FetchedBytes)
    assert outcome.body == FEED


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_coding_that_breaks_off_is_an_error_at_every_length(coding: str) -> None:
    packed = PACK[coding](FEED)
    for length in range(1, len(packed), 7):
        unpacker = Unpacker(coding, 1 << 20)
        with pytest.raises(BadCoding):
            unpacker.add(packed[:length])
            unpacker.finish()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stops_at_the_limit_however_it_is_cut_into_pieces(coding: str) -> None:
    pack = PACK[coding]
    bomb = pack(bytes(4_000_000))
    for step in (1, 100, len(bomb)):
        unpacker = Unpacker(coding, 100_000)
        with pytest.raises(TooLarge):
            for start in range(0, len(bomb), step):
                unpacker.add(bomb[start : start + step])


def test_zstd_frames_may_follow_each_other_however_they_are_cut_and_padding_is_passed_over() -> None:
    skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    packed = zstandard.compress(b"satu ") + skippable + zstandard.compress(b"dua") + b"\x00\x00\x00\x00"
    for step in (1, 3, 17, len(packed)):
        unpacker = Unpacker("zstd", 1000)
        for start in range(0, len(packed), step):
            unpacker.add(packed[start : start + step])
        assert unpacker.finish() == b"satu dua"


def test_a_zstd_window_larger_than_a_server_may_use_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, compression_level=1)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj().compress(bytes(3_000_000))
    unpacker = Unpacker("zstd", 10_000_000)
    with pytest.raises(BadCoding):
        unpacker.add(packed)
        unpacker.finish()


def test_a_body_cut_before_its_length_is_not_taken_for_whole() -> None:
    answer = response(FEED).replace(f"Content-Length: {len(FEED)}".encode(), b"Content-Length: 99999")
    outcome = once(answer)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NET_ERROR


def test_a_cookie_of_one_hop_does_not_reach_the_next() -> None:
    async def run() -> Loopback:
        cookie = ("Set-Cookie", "a=b; Path=/")
        async with loopback(
            response(status="302 Found", headers=(("Location", "/x"), cookie)), FEED_200
        ) as served:
            assert isinstance(await get(served), FetchedBytes)
            return served

    assert "cookie:" not in asyncio.run(run()).requests[1].lower()


FEED_200 = response(FEED, headers=(("Content-Type", "application/rss+xml"),))


class _Rerouted(socket.socket):
    """Dials the loopback server whatever public address it is told, so that a public hop can be played."""

    port = 0

    def connect(self, address: Any) -> None:
        super().connect(("127.0.0.1", self.port))


async def _public_redirect(statuses: list[str], start: str, to: str) -> Any:
    steps = [response(status=status, headers=(("Location", to),)) for status in statuses]
    async with loopback(*steps, FEED_200) as served:

        def dial(info: AddressInfo) -> socket.socket:
            sock = _Rerouted(info[0], info[1], info[2])
            sock.port = served.port
            return sock

        settings = FetchSettings(limits=QUICK)
        resolver = _FakeDns({"lama.example": ["1.1.1.1"], "baru.example": ["8.8.8.8"]})
        async with open_session(settings, resolver=resolver, dial=dial) as session:
            return await fetch(session, FeedSource(key="s", url=start), settings)


def test_a_permanent_redirect_tells_where_the_source_moved() -> None:
    outcome = asyncio.run(
        _public_redirect(["301 Moved", "308 Permanent"], "http://lama.example/f", "http://baru.example/f")
    )
    assert isinstance(outcome, FetchedBytes)
    assert outcome.moved_to == outcome.final_url == "http://baru.example/f"


def test_one_temporary_hop_in_the_chain_moves_nothing() -> None:
    outcome = asyncio.run(
        _public_redirect(["301 Moved", "302 Found"], "http://lama.example/f", "http://baru.example/f")
    )
    assert isinstance(outcome, FetchedBytes)
    assert outcome.moved_to == ""


def test_the_environment_of_proxies_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    assert isinstance(once(FEED_200), FetchedBytes)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("0", 60, 60),
        ("3600", 3600, 3600),
        ("9" * 18, 86400, 86400),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 60, 60),
    ],
)
def test_retry_after_is_read_and_clamped(value: str, low: int, high: int) -> None:
    outcome = once(response(status="503 Busy", headers=(("Retry-After", value),)))
    assert isinstance(outcome, Failed)
    assert outcome.retry_after_seconds is not None
    assert low <= outcome.retry_after_seconds <= high


@pytest.mark.parametrize("value", ["soon", "1.5", "0x10", "Mon, 99 Foo 2026"])
def test_a_senseless_retry_after_is_passed_over(value: str) -> None:
    outcome = once(response(status="503 Busy", headers=(("Retry-After", value),)))
    assert isinstance(outcome, Failed)
    assert outcome.retry_after_seconds is None


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ((), None),
        ((("Cache-Control", "public, Max-Age=600"),), 600),
        ((("Cache-Control", "public"), ("Cache-Control", 'max-age="600"'), ("Age", "200")), 400),
        ((("Cache-Control", "max-age=60"), ("Age", "99999")), 0),
        ((("Cache-Control", "no-cache, max-age=600"),), 0),
        ((("Cache-Control", "s-maxage=5, max-age=-1"),), None),
        ((("Cache-Control", "max-age=soon"), ("Age", "x")), None),
    ],
)
def test_cache_control_is_read_as_sent(headers: tuple[tuple[str, str], ...], fresh: int | None) -> None:
    outcome = once(response(FEED, headers=headers))
    assert isinstance(outcome, FetchedBytes)
    assert outcome.fresh_seconds == fresh
    unchanged = once(response(status="304 Not Modified", headers=headers), etag='"a"')
    assert isinstance(unchanged, NotModified)
    assert unchanged.fresh_seconds == fresh
