"""Prints the newest orders as a table; --sample needs no database."""

import os
import sys

ROWS = int(os.environ.get("REPORT_ROWS", "20"))


def rows():
    if "--sample" in sys.argv:
        return [("2026-01-01", 1), ("2026-01-02", 2)]
    import psycopg2

    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT day, amount FROM orders ORDER BY day DESC LIMIT %s", (ROWS,))
        return cursor.fetchall()


found = rows()
for day, amount in found:
    print(day, amount)
print("total", sum(amount for _, amount in found))
