package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Holds a route file against Camel's YAML schema and against the rules of this project, in the build and before a live reload.
 * The rules were all learnt from what Camel does without a word; each says so in its reason.
 */
class RouteRules {

    private final CamelYamlSchema schema = new CamelYamlSchema();
    private final RouteFormRules form = new RouteFormRules();
    private final RouteErrorRules errors = new RouteErrorRules();
    private final RouteEndpointRules endpoints = new RouteEndpointRules();
    private final RouteAuditRules audit = new RouteAuditRules();
    private final RouteReferenceRules relations = new RouteReferenceRules();

    /**
     * @param routes all route files that would run together
     * @return what is wrong in {@code file}, in the order of its lines; empty when it may run
     */
    List<Finding> check(RouteFile file, Collection<RouteFile> routes) {
        List<Finding> findings = new ArrayList<>(schema.check(file));
        findings.addAll(form.check(file));
        findings.addAll(errors.check(file));
        findings.addAll(endpoints.check(file));
        findings.addAll(relations.check(file, routes));
        findings.addAll(audit.check(file, routes));
        findings.sort(Comparator.comparingInt(Finding::line));
        return findings;
    }
}
