"""Add profiles, two-factor sign-in, mailed links and account deletion."""

import sqlalchemy as sa
from alembic import op

from anonmsg.database.tables import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    for column in (
        sa.Column("display_name", sa.String(length=50), nullable=False, server_default=""),
        sa.Column("bio", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("renamed_at", UTCDateTime(), nullable=True),
        sa.Column("leaves_at", UTCDateTime(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("totp_on_at", UTCDateTime(), nullable=True),
    ):
        op.add_column("people", column)
    op.create_index("ix_people_leaves_at", "people", ["leaves_at"])
    op.add_column(
        "sign_ins", sa.Column("label", sa.String(length=60), nullable=False, server_default="")
    )
    op.add_column("sign_ins", sa.Column("proved_at", UTCDateTime(), nullable=True))
    op.create_table(
        "mailed_links",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_mailed_links_person_id", "mailed_links", ["person_id"])
    op.create_index("ix_mailed_links_expires_at", "mailed_links", ["expires_at"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])


def downgrade() -> None:
    """Revert the change."""
    op.drop_table("recovery_codes")
    op.drop_table("mailed_links")
    with op.batch_alter_table("sign_ins") as batch_op:
        batch_op.drop_column("proved_at")
        batch_op.drop_column("label")
    op.drop_index("ix_people_leaves_at", table_name="people")
    with op.batch_alter_table("people") as batch_op:
        for column in (
            *("totp_on_at", "totp_step", "totp_sealed", "leaves_at"),
            *("renamed_at", "bio", "display_name"),
        ):
            batch_op.drop_column(column)
