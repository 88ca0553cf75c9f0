package io.saddlebag.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The rules of Prometheus and the board of Grafana that come with Saddlebag, and what their expressions name. */
final class MonitoringFiles {

    static final Path PROMETHEUS = Path.of("monitoring/prometheus");
    static final Path RULES = PROMETHEUS.resolve("saddlebag.rules.yml");
    static final Path BOARD = Path.of("monitoring/grafana/dashboards/saddlebag.json");

    /** max by (org, entity) */
    private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on)\\s*\\(([^)]*)\\)");
    /** saddlebag_push_records{job="saddlebag", status="unknown"} */
    private static final Pattern SELECTOR = Pattern.compile("\\b([a-z][a-z0-9_]*_[a-z0-9_]+|up)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("([A-Za-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");
    /** saddlebag_zoho_slots_held without braces would ask every job. */
    private static final Pattern BARE = Pattern.compile("\\b(?:saddlebag|jvm|process|hikaricp|http|camel|resilience4j)_[a-z0-9_]+(?![a-z0-9_{])");
    /** Prometheus itself makes these. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private MonitoringFiles() {
    }

    /** Rules by the names of their alerts, in the order of the file. */
    static Map<String, Map<?, ?>> rules() {
        Map<String, Map<?, ?>> rules = new LinkedHashMap<>();
        for (Object group : (List<?>) ((Map<?, ?>) new Yaml().load(Pages.read(RULES))).get("groups")) {
            for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                rules.put(((Map<?, ?>) rule).get("alert").toString(), (Map<?, ?>) rule);
            }
        }
        return rules;
    }

    static JsonNode board() throws IOException {
        return new ObjectMapper().readTree(BOARD.toFile());
    }

    /** The panels of the board but for the rows' titles. */
    static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        board().get("panels").forEach(panel -> panels.add(panel));
        panels.removeIf(panel -> panel.get("type").asText().equals("row"));
        return panels;
    }

    /** All expressions with the place where each stands. */
    static Map<String, String> expressions() throws IOException {
        Map<String, String> expressions = new LinkedHashMap<>();
        rules().forEach((alert, rule) -> expressions.put("alert " + alert, rule.get("expr").toString()));
        for (JsonNode panel : panels()) {
            panel.get("targets").forEach(target ->
                expressions.put("panel " + panel.get("title").asText() + " " + target.get("refId").asText(), target.get("expr").asText()));
        }
        board().at("/annotations/list").forEach(annotation ->
            expressions.put("annotation " + annotation.get("name").asText(), annotation.get("expr").asText()));
        String query = board().at("/templating/list/1/query/query").asText(); // label_values(metric{...}, label)
        expressions.put("variable org", query.replaceFirst("label_values\\((.*), *(\\w+)\\)", "count by ($2) ($1)"));
        return expressions;
    }

    /** @return what a board's expression asks once Grafana has filled its variables in */
    static String filled(String expression) {
        return expression.replace("$org", ".*").replace("$__rate_interval", "5m");
    }

    /** @return the metrics that an expression names, each with the labels by which it chooses or groups */
    static Map<String, Set<String>> named(String expression) {
        if (BARE.matcher(expression).find()) {
            throw new AssertionError("a metric without {job=\"saddlebag\"} in " + expression);
        }
        Map<String, Set<String>> named = new TreeMap<>();
        Matcher selectors = SELECTOR.matcher(expression);
        while (selectors.find()) {
            Set<String> labels = named.computeIfAbsent(selectors.group(1), metric -> new TreeSet<>());
            MATCHER.matcher(selectors.group(2)).results().forEach(match -> labels.add(match.group(1)));
            int at = selectors.start();
            Matcher groups = GROUPED.matcher(expression);
            while (groups.find()) {
                if (groups.group().startsWith("on") || groups.end() <= at && at < end(expression, groups.end())) {
                    Stream.of(groups.group(1).split("\\s*,\\s*")).forEach(labels::add);
                }
            }
        }
        named.remove("up");
        named.values().forEach(labels -> labels.removeAll(OF_PROMETHEUS));
        return named;
    }

    /** @return where the parenthesis ends that opens next */
    private static int end(String expression, int from) {
        int depth = 0;
        for (int at = expression.indexOf('(', from); at >= 0 && at < expression.length(); at++) {
            depth += expression.charAt(at) == '(' ? 1 : expression.charAt(at) == ')' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        throw new AssertionError("a parenthesis without end in " + expression);
    }
}
