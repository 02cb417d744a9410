"""Rows of papers (LI, LA), their versions and steps; what their facts stand on now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import NotFound
from screening.memo import (
    Classification,
    Findings,
    Memo,
    MemoFields,
    MemoKind,
    MemoState,
    MemoStep,
    MemoVersion,
    Sending,
    Standing,
    StepKind,
    fields_in,
    fields_out,
    findings_in,
    findings_out,
)
from screening.records import Sight
from screening.schema import (
    account,
    incident,
    inserted_id,
    item,
    memo,
    memo_step,
    memo_version,
    retraction,
    review,
)
from screening.store_offices import HOME, seen
from screening.taxonomy import PROVINCE, Severity

_CHUNK = 400
_AUTHOR = account.alias("author")
_SENDER = account.alias("sender")


class Memos:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- writing

    def open(
        self, kind: MemoKind, incident_id: int, given: MemoFields, account_id: int, now: datetime
    ) -> int:
        """A draft with its first version."""
        values = _header(given) | {
            "kind": kind,
            "incident_id": incident_id,
            "state": MemoState.DRAFT,
            "version": 1,
            "created_at": now,
            "created_by": account_id,
        }
        number = inserted_id(self._db.execute(memo.insert().values(**values)))
        self._version(number, 1, given, None, account_id, now)
        return number

    def write(
        self, one: Memo, given: MemoFields, findings: Findings | None, account_id: int, now: datetime
    ) -> int:
        """The next version; its number."""
        version = one.version + 1
        self._version(one.id, version, given, findings, account_id, now)
        self._db.execute(memo.update().where(memo.c.id == one.id).values(version=version, **_header(given)))
        return version

    def mark_sent(self, memo_id: int, at: datetime, account_id: int) -> None:
        values = {"state": MemoState.SENT, "sent_at": at, "sent_by": account_id}
        self._db.execute(memo.update().where(memo.c.id == memo_id).values(**values))

    def mark_withdrawn(self, memo_id: int) -> None:
        self._db.execute(memo.update().where(memo.c.id == memo_id).values(state=MemoState.WITHDRAWN))

    def step(
        self,
        memo_id: int,
        kind: StepKind,
        *,
        version: int,
        at: datetime,
        now: datetime,
        institutions: Sequence[str],
        words: str,
        account_id: int,
    ) -> None:
        values = {
            "memo_id": memo_id,
            "kind": kind,
            "version": version,
            "at": at,
            "recorded_at": now,
            "institutions": "\n".join(institutions),
            "words": words,
            "account_id": account_id,
        }
        self._db.execute(memo_step.insert().values(**values))

    # --- reading

    def lock(self, memo_id: int) -> Memo:
        """The paper, held until the transaction ends, so that two savers come one after the other."""
        return self._one(_memos().where(memo.c.id == memo_id).with_for_update(of=memo))

    def one(self, memo_id: int) -> Memo:
        return self._one(_memos().where(memo.c.id == memo_id))

    def of_incident(self, incident_id: int) -> tuple[Memo, ...]:
        """Newest first; also those of incidents that were merged into this one."""
        merged = sa.select(incident.c.id).where(incident.c.merged_into == incident_id)
        here = sa.or_(memo.c.incident_id == incident_id, memo.c.incident_id.in_(merged))
        return tuple(map(_memo, self._db.execute(_memos().where(here).order_by(memo.c.id.desc()))))

    def some(
        self,
        *,
        states: Collection[MemoState],
        kind: MemoKind | None,
        office: str,
        before: int,
        limit: int,
        sight: Sight,
    ) -> list[tuple[Memo, str, str, Severity]]:
        """(paper, title, place and level of its incident), newest first; `before` an id, 0 for the newest."""
        query = _memos().add_columns(incident.c.title, incident.c.place_name, incident.c.severity)
        query = query.join(incident, incident.c.id == memo.c.incident_id).where(*seen(sight, HOME))
        if states:
            query = query.where(memo.c.state.in_(sorted(states)))
        if kind is not None:
            query = query.where(memo.c.kind == kind)
        if office:
            query = query.where(memo.c.office == office)
        if before:
            query = query.where(memo.c.id < before)
        rows = self._db.execute(query.order_by(memo.c.id.desc()).limit(limit))
        return [(_memo(row), row.title, row.place_name, Severity(row.severity)) for row in rows]

    def counts(self, sight: Sight) -> dict[MemoState, int]:
        query = sa.select(memo.c.state, sa.func.count()).group_by(memo.c.state)
        if not sight.whole:
            query = query.join(incident, incident.c.id == memo.c.incident_id).where(*seen(sight, HOME))
        return {MemoState(state): int(n) for state, n in self._db.execute(query)}

    def versions(self, memo_id: int) -> tuple[MemoVersion, ...]:
        """Newest first."""
        query = (
            sa.select(memo_version, account.c.name.label("account_name"))
            .join(account, account.c.id == memo_version.c.account_id)
            .where(memo_version.c.memo_id == memo_id)
            .order_by(memo_version.c.version.desc())
        )
        return tuple(_version(row) for row in self._db.execute(query))

    def newest_of(self, memo_ids: Sequence[int]) -> dict[int, Findings]:
        """The frozen findings of each paper's newest version, where it has any."""
        query = (
            sa.select(memo_version.c.memo_id, memo_version.c.findings)
            .join(memo, memo.c.id == memo_version.c.memo_id)
            .where(memo_version.c.version == memo.c.version, memo_version.c.findings != "")
        )
        found: dict[int, Findings] = {}
        for start in range(0, len(memo_ids), _CHUNK):
            chosen = memo.c.id.in_(memo_ids[start : start + _CHUNK])
            for row in self._db.execute(query.where(chosen)):
                told = findings_in(row.findings)
                if told is not None:
                    found[row.memo_id] = told
        return found

    def steps(self, memo_id: int) -> tuple[MemoStep, ...]:
        """Oldest first, as they were written down."""
        query = (
            sa.select(memo_step, account.c.name.label("account_name"))
            .join(account, account.c.id == memo_step.c.account_id)
            .where(memo_step.c.memo_id == memo_id)
            .order_by(memo_step.c.id)
        )
        return tuple(
            MemoStep(
                kind=StepKind(row.kind),
                version=row.version,
                at=row.at,
                recorded_at=row.recorded_at,
                institutions=tuple(row.institutions.splitlines()),
                words=row.words,
                account=row.account_name,
            )
            for row in self._db.execute(query)
        )

    def standing(self, incident_ids: Sequence[int], item_ids: Sequence[int]) -> dict[int, Standing]:
        """By incident how it stands now, with the version and correction of all these items."""
        items: dict[int, tuple[int, str]] = {}
        for start in range(0, len(item_ids), _CHUNK):
            query = sa.select(item.c.id, item.c.version, item.c.correction)
            wanted = item.c.id.in_(item_ids[start : start + _CHUNK])
            for number, version, correction in self._db.execute(query.where(wanted)):
                items[number] = (version, correction or "")
        columns = (incident.c.id, incident.c.severity, incident.c.form, incident.c.decision)
        more = (incident.c.review_id, incident.c.merged_into)
        found: dict[int, Standing] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = incident.c.id.in_(incident_ids[start : start + _CHUNK])
            for row in self._db.execute(sa.select(*columns, *more).where(chosen)):
                found[row.id] = Standing(
                    severity=Severity(row.severity),
                    form=row.form,
                    decision=row.decision or "",
                    review_id=row.review_id,
                    merged_into=row.merged_into,
                    items=items,
                )
        return found

    def sendings(self, start: datetime, end: datetime, office: str = PROVINCE) -> tuple[Sending, ...]:
        """Papers sent in [start, end), oldest first: of the province all, of a regency its incidents'."""
        decided = (
            sa.select(sa.func.max(review.c.at))
            .where(
                review.c.incident_id == memo.c.incident_id,
                review.c.at <= memo.c.sent_at,
                review.c.id.not_in(sa.select(retraction.c.review_id)),
            )
            .scalar_subquery()
        )
        query = (
            sa.select(
                memo.c.id,
                memo.c.kind,
                memo.c.incident_id,
                memo.c.office,
                memo.c.sent_at,
                incident.c.place_code,
                memo_version.c.findings,
                sa.type_coerce(decided, memo.c.sent_at.type).label("decided_at"),
                self._first(StepKind.RESPONSE),
                self._first(StepKind.CORRECTED),
                self._first(StepKind.WITHDRAWN),
            )
            .join(incident, incident.c.id == memo.c.incident_id)
            # As it was when it left the house, so the first version that froze its findings.
            .join(memo_step, sa.and_(memo_step.c.memo_id == memo.c.id, memo_step.c.kind == StepKind.SENT))
            .join(
                memo_version,
                sa.and_(memo_version.c.memo_id == memo.c.id, memo_version.c.version == memo_step.c.version),
            )
            .where(memo.c.sent_at >= start, memo.c.sent_at < end)
            .order_by(memo.c.sent_at, memo.c.id)
        )
        if office != PROVINCE:
            query = query.where(sa.func.substr(incident.c.place_code, 1, 5) == office)
        return tuple(_sending(row) for row in self._db.execute(query))

    # --- inside

    def _first(self, kind: StepKind) -> sa.Label[Any]:
        """When the first step of a kind happened."""
        steps = memo_step.alias(f"first_{kind.name.lower()}")
        query = sa.select(sa.func.min(steps.c.at)).where(steps.c.memo_id == memo.c.id, steps.c.kind == kind)
        return sa.type_coerce(query.scalar_subquery(), steps.c.at.type).label(kind.name.lower())

    def _one(self, query: sa.Select[Any]) -> Memo:
        row = self._db.execute(query).first()
        if row is None:
            raise NotFound("Laporan itu tidak ada.")
        return _memo(row)

    def _version(  # noqa: PLR0917  the row's columns
        self,
        memo_id: int,
        version: int,
        given: MemoFields,
        findings: Findings | None,
        account_id: int,
        now: datetime,
    ) -> None:
        values = {
            "memo_id": memo_id,
            "version": version,
            "fields": fields_out(given),
            "findings": "" if findings is None else findings_out(findings),
            "account_id": account_id,
            "at": now,
        }
        self._db.execute(memo_version.insert().values(**values))


