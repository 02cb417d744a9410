"""The world of news: safe collecting of hostile feeds into clean entries. Knows no other package of ours."""

from __future__ import annotations

from feeds.address import refusal_of
from feeds.article import complete, needs_page
from feeds.collect import collect, fetch_one, run_collect
from feeds.discover import discover
from feeds.isolate import close_parsers
from feeds.links import canonical_link
from feeds.parse import parse_document
from feeds.records import (
    Dropped,
    Entry,
    Failed,
    FailureKind,
    FeedSource,
    Fetched,
    FetchSettings,
    Limits,
    NotAFeed,
    NotModified,
    Outcome,
    PageVisit,
    Parsed,
    Recalled,
    SourceListing,
)
from feeds.sample import SampleWeb
from feeds.schedule import (
    FailureWeight,
    Standing,
    adapted_interval,
    asked_wait,
    failure_weight,
    next_due,
    overlap,
    standing,
)
from feeds.send import SEND_SECONDS, Parcel, Sent, run_send
from feeds.sources import read_opml, shipped_sources, write_opml

__all__ = [
    "SEND_SECONDS",
    "Dropped",
    "Entry",
    "Failed",
    "FailureKind",
    "FailureWeight",
    "FeedSource",
    "FetchSettings",
    "Fetched",
    "Limits",
    "NotAFeed",
    "NotModified",
    "Outcome",
    "PageVisit",
    "Parcel",
    "Parsed",
    "Recalled",
    "SampleWeb",
    "Sent",
    "SourceListing",
    "Standing",
    "adapted_interval",
    "asked_wait",
    "canonical_link",
    "close_parsers",
    "collect",
    "complete",
    "discover",
    "failure_weight",
    "fetch_one",
    "needs_page",
    "next_due",
    "overlap",
    "parse_document",
    "read_opml",
    "refusal_of",
    "run_collect",
    "run_send",
    "shipped_sources",
    "standing",
    "write_opml",
]
