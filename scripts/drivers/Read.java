import java.sql.*;
import java.time.*;
import java.util.*;

/**
 * Reads everything that JDBC's own list of tables shows, for scripts/test-drivers.
 *
 * <p>The environment has what "inflow connection credentials --json" printed: INFLOW_JDBC and PGPASSWORD. Prints what cannot be
 * read, one line each, and a summary; ends with 1 where there is such a line.
 */
public class Read {
    private static final String[] TYPES = {
        "TABLE", "VIEW", "MATERIALIZED VIEW", "PARTITIONED TABLE", "FOREIGN TABLE"
    };

    public static void main(String[] arguments) throws Exception {
        var url = System.getenv("INFLOW_JDBC");
        url += (url.contains("?") ? "&" : "?") + "sslmode=require";
        var login = new Properties();
        login.setProperty("password", System.getenv("PGPASSWORD"));
        var faults = new ArrayList<String>();
        int listed = 0;
        int keys = 0;
        long rows = 0;
        try (var connection = DriverManager.getConnection(url, login)) {
            try (var ssl = connection.createStatement().executeQuery(
                    "select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
                if (!ssl.next() || !ssl.getBoolean(1)) throw new IllegalStateException("the session is not encrypted");
            }
            var about = connection.getMetaData();
            try (var tables = about.getTables(null, null, "%", TYPES)) {
                while (tables.next()) {
                    var schema = tables.getString("TABLE_SCHEM");
                    var name = tables.getString("TABLE_NAME");
                    listed++;
                    try {
                        rows += read(connection, schema, name);
                        try (var columns = about.getColumns(null, schema, name, "%")) {
                            if (!columns.next()) faults.add(schema + "." + name + ": no columns");
                        }
                        try (var key = about.getPrimaryKeys(null, schema, name)) {
                            if (key.next()) keys++;
                        }
                    } catch (Exception error) {
                        faults.add(schema + "." + name + ": " + error);
                    }
                }
            }
        }
        for (var fault : faults) System.out.println("  " + fault);
        System.out.printf("pgjdbc: %d tables and views listed, %d rows read, %d with a primary key, %d faults%n",
            listed, rows, keys, faults.size());
        System.exit(faults.isEmpty() && listed > 0 && rows > 0 && keys > 0 ? 0 : 1);
    }

    private static long read(Connection connection, String schema, String name) throws SQLException {
        long count = 0;
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.setFetchSize(1000);
            try (var rows = statement.executeQuery("select * from \"" + schema + "\".\"" + name + "\"")) {
                var columns = rows.getMetaData();
                while (rows.next()) {
                    count++;
                    for (int i = 1; i <= columns.getColumnCount(); i++) take(rows, columns, i);
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        return count;
    }

    /** Takes a value with the type that belongs to its column, and refuses the stand-ins for infinity. */
    private static void take(ResultSet rows, ResultSetMetaData columns, int i) throws SQLException {
        switch (columns.getColumnTypeName(i)) {
            case "date" -> finite(rows.getObject(i, LocalDate.class), LocalDate.MIN, LocalDate.MAX);
            case "time" -> {
                if (LocalTime.MAX.equals(rows.getObject(i, LocalTime.class))) throw new SQLException("24:00");
            }
            case "timestamp" -> finite(rows.getObject(i, LocalDateTime.class), LocalDateTime.MIN, LocalDateTime.MAX);
            case "timestamptz" ->
                finite(rows.getObject(i, OffsetDateTime.class), OffsetDateTime.MIN, OffsetDateTime.MAX);
            case "numeric" -> rows.getBigDecimal(i);
            default -> rows.getObject(i);
        }
    }

    private static void finite(Object value, Object least, Object greatest) throws SQLException {
        if (least.equals(value) || greatest.equals(value)) throw new SQLException("an infinite value: " + value);
    }
}
