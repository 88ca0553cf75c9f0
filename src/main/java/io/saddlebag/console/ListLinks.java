package io.saddlebag.console;

import java.nio.charset.StandardCharsets;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Builds the addresses of the first and the next page of a list from the address of one page. The filters of that page are kept. */
public record ListLinks(String here) {

    /** @param parameter the API's parameter for the place in the list: before, after or next */
    public boolean isTurned(String parameter) {
        return UriComponentsBuilder.fromUriString(here).build().getQueryParams().containsKey(parameter);
    }

    public String first(String parameter) {
        return UriComponentsBuilder.fromUriString(here).replaceQueryParam(parameter).build().toString();
    }

    public String at(String parameter, Object place) {
        return UriComponentsBuilder.fromUriString(here).replaceQueryParam(parameter, UriUtils.encode(place.toString(), StandardCharsets.UTF_8)).build().toString();
    }
}