def _header(given: MemoFields) -> dict[str, Any]:
    """What the list shows of the fields, beside them."""
    return {
        "office": given.office,
        "number": given.number,
        "classification": given.classification,
        "subject": given.subject,
    }


def _memos() -> sa.Select[Any]:
    return (
        sa.select(memo, _AUTHOR.c.name.label("author_name"), _SENDER.c.name.label("sender_name"))
        .join(_AUTHOR, _AUTHOR.c.id == memo.c.created_by)
        .outerjoin(_SENDER, _SENDER.c.id == memo.c.sent_by)
    )


def _memo(row: Any) -> Memo:
    return Memo(
        id=row.id,
        kind=MemoKind(row.kind),
        incident_id=row.incident_id,
        office=row.office,
        number=row.number,
        classification=Classification(row.classification),
        subject=row.subject,
        state=MemoState(row.state),
        version=row.version,
        created_at=row.created_at,
        account=row.author_name,
        sent_at=row.sent_at,
        sent_by=row.sender_name or "",
    )


def _version(row: Any) -> MemoVersion:
    return MemoVersion(
        version=row.version,
        fields=fields_in(row.fields),
        findings=findings_in(row.findings),
        account=row.account_name,
        at=row.at,
    )


def _sending(row: Any) -> Sending:
    frozen = findings_in(row.findings)
    if frozen is None:
        raise ValueError(f"memo {row.id} was sent without findings")
    return Sending(
        memo_id=row.id,
        kind=MemoKind(row.kind),
        incident_id=row.incident_id,
        office=row.office,
        place_code=row.place_code,
        severity=Severity(frozen.level),
        form=frozen.form,
        decided_at=row.decided_at,
        sent_at=row.sent_at,
        responded_at=row.response,
        corrected_at=row.corrected,
        withdrawn_at=row.withdrawn,
    )
