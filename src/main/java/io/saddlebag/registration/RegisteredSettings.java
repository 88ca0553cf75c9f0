package io.saddlebag.registration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** Zoho's webhooks and workflow rules: reads them from its answers, builds the wanted ones, and decides which call leads from one to the other. */
record RegisteredSettings(WebhookRegistration registration, WantedWebhook wanted) {

    private static final Map<String, String> SINGLE = Map.of("webhooks", "webhook", "workflows", "workflow");

    /**
     * The call that a webhook or a rule needs.
     *
     * @param setting webhooks or workflows
     * @param result exists, created or changed
     * @param method null where there is nothing to do
     * @param path null where there is nothing to do
     */
    public record Write(String setting, String result, String method, String path) {

        public String getMethod() {
            return method;
        }

        public String getPath() {
            return path;
        }
    }

    /** @return the entries of a page; none where Zoho sends an empty text instead of a list */
    static List<Map<String, Object>> listed(Map<?, ?> page, String setting) {
        return maps(page.get(setting));
    }

    static boolean hasMore(Map<?, ?> page) {
        return page.get("page_context") instanceof Map<?, ?> context && Boolean.TRUE.equals(context.get("has_more_page"));
    }

    /** @return the id in an answer; null where there is none */
    static String id(Map<?, ?> answer, String setting) {
        String single = SINGLE.get(setting);
        Object content = answer.get(single) instanceof Map<?, ?> map ? map : answer;
        return text(((Map<?, ?>) content).get(single + "_id"));
    }

    /** With the default payload of Zoho's own page: the whole record as JSON. */
    static Map<String, Object> webhook(WantedWebhook wanted, String secret) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("webhook_name", wanted.name());
        content.put("description", "Keeps Saddlebag's copy up to date");
        content.put("entity", wanted.module());
        content.put("method", "POST");
        content.put("url", wanted.url());
        content.put("secret", secret);
        content.put("body_type", "application/json");
        content.put("raw_data", "${JSONString}");
        return content;
    }

    /** Applies to every record and every change. */
    static Map<String, Object> rule(WantedWebhook wanted) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("workflow_name", wanted.name());
        content.put("description", "Keeps Saddlebag's copy up to date");
        content.put("entity", wanted.module());
        content.put("rule_type", wanted.ruleType());
        content.put("rule", Map.of());
        content.put("apply_rule_always", true);
        content.put("instant_actions", List.of(Map.of("action_type", "webhook", "action_id", wanted.getWebhookId())));
        return content;
    }

    /**
     * A webhook with our name is ours and is brought up to date. One that only has our address was made by a person and is left alone.
     *
     * @param fingerprint of the wanted secret and address
     */
    Write webhook(String fingerprint) {
        Optional<Map<String, Object>> ours = find("webhooks", webhook -> wanted.name().equals(webhook.get("webhook_name")));
        Optional<Map<String, Object>> found = ours.isPresent() ? ours : find("webhooks", webhook ->
            wanted.url().equals(webhook.get("url")) && wanted.module().equals(webhook.get("entity")));
        found.ifPresent(webhook -> wanted.found("webhooks", text(webhook.get("webhook_id"))));
        if (found.isEmpty()) {
            return new Write("webhooks", "created", "POST", wanted.getProduct() + "/settings/webhooks");
        }
        if (ours.isEmpty()) {
            wanted.note("The webhook \"" + found.get().get("webhook_name") + "\", not registered by Saddlebag, has this address; its first call "
                + "shows whether its secret is right");
        }
        boolean asItIsToBe = ours.isEmpty() || wanted.url().equals(ours.get().get("url"))
            && fingerprint.equals(registration.fingerprint(wanted.getWebhookId()));
        return asItIsToBe ? new Write("webhooks", "exists", null, null)
            : new Write("webhooks", "changed", "PUT", wanted.getProduct() + "/settings/webhooks/" + wanted.getWebhookId());
    }

    /**
     * A rule with our name gets the webhook that no rule sends: a new one, or one whose rule could not be changed when the webhook was created. Without
     * {@code related_rules} in Zoho's list nobody knows which rule sends a webhook, and the rule is left alone.
     */
    Write rule() {
        Optional<Map<String, Object>> ours = find("workflows", rule -> wanted.name().equals(rule.get("workflow_name")));
        Optional<Map<String, Object>> listed = find("webhooks", webhook -> Objects.equals(text(webhook.get("webhook_id")), wanted.getWebhookId()));
        List<String> senders = listed.map(webhook -> maps(webhook.get("related_rules"))).orElse(List.of()).stream()
            .map(rule -> text(rule.get("workflow_id"))).toList();
        Optional<Map<String, Object>> found = ours.isPresent() ? ours
            : find("workflows", rule -> senders.contains(text(rule.get("workflow_id"))));
        if (found.isEmpty()) {
            return new Write("workflows", "created", "POST", wanted.getProduct() + "/settings/workflows");
        }
        wanted.found("workflows", text(found.get().get("workflow_id")));
        if (Boolean.FALSE.equals(found.get().get("is_active"))) {
            wanted.note("Its rule is switched off in Zoho; switch it on there");
        }
        boolean nobodySends = senders.isEmpty() && listed.map(webhook -> webhook.containsKey("related_rules")).orElse(true);
        return !nobodySends ? new Write("workflows", "exists", null, null)
            : new Write("workflows", "changed", "PUT", wanted.getProduct() + "/settings/workflows/" + wanted.id("workflows"));
    }

    private Optional<Map<String, Object>> find(String setting, Predicate<Map<String, Object>> wish) {
        return registration.known(wanted.getProduct(), setting).stream().filter(wish).findFirst();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> maps(Object list) {
        return list instanceof List<?> entries
            ? entries.stream().filter(Map.class::isInstance).map(entry -> (Map<String, Object>) entry).toList() : List.of();
    }

    /** Zoho sends ids as texts, although its documentation shows numbers. */
    private static String text(Object id) {
        return id == null ? null : id.toString();
    }
}
