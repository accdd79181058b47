"""Reads everything that a driver's own list of tables shows: read.py psycopg|sqlalchemy|odbc, for scripts/test-drivers.

The environment has what "inflow connection credentials --json" printed: INFLOW_URL, INFLOW_ODBC and PGPASSWORD. Prints what
cannot be read, one line each, and a summary; ends with 1 where there is such a line.
"""

import os
import sys
import warnings

faults = []
listed = []
rows_read = 0
keys = 0


def read(name, rows):
    """Takes the rows of a relation, with the driver's types, and notes what goes wrong."""
    global rows_read
    listed.append(name)
    try:
        for row in rows():
            tuple(row)
            rows_read += 1
    except Exception as error:  # A driver's errors have no class in common.
        faults.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")


def with_tls(url):
    return url + ("&" if "?" in url else "?") + "sslmode=require"


def psycopg_reads():
    import psycopg
    from psycopg import sql

    global keys
    connection = psycopg.connect(with_tls(os.environ["INFLOW_URL"]), autocommit=True)
    assert connection.pgconn.ssl_in_use, "the session is not encrypted"
    relations = connection.execute(
        """
        select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        union select table_schema, table_name from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2
        """
    ).fetchall()
    for schema, name in relations:
        query = sql.SQL("select * from {}").format(sql.Identifier(schema, name))
        read(f"{schema}.{name}", lambda: connection.execute(query))
    keys = connection.execute(
        "select count(*) from information_schema.table_constraints where constraint_type = 'PRIMARY KEY'"
    ).fetchone()[0]


def sqlalchemy_reads():
    import sqlalchemy

    global keys
    # A type that SQLAlchemy does not know is a warning.
    warnings.simplefilter("error", sqlalchemy.exc.SAWarning)
    url = with_tls(os.environ["INFLOW_URL"]).replace("postgresql://", "postgresql+psycopg://")
    engine = sqlalchemy.create_engine(url, connect_args={"password": os.environ["PGPASSWORD"]})
    inspector = sqlalchemy.inspect(engine)
    with engine.connect() as connection:
        for schema in inspector.get_schema_names():
            if schema == "information_schema":
                continue
            names = inspector.get_table_names(schema) + inspector.get_view_names(schema)
            for name in names + inspector.get_materialized_view_names(schema):

                def rows():
                    table = sqlalchemy.Table(name, sqlalchemy.MetaData(), schema=schema, autoload_with=engine)
                    return connection.execute(sqlalchemy.select(table))

                read(f"{schema}.{name}", rows)
                keys += bool(inspector.get_pk_constraint(name, schema)["constrained_columns"])


def odbc_reads():
    import pyodbc

    global keys
    text = os.environ["INFLOW_ODBC"] + ";Pwd=" + os.environ["PGPASSWORD"]
    connection = pyodbc.connect(text, autocommit=True)
    is_encrypted = connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()[0]
    assert str(is_encrypted) in ("1", "True"), "the session is not encrypted"
    relations = [
        (row.table_schem, row.table_name) for row in connection.cursor().tables() if row.table_type != "SYSTEM TABLE"
    ]
    for schema, name in relations:
        if schema in ("pg_catalog", "information_schema"):
            continue
        read(f"{schema}.{name}", lambda: connection.execute(f'select * from "{schema}"."{name}"'))
        keys += len(connection.cursor().primaryKeys(name, schema=schema).fetchall()) > 0


{"psycopg": psycopg_reads, "sqlalchemy": sqlalchemy_reads, "odbc": odbc_reads}[sys.argv[1]]()
for fault in faults:
    print("  " + fault)
print(
    f"{sys.argv[1]}: {len(listed)} tables and views listed, {rows_read} rows read, {keys} with a primary key, "
    f"{len(faults)} faults"
)
sys.exit(1 if faults or not listed or not rows_read or not keys else 0)
