package io.saddlebag.organisations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.problem.ApiException;
import io.saddlebag.pull.TimerSettings;
import io.saddlebag.zoho.connection.ZohoRegion;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Reads the body of a request about an organisation; a refusal names the invalid field. */
@Component("organisationRequest")
public class OrganisationRequest {

    private static final int LONGEST = 65_536;
    private static final String FIELDS = "orgId, name, region, clientId, clientSecret, refreshToken, sameConnectionAs, "
        + "callsPerMinute, callsPerDay, callsInFlight, pullCron, fullCron, timezone, kinds, filters, deskOrgId, webhookSecret, addWebhookSecret, dropOldWebhookSecrets, push, meta";

    private final JsonMapper json = JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final SelectionRequest selection;
    private final PushSettings pushes;

    OrganisationRequest(SelectionRequest selection, PushSettings pushes) {
        this.selection = selection;
        this.pushes = pushes;
    }

    /**
     * @param body null where Camel left it in the request: a form sent by PATCH, the content type of curl -d
     * @return the fields that were given, in their order
     * @throws ApiException with the name of the invalid field
     */
    public OrganisationFields read(@Header("CamelHttpServletRequest") HttpServletRequest http, @Body InputStream body)
            throws IOException {
        byte[] bytes = (body == null ? http.getInputStream() : body).readNBytes(LONGEST + 1);
        if (bytes.length > LONGEST) {
            throw new ApiException(413, "The body must not exceed " + LONGEST + " bytes", Map.of());
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        parse(bytes).fields().forEachRemaining(field -> fields.put(field.getKey(), value(field.getKey(), field.getValue())));
        return new OrganisationFields(fields);
    }

    /** @return the decoded name; Camel decodes parameters, but not names in the path */
    public String named(String encoded) {
        try {
            return UriUtils.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    /** Hides the parser's message, because it quotes the body with its secrets. */
    private JsonNode parse(byte[] bytes) throws IOException {
        try {
            JsonNode sent = json.readTree(bytes);
            if (sent != null && sent.isObject()) {
                return sent;
            }
        } catch (JsonProcessingException e) {
            // refused below
        }
        throw new ApiException(400, "Send one JSON object with fields of " + FIELDS, Map.of());
    }

    private Object value(String field, JsonNode value) {
        return switch (field) {
            case "orgId" -> text(field, value, "[0-9]{1,30}", "must be Zoho's id of the organisation: digits");
            case "name" -> text(field, value, "(?!pending-)(?=.*[^0-9])[^\\p{Cntrl}/\\\\?#%;]{1,100}",
                "must be 1 to 100 characters, other than digits alone, none of them / \\ ? # % ;");
            case "region" -> region(field, value);
            case "clientId", "clientSecret", "refreshToken" ->
                text(field, value, "[\\x21-\\x7E]{1,500}", "must be as Zoho shows it, without spaces");
            case "sameConnectionAs" -> text(field, value, "[^\\p{Cntrl}]{1,100}",
                "must be the id or the name of another organisation");
            case "callsPerMinute", "callsPerDay", "callsInFlight" -> value.isNull() ? null : number(field, value);
            case "pullCron", "fullCron" -> value.isNull() ? null : timer(field, value, TimerSettings::cron);
            case "timezone" -> value.isNull() ? null : timer(field, value, TimerSettings::zone);
            case "kinds" -> value.isNull() ? null : selection.kinds(value);
            case "filters" -> value.isNull() ? null : selection.filters(value);
            case "deskOrgId" -> value.isNull() ? null : text(field, value, "[0-9]{1,30}", "must be the id that GET /organizations of Zoho Desk names: digits");
            case "webhookSecret" -> value.isNull() ? null : text(field, value, "[0-9A-Za-z]{12,50}(,[0-9A-Za-z]{12,50})*",
                "must be 12 to 50 letters and digits, as Zoho takes them; several with a comma between two");
            case "addWebhookSecret" -> text(field, value, "[0-9A-Za-z]{12,50}", "must be 12 to 50 letters and digits, as Zoho takes them");
            case "dropOldWebhookSecrets" -> yes(field, value);
            case "push" -> pushes.read(value);
            case "meta" -> value.isNull() ? null : meta(value);
            default -> throw bad(field, "not a field of an organisation. The fields are " + FIELDS);
        };
    }

    private static String text(String field, JsonNode value, String pattern, String rule) {
        if (!value.isTextual() || !value.textValue().matches(pattern)) {
            throw bad(field, rule);
        }
        return value.textValue();
    }

    /** @return catalogue, token and link as they are given; null for what is to be forgotten */
    private static Map<String, String> meta(JsonNode value) {
        if (!value.isObject()) {
            throw bad("meta", "must be an object with catalogue and token, or null to forget them");
        }
        Map<String, String> given = new LinkedHashMap<>();
        value.fields().forEachRemaining(part -> given.put(part.getKey(), part.getValue().isNull() ? null : switch (part.getKey()) {
            case "catalogue" -> text("meta.catalogue", part.getValue(), "[0-9]{1,30}", "must be the id of the catalogue at Meta: digits");
            case "token" -> text("meta.token", part.getValue(), "[\\x21-\\x7E]{1,1000}", "must be the token of a system user as Meta shows it, without spaces");
            case "link" -> text("meta.link", part.getValue(), "https?://[\\x21-\\x7E]{1,500}", "must be the address of an item's page, with {sku} or {id} in it");
            default -> throw bad("meta." + part.getKey(), "not a field of meta. The fields are catalogue, token, link");
        }));
        return given;
    }

    private static Boolean yes(String field, JsonNode value) {
        if (!value.isBoolean() || !value.booleanValue()) {
            throw bad(field, "must be true, or left out");
        }
        return true;
    }

    private static Integer number(String field, JsonNode value) {
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw bad(field, "must be a whole number from 1, or null for the value of the settings");
        }
        return value.intValue();
    }

    private static String region(String field, JsonNode value) {
        try {
            return ZohoRegion.of(value.asText()).toString();
        } catch (BadSettingException e) {
            throw bad(field, e.getMessage().replace("ZOHO_REGION: ", ""));
        }
    }

    private static String timer(String field, JsonNode value, BinaryOperator<String> check) {
        try {
            return check.apply(field, value.asText());
        } catch (BadSettingException e) {
            throw new ApiException(400, e.getMessage(), Map.of("field", field));
        }
    }

    private static ApiException bad(String field, String problem) {
        return ApiException.ofField(400, field, problem);
    }
}
