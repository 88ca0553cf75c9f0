package io.saddlebag.check;

import io.saddlebag.connect.ConsentScopes;
import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import io.saddlebag.zoho.ZohoScopeException;
import io.saddlebag.zoho.ZohoUnauthorizedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Describes whether Zoho can take what the push targets of an organisation would write. */
@Component("targetCheck")
public class TargetCheck {

    private static final List<String> PRODUCTS = List.of("crm", "billing", "inventory", "books", "desk", "meta");

    private final Targets targets;
    private final ConsentScopes scopes;

    TargetCheck(Targets targets, ConsentScopes scopes) {
        this.targets = targets;
        this.scopes = scopes;
    }

    /**
     * @param row targets, the names of those that are on or planned, separated by commas; null: none. And scopes that the connection has
     * @return the targets to try: those of Zoho; none where Zoho would refuse every call because of the organisation
     */
    public List<Target> of(CheckReport report, Map<String, Object> row) {
        report.agreed((String) row.get("scopes"));
        return report.isWrongOrganisation() || row.get("targets") == null ? List.of()
            : Arrays.stream(row.get("targets").toString().split(",")).filter(targets::has).map(targets::of)
                .filter(target -> PRODUCTS.contains(path(target).split("/")[1])).toList();
    }

    /** @return the address of the records that a target writes, such as /crm/v8/Products */
    public String path(Target target) {
        String request = (target.create() == null ? target.update() : target.create()).request();
        String path = request.substring(request.indexOf(' ') + 1);
        int parts = path.startsWith("/desk/") ? 4 : path.startsWith("/meta/") ? 2 : 3;
        return Arrays.stream(path.substring(1).split("/")).limit(parts).collect(Collectors.joining("/", "/", ""));
    }

    /** @return the query for one record, or for Meta's catalogue; Zoho CRM wants to know which fields */
    public String query(Target target) {
        return path(target).startsWith("/meta/") ? "fields=id,name" : path(target).startsWith("/crm/") ? "fields=id&per_page=1" : path(target).startsWith("/desk/") ? "limit=1" : "page=1&per_page=1";
    }

    /** A record could be read. Whether one can be written, only the scopes tell that Zoho names. */
    public void readable(CheckReport report, Target target) {
        String missing = notNamed(target, report.org(), report.agreed());
        report.add("scope " + target.name(), true, target.scopes().isEmpty() ? "the catalogue can be read" : missing == null ? String.join(",", target.scopes())
            : "a record can be read. " + missing);
    }

    /**
     * @param agreed the scopes of the connection as Zoho lists them; null where Zoho lists none
     * @return a sentence with the scopes of a target that are not listed; null if none is missing. A scope that is not listed may still be granted
     */
    public String notNamed(Target target, String org, String agreed) {
        List<String> missing = scopes.missing(target.scopes(), agreed);
        return missing.isEmpty() ? null : "Zoho does not name " + String.join(", ", missing) + " among the scopes of this connection: if it refuses a write, "
            + consent(org);
    }

    public void unreadable(CheckReport report, Target target, Exception failure) {
        report.add("scope " + target.name(), false, !target.scopes().isEmpty() && lacks(failure) ? "the connection lacks one of the scopes "
            + String.join(", ", target.scopes()) + ": " + consent(report.org()) : failure.getMessage());
    }

    /** @return the module of a target's uniqueField: Products of Products.Product_Code */
    public String module(Target target) {
        return target.uniqueField().split("\\.")[0];
    }

    /** @param answer of GET /crm/v8/settings/fields. A field that takes duplicates has an empty object, or false, as "unique" */
    public void unique(CheckReport report, Target target, Map<String, Object> answer) {
        String module = module(target);
        String name = target.uniqueField().substring(module.length() + 1);
        Map<?, ?> field = answer.get("fields") instanceof List<?> fields ? fields.stream().map(Map.class::cast)
            .filter(one -> name.equals(one.get("api_name"))).findFirst().orElse(null) : null;
        Object unique = field == null ? null : field.get("unique");
        if (unique instanceof Map<?, ?> how && !how.isEmpty() || Boolean.TRUE.equals(unique)) {
            report.add("unique " + target.name(), true, target.uniqueField() + " takes no duplicates");
        } else if (field == null) {
            report.add("unique " + target.name(), false, "Zoho CRM has no field " + name + " in " + module + " that this connection's user may see");
        } else {
            report.add("unique " + target.name(), false, target.uniqueField() + " takes duplicates, so Zoho CRM cannot find a record by it. In Zoho CRM: "
                + "Setup > Customization > Modules and Fields > " + module + " > " + name + " > Edit properties > Do not allow duplicate values");
        }
    }

    /** @param row error and note, as push-check-reference gives them */
    public void reference(CheckReport report, Target target, Map<String, Object> row) {
        String problem = (String) row.get("error");
        report.add("unique " + target.name(), problem == null, problem != null ? problem : row.get("note") != null ? (String) row.get("note")
            : "the field of own references takes no duplicates");
    }

    public void uniqueUnknown(CheckReport report, Target target, Exception failure) {
        report.add("unique " + target.name(), false, lacks(failure) ? "whether " + target.uniqueField() + " takes duplicates cannot be read: the connection "
            + "lacks the scope ZohoCRM.settings.fields.READ: " + consent(report.org()) : failure.getMessage());
    }

    /** @return why Zoho cannot take this target; null: it can */
    public String error(CheckReport report, Target target) {
        return report.problem("scope " + target.name(), "unique " + target.name());
    }

    private static boolean lacks(Exception failure) {
        return failure instanceof ZohoScopeException || failure instanceof ZohoUnauthorizedException;
    }

    private static String consent(String org) {
        return "open /oauth/connect?org=" + org + "&for=push (Server-based Application), or generate a code with these scopes and replace "
            + "the refresh token (Self Client)";
    }
}
