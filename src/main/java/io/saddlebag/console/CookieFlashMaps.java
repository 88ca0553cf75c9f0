package io.saddlebag.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.http.LaxCookie;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;
import org.springframework.web.util.WebUtils;

/**
 * Keeps the message of a button for the next page in a cookie, because the browser may request that page from another replica. Only texts are kept.
 */
@Component("flashMapManager")
class CookieFlashMaps extends AbstractFlashMapManager {

    private static final String COOKIE = "SAID";
    /** The key, among the texts, of the page that shows them. */
    private static final String PAGE = "/";
    private static final int MAX_COOKIE_LENGTH = 3000;
    private static final int MAX_TEXT_LENGTH = 600;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() { };

    private final ObjectMapper json = new ObjectMapper();

    @Override
    protected List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, COOKIE);
        if (cookie == null || cookie.getValue().isEmpty() || request.getHeader("HX-Request") != null) { // htmx renews a part of a page, which shows no text
            return null;
        }
        FlashMap said = new FlashMap();
        try {
            said.putAll(json.readValue(Base64.getUrlDecoder().decode(cookie.getValue()), TEXTS));
            said.setTargetRequestPath((String) said.remove(PAGE));
        } catch (IOException | IllegalArgumentException notOurs) {
            return null;
        }
        return new ArrayList<>(List.of(said)); // Spring removes the flash map that is shown from this list
    }

    @Override
    protected void updateFlashMaps(List<FlashMap> maps, HttpServletRequest request, HttpServletResponse response) {
        String value = "";
        if (!maps.isEmpty()) {
            Map<String, String> texts = new TreeMap<>();
            FlashMap last = maps.get(maps.size() - 1);
            texts.put(PAGE, last.getTargetRequestPath());
            last.forEach((name, text) -> texts.put(name, cut(String.valueOf(text))));
            try {
                value = Base64.getUrlEncoder().withoutPadding().encodeToString(json.writeValueAsBytes(texts));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("A map of texts is JSON", e);
            }
        }
        response.addCookie(LaxCookie.of(request, COOKIE, value.length() > MAX_COOKIE_LENGTH ? "" : value, "/", maps.isEmpty() ? 0 : getFlashMapTimeout()));
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT_LENGTH ? text.substring(0, MAX_TEXT_LENGTH) + " …" : text;
    }
}
