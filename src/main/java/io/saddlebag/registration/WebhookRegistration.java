package io.saddlebag.registration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.zoho.ZohoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A registration in progress: the settings found in Zoho, the wanted ones, and the results. Holds no secret. */
public class WebhookRegistration {

    private final String org;
    private final String base;
    private final boolean dryRun;
    private final List<String> kinds;
    private final Map<String, String> fingerprints;
    private final Map<String, List<Map<String, Object>>> known = new HashMap<>();
    private final Map<String, ZohoException> refusals = new HashMap<>();
    private final List<WantedWebhook> wanted = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private int calls;
    private int callsToMake;

    /**
     * @param base address at which Zoho reaches this server
     * @param kinds that are copied for the organisation
     * @param fingerprints of earlier registrations, by webhook id
     */
    WebhookRegistration(String org, String base, boolean dryRun, List<String> kinds, Map<String, String> fingerprints) {
        this.org = org;
        this.base = base;
        this.dryRun = dryRun;
        this.kinds = kinds;
        this.fingerprints = fingerprints;
    }

    String org() {
        return org;
    }

    String base() {
        return base;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    public List<String> getKinds() {
        return kinds;
    }

    /** @return null if Saddlebag did not register the webhook */
    String fingerprint(String webhookId) {
        return fingerprints.get(webhookId);
    }

    void add(WantedWebhook webhook) {
        wanted.add(webhook);
    }

    void note(String text) {
        notes.add(text);
    }

    /** @return entries of a product's setting read so far; null before the first page */
    List<Map<String, Object>> known(String product, String setting) {
        return known.get(product + setting);
    }

    /** @return whether any of them is new */
    boolean learn(String product, String setting, List<Map<String, Object>> more) {
        List<Map<String, Object>> all = known.computeIfAbsent(product + setting, any -> new ArrayList<>());
        boolean news = !all.containsAll(more);
        all.addAll(more);
        return news;
    }

    /** Stops further calls to a product that refuses all of them. */
    void refuse(String product, ZohoException refusal) {
        refusals.put(product, refusal);
    }

    /** @return null if the product accepts calls */
    ZohoException refusal(String product) {
        return refusals.get(product);
    }

    void called() {
        calls++;
    }

    void toCall() {
        callsToMake++;
    }

    /**
     * @return the webhooks in Zoho as JSON: by product a list of the wanted ones, missing ones too, and the names of all others, whose addresses may hold secrets of other programs.
     *         A product whose lists were not read is left out
     */
    public String getSeen() throws JsonProcessingException {
        Map<String, List<Map<String, Object>>> seen = new LinkedHashMap<>();
        for (WantedWebhook one : wanted) {
            if (known(one.getProduct(), "webhooks") != null && known(one.getProduct(), "workflows") != null) {
                seen.computeIfAbsent(one.productName(), first -> others(one.getProduct())).add(one.seen(dryRun));
            }
        }
        return new ObjectMapper().writeValueAsString(seen);
    }

    private List<Map<String, Object>> others(String product) {
        return known(product, "webhooks").stream()
            .filter(webhook -> wanted.stream().noneMatch(one -> one.getProduct().equals(product) && Objects.equals(one.getWebhookId(), String.valueOf(webhook.get("webhook_id")))))
            .map(webhook -> {
                Map<String, Object> other = new LinkedHashMap<>();
                other.put("name", webhook.get("webhook_name"));
                other.put("module", webhook.get("entity"));
                other.put("state", "other");
                return other;
            }).collect(Collectors.toCollection(ArrayList::new));
    }

    /** @return the answer */
    public String getJson() throws JsonProcessingException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("org", org);
        answer.put("ok", wanted.stream().noneMatch(WantedWebhook::isFailed));
        answer.put("dryRun", dryRun);
        answer.put("publicUrl", base);
        answer.put("calls", calls);
        if (dryRun) {
            answer.put("callsToMake", callsToMake);
        }
        answer.put("webhooks", wanted.stream().map(WantedWebhook::json).toList());
        answer.put("notes", notes);
        return new ObjectMapper().writeValueAsString(answer);
    }
}
