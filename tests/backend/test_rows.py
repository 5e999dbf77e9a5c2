"""Reading effects back, also when a reading breaks off."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.rows import RowReader
from backend.schema import orders, payments
from backend.tables import create_tables


def test_a_reading_that_breaks_off_half_way_has_seen_nothing(tmp_path: Path) -> None:
    engine = create_sql_engine(f"sqlite:///{tmp_path / 'rows'}", pool_size=1)
    try:
        with engine.begin() as connection:
            create_tables(connection)
            connection.execute(
                orders.insert().values(order_no="A-1", item="tea", quantity=1, status=10, submission_id="1.1")
            )
            connection.execute(sa.text("ALTER TABLE payments RENAME TO away"))
        reader = RowReader(engine, (orders, payments))
        with pytest.raises(sa.exc.OperationalError):
            reader.read_new()
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO payments"))
        assert [row.submission_id for row in reader.read_all()] == ["1.1"]
        assert reader.read_all() == []
    finally:
        engine.dispose()
