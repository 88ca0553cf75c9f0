package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What a push costs: of 10,000 own products to Zoho CRM, 100 a call, and of 1,000 plans to Zoho Billing, one a call. No limit slows the calls down. */
record Pushes(Application application) {

    private static final int PRODUCTS = 10_000;
    private static final int PLANS = 1_000;
    private static final int CALLS_A_MINUTE = 90;

    void measure(Figures figures) throws Exception {
        try (Connection connection = application.database()) {
            prepare(connection);
            Run created = push("crm-products", "new");
            Run quiet = push("crm-products", "unchanged");
            execute(connection, "UPDATE own_products SET price = price + 1");
            Run changed = push("crm-products", "changed");
            figures.add("push of 10,000 new products to CRM", number("%,.0f/s", PRODUCTS / created.seconds()),
                number("changed ones %,.0f/s", PRODUCTS / changed.seconds()), number("%.2f", changed.seconds() / created.seconds()), "");
            figures.add("  changed ones a minute at 90 calls", number("%,.0f", changed.updated() / (double) changed.calls() * CALLS_A_MINUTE), "100 a call 9,000",
                number("%.2f", changed.updated() / (double) changed.calls() / 100), "1,000");
            figures.add("  a quiet run over 10,000 rows", number("%.0f ms", quiet.seconds() * 1000), number("changed ones %,.0f ms", changed.seconds() * 1000),
                number("%.3f", quiet.seconds() / changed.seconds()), "1 s");
            figures.add("  calls of it", number("%d", quiet.calls()), "", "", "0");
            execute(connection, "UPDATE own_products SET family = 'Fibre', recurring = price WHERE n <= " + PLANS);
            push("billing-products", "families");
            push("billing-plans", "new plans");
            execute(connection, "UPDATE own_products SET recurring = recurring + 1 WHERE family IS NOT NULL");
            Run plans = push("billing-plans", "changed plans");
            figures.add("  calls for each changed plan, one record a call", number("%.3f", plans.calls() / (double) plans.updated()), "1", "", "1.1");
        }
    }

    private Run push(String target, String what) throws Exception {
        Figures.progress("pushes to " + target + ", " + what);
        return application.push(target);
    }

    /** Makes own products, their view and targets that are on. */
    static void prepare(Connection connection) throws SQLException {
        execute(connection, "CREATE TABLE own_products (n integer PRIMARY KEY, price numeric, recurring numeric, family text)");
        execute(connection, "INSERT INTO own_products SELECT n, n FROM generate_series(1, " + PRODUCTS + ") n");
        execute(connection, "DROP VIEW push_products");
        execute(connection, """
            CREATE VIEW push_products AS
            SELECT o.org_id, 'key-' || p.n AS record_key, 'SKU-' || p.n AS sku, 'Product ' || p.n AS name, repeat('Described ', 50) AS description, p.price,
                   CAST(NULL AS text) AS currency, true AS is_active, false AS price_may_be_zero, 'Fibre' AS category, CAST(NULL AS text) AS brand, 'pcs' AS unit,
                   CAST(NULL AS text) AS image_url, CAST(NULL AS text) AS link_url, CAST(NULL AS numeric) AS stock, p.recurring AS recurring_price,
                   'months' AS recurring_unit, CAST(NULL AS integer) AS cycles, CAST(NULL AS numeric) AS setup_fee, p.family AS product_family,
                   CAST(NULL AS text) AS tax_id
              FROM own_products p CROSS JOIN organisations o""");
        execute(connection, """
            INSERT INTO push_targets (org_id, target, state)
            SELECT o.org_id, t, 'on' FROM organisations o CROSS JOIN unnest(ARRAY['crm-products', 'billing-products', 'billing-plans']) t
                ON CONFLICT (org_id, target) DO UPDATE SET state = 'on'""");
        execute(connection, "ANALYZE own_products");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
