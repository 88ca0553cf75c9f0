package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/**
 * A problem of the installation.
 *
 * @param key   identifies the problem as long as it lasts; letters, digits and {@code . _ -} only, because an alert's key is part of an address
 * @param org   Zoho's id of the organisation; null if the problem concerns all
 * @param text  one sentence with cause and remedy
 * @param since when the problem began, as text; null if unknown
 * @param mend  what solves the problem or shows more of it
 */
record Finding(String key, String org, String text, String since, Mend mend) {

    Finding {
        Objects.requireNonNull(mend, key);
        key = key.replaceAll("[^A-Za-z0-9._-]+", "-");
    }

    Finding(String key, String text, Mend mend) {
        this(key, null, text, null, mend);
    }

    JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("key", key).put("org", org).put("text", text);
        if (since != null) {
            json.put("since", since);
        }
        json.set("mend", json.objectNode().put("label", mend.label()).put("method", mend.method()).put("address", mend.address()));
        return json;
    }

    /**
     * What a person can do about a problem.
     *
     * @param label  for a button
     * @param method POST for a call, GET for a page of the console or of the documentation
     */
    record Mend(String label, String method, String address) {

        static Mend page(String label, String address) {
            return new Mend(label, "GET", address);
        }

        /** What only an operator can do, outside of Saddlebag. @param words of the page to which a browser scrolls */
        static Mend docs(String label, String page, String words) {
            return page(label, "/docs/" + page + "#:~:text=" + words.replace(" ", "%20"));
        }

        static Mend call(String label, String address) {
            return new Mend(label, "POST", address);
        }
    }
}
