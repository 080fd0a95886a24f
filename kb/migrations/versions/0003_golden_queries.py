"""Golden queries, their right answers, and runs that measured them

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "golden_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("mrr", sa.Float(), nullable=False),
        sa.Column("recall_1", sa.Float(), nullable=False),
        sa.Column("recall_3", sa.Float(), nullable=False),
        sa.Column("recall_10", sa.Float(), nullable=False),
        sa.Column("groups", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ranks", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("golden_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_golden_run_at"), ["at"], unique=False)

    op.create_table(
        "golden_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
        sa.Column("lang", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("grp", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("half", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", "lang"),
    )
    op.create_table(
        "golden_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("golden_id", sa.Integer(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("lang", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.ForeignKeyConstraint(["golden_id"], ["golden_query.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("golden_id", "slug", "lang"),
    )
    with op.batch_alter_table("golden_target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_golden_target_golden_id"), ["golden_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("golden_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_golden_target_golden_id"))

    op.drop_table("golden_target")
    op.drop_table("golden_query")
    with op.batch_alter_table("golden_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_golden_run_at"))

    op.drop_table("golden_run")
