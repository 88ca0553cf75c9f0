package io.saddlebag.registration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.zoho.ZohoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A registration under way: what there is in Zoho, what is wanted, what came of it. Nothing in it is secret. */
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
     * @param kinds that the organisation has copied
     * @param fingerprints with which webhooks were registered before, by their ids
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

    boolean isDryRun() {
        return dryRun;
    }

    public List<String> getKinds() {
        return kinds;
    }

    /** @return null where it was not registered from here */
    String fingerprint(String webhookId) {
        return fingerprints.get(webhookId);
    }

    void add(WantedWebhook webhook) {
        wanted.add(webhook);
    }

    void note(String text) {
        notes.add(text);
    }

    /** @return what was read of a setting of a product so far; null before the first page */
    List<Map<String, Object>> known(String product, String setting) {
        return known.get(product + setting);
    }

    /** @return whether there was anything new among them */
    boolean learn(String product, String setting, List<Map<String, Object>> more) {
        List<Map<String, Object>> all = known.computeIfAbsent(product + setting, any -> new ArrayList<>());
        boolean news = !all.containsAll(more);
        all.addAll(more);
        return news;
    }

    /** No further call goes to a product that refuses them all. */
    void refuse(String product, ZohoException refusal) {
        refusals.put(product, refusal);
    }

    /** @return null where calls make sense */
    ZohoException refusal(String product) {
        return refusals.get(product);
    }

    void called() {
        calls++;
    }

    void toCall() {
        callsToMake++;
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
