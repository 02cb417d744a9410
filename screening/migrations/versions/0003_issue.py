"""An analyst may correct the issue; the machine's own stays beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("issue", sa.String(length=16), nullable=True))
    op.add_column(
        "incident", sa.Column("machine_issue", sa.String(length=16), nullable=False, server_default="N")
    )
    # Until now nobody could correct an issue, so what stands there is the machine's.
    op.execute("UPDATE incident SET machine_issue = issue")


def downgrade() -> None:
    op.drop_column("incident", "machine_issue")
    op.drop_column("review", "issue")
