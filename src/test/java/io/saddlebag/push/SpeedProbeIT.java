package io.saddlebag.push;

import org.junit.jupiter.api.Test;

class SpeedProbeIT extends PushCase {
    private void time(String sql, Object... args) {
        long t = System.nanoTime();
        saddlebag().database().queryForList(sql, args);
        System.out.println("PROBE " + (System.nanoTime() - t) / 1_000_000 + " ms " + sql);
    }

    @Test
    void probe() {
        on("crm-products");
        products(10000);
        String settings = saddlebag().bean(Targets.class).of("crm-products").settings();
        String rows = saddlebag().bean(Targets.class).of("crm-products").rows();
        time("SELECT count(*) FROM push_rows(?, '60000000001', '{}')", rows);
        time("SELECT cardinality(ARRAY(SELECT r FROM push_rows(?, '60000000001', '{}') r))", rows);
        time("SELECT count(rank) FROM push_judged('60000000001', 'crm-products', CAST(? AS jsonb), '{}', ARRAY(SELECT r FROM push_rows(?, '60000000001', '{}') r))", settings, rows);
        time("SELECT count(push_refusal(r.body, NULL, false, false, NULL, push_keys(CAST(? AS jsonb), 'required'), push_keys('{}', 'money'), '{}', '{}')) FROM push_rows(?, '60000000001', '{}') r", settings, rows);
        time("SELECT count(*) FROM push_next(1, '60000000001', 'crm-products', CAST(? AS jsonb), '{}', ?, 1000)", settings, rows);
        Thread sampler = new Thread(() -> {
            java.util.Map<String, Integer> n = new java.util.TreeMap<>();
            try {
                for (int i = 0; i < 600; i++) {
                    for (var r : rows("SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS q FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()")) {
                        n.merge(String.valueOf(r.get("q")), 1, Integer::sum);
                    }
                    Thread.sleep(100);
                }
            } catch (Exception e) { }
            n.forEach((q, c) -> System.out.println("PROBE " + c + " " + q));
        });
        sampler.start();
        for (int i = 0; i < 3; i++) {
            long t = System.nanoTime();
            var run = push("crm-products");
            System.out.println("PROBE run " + (System.nanoTime() - t) / 1_000_000 + " ms " + run);
        }
        saddlebag().database().update("UPDATE own_products SET price = price + 1 WHERE substr(id, length(id)) = '1'");
        long t = System.nanoTime();
        System.out.println("PROBE changed " + push("crm-products") + (System.nanoTime() - t) / 1_000_000);
        t = System.nanoTime();
        saddlebag().database().queryForList("SELECT push_is_due('60000000001', 'crm-products', CAST(? AS jsonb), ?)", saddlebag().bean(Targets.class).of("crm-products").settings(), saddlebag().bean(Targets.class).of("crm-products").rows());
        System.out.println("PROBE due " + (System.nanoTime() - t) / 1_000_000);
        for (String q : new String[] {"SELECT count(*) FROM push_rows(?, '60000000001', '{}')"}) {
            t = System.nanoTime();
            saddlebag().database().queryForList(q, saddlebag().bean(Targets.class).of("crm-products").rows());
            System.out.println("PROBE rows " + (System.nanoTime() - t) / 1_000_000);
        }
        saddlebag().database().queryForList("EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM push_judged('60000000001', 'crm-products', CAST(? AS jsonb), '{}', ARRAY(SELECT r FROM push_rows(?, '60000000001', '{}') r))", saddlebag().bean(Targets.class).of("crm-products").settings(), saddlebag().bean(Targets.class).of("crm-products").rows()).forEach(System.out::println);
    }
}
