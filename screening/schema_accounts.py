"""Tables of signing in: wrong attempts, known browsers, the second step, outside sign-in."""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Hash, Moment, Number, Words, _to, metadata

# Attempts by the minute; the key is a hash of what is slowed (account and address, ...). Gone after an hour.
attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("key_hash", Hash, primary_key=True),
    sa.Column("minute", Moment, primary_key=True),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Index("ix_attempt_minute", "minute"),
)

# A browser in which an account signed in: a stranger's guesses elsewhere do not slow it.
known_device = sa.Table(
    "known_device",
    metadata,
    sa.Column("token_hash", Hash, primary_key=True),
    _to("account", primary_key=True, autoincrement=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False, index=True),
    sa.Index("ix_known_device_account_id", "account_id"),
)

# Which key outside this database its secrets are sealed under, and something sealed to try a key on: one row.
seal = sa.Table(
    "seal",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=False),
    sa.Column("key_mark", sa.String(16), nullable=False),
    sa.Column("sealed", Words, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# TOTP of an account, sealed: it must be read again to compare codes.
second_step = sa.Table(
    "second_step",
    metadata,
    _to("account", primary_key=True, autoincrement=False),
    # As it was made on SQLite, which minds no length; made anew, it would leave secrets in freed pages.
    sa.Column("secret", sa.String(512).with_variant(sa.String(64), "sqlite"), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("last_step", Number, nullable=False),  # no code works twice, nor one older than the last
)

recovery_code = sa.Table(
    "recovery_code",
    metadata,
    _to("account", primary_key=True, autoincrement=False),
    sa.Column("code_hash", Hash, primary_key=True),
    sa.Column("used_at", Moment),
)

# Who an outside provider's subject is here; made by command, never by a sign-in.
outside_link = sa.Table(
    "outside_link",
    metadata,
    sa.Column("link_hash", Hash, primary_key=True),  # of issuer and subject
    sa.Column("issuer", Words, nullable=False),
    sa.Column("subject", Words, nullable=False),
    _to("account", index=True),
    sa.Column("added_at", Moment, nullable=False),
)

# A sign-in that is under way at the provider: taken out once, bound to the browser that began it.
outside_start = sa.Table(
    "outside_start",
    metadata,
    sa.Column("state_hash", Hash, primary_key=True),
    sa.Column("browser_hash", Hash, nullable=False),
    sa.Column("issuer", Words, nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("target", Words, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)
