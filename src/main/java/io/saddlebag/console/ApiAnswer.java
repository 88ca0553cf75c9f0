package io.saddlebag.console;

import java.util.Objects;
import java.util.Optional;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The answer of an address of the API to a page.
 *
 * @param address  path and query of the call
 * @param status   HTTP status
 * @param body     the JSON object of the answer as maps, lists, numbers and texts; empty if the answer has none
 * @param location header Location, the address of the started or created object; null if there is none
 * @param type     media type
 * @param link     header Link, the next page of an export; null if there is none
 * @param text     the body as text; null if there is none
 */
record ApiAnswer(String address, int status, JsonObject body, String location, String type, String link, String text) {

    public boolean isOk() {
        return status < 400;
    }

    /** @return the detail of the problem, in words for a person */
    public String detail() {
        return Objects.requireNonNullElse(body.get("detail"), "The answer was " + status).toString();
    }

    /** @return the address of the next page of an export; null after the last page */
    String next() {
        return link == null ? null : link.replaceFirst("^<(.*)>.*$", "$1");
    }

    /**
     * @param format csv or ndjson
     * @param list   name of one of several lists in the answer; null for the only or first one
     * @return the address of the whole list as a file, with the filters of this page of it
     */
    public String file(String format, String list) {
        return "/export" + UriComponentsBuilder.fromUriString(address).replaceQueryParam("before").replaceQueryParam("after").replaceQueryParam("next")
            .replaceQueryParam("limit").replaceQueryParam("payloads").queryParamIfPresent("list", Optional.ofNullable(list)).queryParam("format", format).build();
    }
}
