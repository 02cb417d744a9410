"""The world of news: safe collecting of hostile feeds into clean entries. Knows no other package of ours."""

from __future__ import annotations

from feeds.collect import collect, fetch_one, run_collect
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
    Parsed,
    SourceListing,
)
from feeds.sample import SampleWeb
from feeds.schedule import next_due
from feeds.sources import read_opml, shipped_sources, write_opml

__all__ = [
    "Dropped",
    "Entry",
    "Failed",
    "FailureKind",
    "FeedSource",
    "FetchSettings",
    "Fetched",
    "Limits",
    "NotAFeed",
    "NotModified",
    "Outcome",
    "Parsed",
    "SampleWeb",
    "SourceListing",
    "canonical_link",
    "close_parsers",
    "collect",
    "fetch_one",
    "next_due",
    "parse_document",
    "read_opml",
    "run_collect",
    "shipped_sources",
    "write_opml",
]
