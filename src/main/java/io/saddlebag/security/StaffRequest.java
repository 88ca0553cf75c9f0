package io.saddlebag.security;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.problem.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Reads requests about users, and refuses invalid ones. This class returns a password only as a hash. */
@Component("staffRequest")
public class StaffRequest {

    private static final int MAX_BODY_BYTES = 8192;
    private static final int MIN_PASSWORD_LENGTH = 12;
    /** bcrypt reads no more bytes. */
    private static final int MAX_PASSWORD_BYTES = 72;
    private static final String NAME = "[a-z0-9][a-z0-9._@+-]{0,63}";
    /** Names that already stand for other callers in the audit and in the trigger of a run. */
    private static final Set<String> RESERVED = Set.of(StaffLogin.ADMIN, SchedulerLogin.USER, "settings", "unknown");

    private final JsonMapper json = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final StaffUsers users;
    private final StaffLogin logins;
    private final Caller caller;

    StaffRequest(StaffUsers users, StaffLogin logins, Caller caller) {
        this.users = users;
        this.logins = logins;
        this.caller = caller;
    }

    /** @return whether a user of the table staff can have this name */
    static boolean isName(String name) {
        return name.matches(NAME) && !RESERVED.contains(name);
    }

    /** @return a map with name, role and password (a hash) of a new user */
    public Map<String, Object> created(@Header("CamelHttpServletRequest") HttpServletRequest http, @Body InputStream body) throws IOException {
        JsonNode sent = read(http, body, Set.of("name", "role", "password"));
        String name = sent.path("name").asText();
        if (!name.matches(NAME)) {
            throw ApiException.ofField(400, "name", "must be 1 to 64 small letters, digits and . _ @ + -, the first one a letter or a digit");
        }
        if (RESERVED.contains(name)) {
            throw ApiException.ofField(409, "name", name + " stands for another caller; choose another name");
        }
        Map<String, Object> user = new HashMap<>();
        user.put("name", name);
        user.put("role", role(sent));
        user.put("password", password(sent));
        return user;
    }

    /** @return a map with name, role, password (a hash) and disabled; null for a field that does not change */
    public Map<String, Object> changed(@Header("CamelHttpServletRequest") HttpServletRequest http, @Header("name") String encoded,
            @Body InputStream body) throws IOException {
        String name = named(encoded);
        JsonNode sent = read(http, body, Set.of("role", "password", "oldPassword", "disabled"));
        if (name.equals(caller.name(http))) {
            checkOwn(sent);
            checkOldPassword(http, name, sent.path("oldPassword").asText());
        }
        Map<String, Object> user = new HashMap<>();
        user.put("name", name);
        user.put("role", sent.has("role") ? role(sent) : null);
        user.put("password", sent.has("password") ? password(sent) : null);
        if (sent.has("disabled") && !sent.get("disabled").isBoolean()) {
            throw ApiException.ofField(400, "disabled", "must be true or false");
        }
        user.put("disabled", sent.has("disabled") ? sent.get("disabled").booleanValue() : null);
        return user;
    }

    /** @return the name of the user to delete; users cannot delete themselves */
    public String deleted(@Header("CamelHttpServletRequest") HttpServletRequest http, @Header("name") String encoded) {
        String name = named(encoded);
        if (name.equals(caller.name(http))) {
            throw new ApiException(409, "You cannot delete yourself; another admin can", Map.of());
        }
        return name;
    }

    /** @param stored the name of the new user; null if another user has this name */
    public String made(String name, String stored) {
        if (stored == null) {
            throw ApiException.ofField(409, "name", "there is a user " + name + " already; change it by PATCH /api/staff/" + name);
        }
        return stored;
    }

    /** @param stored the name of the user; null if no user has this name */
    public String found(String name, String stored) {
        if (stored == null) {
            throw new ApiException(404, "There is no user \"" + name + "\"; GET /api/staff lists them", Map.of());
        }
        return stored;
    }

    private static String named(String encoded) {
        String name;
        try {
            name = UriUtils.decode(encoded, StandardCharsets.UTF_8); // Camel decodes the query's parameters, but not the parameters of the path
        } catch (IllegalArgumentException e) {
            name = encoded;
        }
        if (name.equals(StaffLogin.ADMIN)) {
            throw new ApiException(409, "The user admin is in the settings: its password is SADDLEBAG_ADMIN_PASSWORD or, where that is not set, in the"
                + " file admin.password of the data directory", Map.of());
        }
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /** An admin must not lock out all users by mistake, and a stranger at an open browser must not be able to change the password. */
    private static void checkOwn(JsonNode sent) {
        if (sent.has("role") || sent.has("disabled")) {
            throw new ApiException(409, "You cannot change your own role or disable yourself; another admin can", Map.of());
        }
        if (!sent.path("oldPassword").isTextual()) {
            throw ApiException.ofField(400, "oldPassword", "is needed to change your own password");
        }
    }

    private void checkOldPassword(HttpServletRequest http, String name, String password) {
        var login = UsernamePasswordAuthenticationToken.unauthenticated(name, password);
        login.setDetails(new WebAuthenticationDetails(http));
        try {
            Authentication right = logins.authenticate(login);
            assert right.isAuthenticated();
        } catch (LoginPausedException paused) {
            throw new ApiException(429, paused.getMessage(), Map.of());
        } catch (BadCredentialsException wrong) {
            throw ApiException.ofField(403, "oldPassword", "is wrong");
        } catch (AuthenticationException away) {
            throw new ApiException(503, away.getMessage(), Map.of());
        }
    }

    private static String role(JsonNode sent) {
        return Role.of(sent.path("role").asText()).orElseThrow(() -> ApiException.ofField(400, "role", "must be viewer, operator or admin")).text();
    }

    private String password(JsonNode sent) {
        String password = sent.path("password").asText();
        if (password.length() < MIN_PASSWORD_LENGTH || password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD_BYTES) {
            throw ApiException.ofField(400, "password", "must have " + MIN_PASSWORD_LENGTH + " characters at least and " + MAX_PASSWORD_BYTES + " bytes at most");
        }
        return users.hash(password);
    }

    /** The parser's message is not shown, because it quotes the body with the password. */
    private JsonNode read(HttpServletRequest http, InputStream body, Set<String> fields) throws IOException {
        byte[] bytes = (body == null ? http.getInputStream() : body).readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new ApiException(413, "The body must not exceed " + MAX_BODY_BYTES + " bytes", Map.of());
        }
        try {
            JsonNode sent = json.readTree(bytes);
            if (sent != null && sent.isObject() && !sent.isEmpty()) {
                sent.fieldNames().forEachRemaining(field -> {
                    if (!fields.contains(field)) {
                        throw ApiException.ofField(400, field, "not a field of a user here. The fields are " + String.join(", ", fields.stream().sorted().toList()));
                    }
                });
                return sent;
            }
        } catch (JsonProcessingException e) {
            // refused below
        }
        throw new ApiException(400, "Send one JSON object with fields of " + String.join(", ", fields.stream().sorted().toList()), Map.of());
    }
}
