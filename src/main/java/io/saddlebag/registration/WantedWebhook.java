package io.saddlebag.registration;

import java.util.LinkedHashMap;
import java.util.Map;

/** A wanted webhook, the workflow rule that triggers it, and the result of registering both. */
public class WantedWebhook {

    /** Zoho's rule_type by our event name. Source: requests of public clients; Zoho's pages name no values. */
    private static final Map<String, String> RULE_TYPES = Map.of("created", "add", "updated", "edit", "deleted", "delete");

    private final String entity;
    private final String event;
    private final String module;
    private final String product;
    private final String url;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<String, String> results = new LinkedHashMap<>();
    private String problem;
    private String note;

    /**
     * @param module of Zoho's automation, such as inventory_adjustment
     * @param product the start of its API's paths, such as /inventory/v1
     * @param url that Zoho calls
     */
    WantedWebhook(String entity, String event, String module, String product, String url) {
        this.entity = entity;
        this.event = event;
        this.module = module;
        this.product = product;
        this.url = url;
    }

    String module() {
        return module;
    }

    public String getProduct() {
        return product;
    }

    String url() {
        return url;
    }

    /** @return the name of the webhook and of its rule, by which both are found again */
    String name() {
        return "Saddlebag " + module + " " + event;
    }

    String ruleType() {
        return RULE_TYPES.get(event);
    }

    /** @param setting webhooks or workflows */
    void found(String setting, String id) {
        ids.put(setting, id);
    }

    /** @return the id in Zoho; null while there is none */
    String id(String setting) {
        return ids.get(setting);
    }

    public String getWebhookId() {
        return id("webhooks");
    }

    /** @param result exists, created or changed */
    void ended(String setting, String result) {
        results.put(setting, result);
    }

    /** @return null before there is a result */
    String result(String setting) {
        return results.get(setting);
    }

    void failed(String detail) {
        problem = detail;
    }

    void note(String detail) {
        note = detail;
    }

    boolean isFailed() {
        return problem != null;
    }

    String productName() {
        return product.equals("/books/v3") ? "Books" : "Inventory";
    }

    /** @return the webhook as it is in Zoho after the call. @param dryRun whether the results were only planned */
    Map<String, Object> seen(boolean dryRun) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("name", name());
        seen.put("module", module);
        seen.put("entity", entity);
        seen.put("event", event);
        seen.put("state", state("webhooks", dryRun));
        seen.put("rule", results.containsKey("webhooks") ? state("workflows", dryRun) : null);
        seen.put("url", url);
        seen.put("detail", problem != null ? problem : note);
        return seen;
    }

    /** A setting without a result was not written, because Zoho refused the call. */
    private String state(String setting, boolean dryRun) {
        String result = results.get(setting);
        boolean isWritten = result != null && !(dryRun && !"exists".equals(result));
        return isWritten ? "registered" : id(setting) == null ? "missing" : "outdated";
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("entity", entity);
        json.put("event", event);
        json.put("module", module);
        json.put("product", productName());
        json.put("url", url);
        json.put("status", problem != null ? "failed" : results.containsValue("created") ? "created"
            : results.containsValue("changed") ? "changed" : "exists");
        json.put("webhook", results.get("webhooks"));
        json.put("rule", results.get("workflows"));
        json.put("detail", problem != null ? problem : note);
        return json;
    }
}
