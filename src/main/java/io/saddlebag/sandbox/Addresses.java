package io.saddlebag.sandbox;

import io.saddlebag.sandbox.accounts.Organizations;
import io.saddlebag.sandbox.accounts.TokenEndpoint;
import io.saddlebag.sandbox.billing.BillingCalls;
import io.saddlebag.sandbox.crm.CrmReads;
import io.saddlebag.sandbox.crm.CrmWrites;
import io.saddlebag.sandbox.crm.CrmWrites.Mode;
import io.saddlebag.sandbox.data.ItemReads;
import io.saddlebag.sandbox.data.ItemWrites;
import io.saddlebag.sandbox.data.RecordReads;
import io.saddlebag.sandbox.data.RecordWrites;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The addresses of the sandbox: method, path and what answers there. A fixed part of a path wins over a variable one. Where the
 * whole path is fixed, GET answers HEAD too. Everything else below Zoho's two APIs is a page for people, as at Zoho.
 */
final class Addresses {

    private static final String INVENTORY = "/inventory/v1";
    private static final String BOOKS = "/books/v3";
    private static final String CRM = "/crm/v8";
    private static final String BILLING = "/billing/v1";
    private static final String META = "/meta/{version}";
    private static final List<PathPattern> ZOHO_APIS = List.of(pattern("/inventory/**"), pattern("/books/**"), pattern("/crm/**"),
            pattern("/billing/**"));

    private record Address(String method, PathPattern path, Function<Call, Answer> handler) {

        boolean takes(String wanted) {
            return method.equals(wanted) || wanted.equals("HEAD") && method.equals("GET") && !path.hasPatternSyntax();
        }
    }

    private final List<Address> table = new ArrayList<>();

    Addresses(Sandbox sandbox) {
        accounts(sandbox);
        items(sandbox);
        records(sandbox);
        crm(sandbox);
        billing(new BillingCalls(sandbox.billing(), sandbox.written(), sandbox.refusals()));
        meta(sandbox.meta());
        control(new Control(sandbox));
        writeControl(new WriteControl(sandbox));
        recordControl(new RecordControl(sandbox, new Control(sandbox)));
        table.sort(Comparator.comparing(Address::path, PathPattern.SPECIFICITY_COMPARATOR));
    }

    private void accounts(Sandbox sandbox) {
        TokenEndpoint tokens = new TokenEndpoint(sandbox.clients(), sandbox.tokens(), sandbox.consent(), sandbox.limits());
        Organizations organizations = new Organizations(sandbox.clients());
        on("GET", "/oauth/v2/auth", call -> sandbox.consent().ask(call.request(), call.hits(Fault.Kind.ACCESS_DENIED)));
        on("GET", "/oauth/serverinfo", call -> sandbox.consent().servers(call.request()));
        on("POST", "/oauth/v2/token", call -> tokens.token(call.request()));
        on("POST", "/oauth/v2/token/revoke", call -> tokens.revoke(call.request()));
        on("POST", "/oauth/v2/revoke/token", call -> tokens.revoke(call.request()));
        on("GET", INVENTORY + "/organizations", call -> organizations.list(call.client()));
        on("GET", INVENTORY + "/organizations/{id}", call -> organizations.read(call.request(), call.client()));
    }

    private void items(Sandbox sandbox) {
        ItemReads reads = new ItemReads(sandbox.items());
        ItemWrites writes = new ItemWrites(sandbox.items(), sandbox.kinds()::habits, sandbox.written(), sandbox.refusals());
        for (String api : List.of(INVENTORY, BOOKS)) {
            on("GET", api + "/items", call -> reads.list(call.request(), call.lagMs()));
            on("POST", api + "/items", call -> writes.create(call.request()));
            on("GET", api + "/items/{id}", call -> reads.read(call.request()));
            on("PUT", api + "/items/{id}", call -> writes.update(call.request()));
            on("DELETE", api + "/items/{id}", call -> writes.delete(call.request()));
            on("POST", api + "/items/{id}/{status}", call -> writes.mark(call.request()));
        }
        on("PUT", BOOKS + "/items", call -> writes.upsert(call.request()));
        on("DELETE", INVENTORY + "/items", call -> writes.deleteMany(call.request()));
        on("GET", INVENTORY + "/items/{id}/image", call -> sandbox.pictures().read(call.request()));
        on("GET", INVENTORY + "/itemdetails", call -> reads.details(call.request()));
    }

    private void records(Sandbox sandbox) {
        RecordReads reads = new RecordReads(sandbox.kinds());
        RecordWrites writes = new RecordWrites(sandbox.kinds(), sandbox.items(), sandbox.written(), sandbox.refusals());
        on("GET", BOOKS + "/settings/customfields", call -> reads.customFields(call.request()));
        on("PUT", BOOKS + "/{kind}", call -> writes.upsert(call.request()));
        for (String api : List.of(INVENTORY, BOOKS)) {
            on("GET", api + "/{kind}", call -> reads.list(call.request(), call.lagMs()));
            on("POST", api + "/{kind}", call -> writes.create(call.request()));
            on("PUT", api + "/{kind}/{id}", call -> writes.update(call.request()));
            on("POST", api + "/{kind}/{id}/{status}", call -> writes.mark(call.request()));
            on("POST", api + "/{kind}/{id}/status/{status}", call -> writes.mark(call.request()));
            on("GET", api + "/{kind}/{id}", call -> reads.read(call.request()));
            for (String method : List.of("GET", "POST")) {
                on(method, api + "/settings/{setting}", call -> sandbox.webhooks().answer(call.request()));
            }
            for (String method : List.of("PUT", "DELETE")) {
                on(method, api + "/settings/{setting}/{id}", call -> sandbox.webhooks().answer(call.request()));
            }
        }
    }

    private void crm(Sandbox sandbox) {
        CrmReads reads = new CrmReads(sandbox.crm());
        CrmWrites writes = new CrmWrites(sandbox.crm(), sandbox.refusals());
        on("GET", CRM + "/settings/fields", call -> reads.fields(call.request(), call.organisation()));
        on("POST", CRM + "/coql", call -> reads.coql(call.request(), call.organisation(), call.fault()));
        on("GET", CRM + "/{module}", call -> reads.list(call.request(), call.organisation()));
        on("GET", CRM + "/{module}/search", call -> reads.search(call.request(), call.organisation(), call.fault()));
        on("GET", CRM + "/{module}/{id}", call -> reads.one(call.request(), call.organisation()));
        on("POST", CRM + "/{module}", call -> writes.write(call.request(), call.organisation(), Mode.INSERT, call.fault()));
        on("POST", CRM + "/{module}/upsert", call -> writes.write(call.request(), call.organisation(), Mode.UPSERT, call.fault()));
        for (String path : List.of("/{module}", "/{module}/{id}")) {
            on("PUT", CRM + path, call -> writes.write(call.request(), call.organisation(), Mode.UPDATE, call.fault()));
            on("DELETE", CRM + path, call -> writes.delete(call.request(), call.organisation()));
        }
    }

    private void billing(BillingCalls calls) {
        on("GET", BILLING + "/{resource}", call -> calls.list(call.request(), call.lagMs()));
        on("POST", BILLING + "/{resource}", call -> calls.create(call.request()));
        on("GET", BILLING + "/{resource}/{key}", call -> calls.read(call.request()));
        on("PUT", BILLING + "/{resource}/{key}", call -> calls.update(call.request()));
        on("DELETE", BILLING + "/{resource}/{key}", call -> calls.delete(call.request()));
        on("POST", BILLING + "/{resource}/{key}/{mark}", call -> calls.mark(call.request()));
    }

    private void meta(MetaCatalogue catalogue) {
        on("GET", META + "/{catalogue}", call -> catalogue.read(call.request()));
        on("POST", META + "/{catalogue}/items_batch", call -> catalogue.batch(call.request()));
        on("GET", META + "/{catalogue}/check_batch_request_status", call -> catalogue.status(call.request()));
    }

    private void writeControl(WriteControl control) {
        on("GET", "/control/writes", call -> control.writes(call.request()));
        on("DELETE", "/control/writes", call -> control.forget());
        on("PUT", "/control/refusals", call -> control.refuse(call.request()));
        on("PUT", "/control/crm", call -> control.crm(call.request()));
        on("PUT", "/control/meta", call -> control.meta(call.request()));
        on("GET", "/control/store/{product}/{module}", call -> control.records(call.request()));
        on("POST", "/control/store/{product}/{module}", call -> control.add(call.request()));
        on("PATCH", "/control/store/{product}/{module}/{id}", call -> control.change(call.request()));
        on("DELETE", "/control/store/{product}/{module}/{id}", call -> control.remove(call.request()));
    }

    private void control(Control control) {
        on("GET", "/control", call -> control.state());
        on("POST", "/control/reset", call -> control.reset());
        on("PUT", "/control/catalogue", call -> control.resizeItems(call.request()));
        on("PUT", "/control/quotas", call -> control.quotas(call.request()));
        on("POST", "/control/faults", call -> control.addFault(call.request()));
        on("DELETE", "/control/faults", call -> control.clearFaults());
        on("DELETE", "/control/tokens", call -> control.endTokens());
        on("GET", "/control/calls", call -> control.calls(call.request()));
        on("DELETE", "/control/calls", call -> control.forgetCalls());
        on("PUT", "/control/habits", call -> control.habits(call.request()));
        on("PUT", "/control/organisations/{id}", call -> control.organisation(call.request()));
    }

    private void recordControl(RecordControl control) {
        on("POST", "/control/items", call -> control.addItem(call.request()));
        on("PATCH", "/control/items/{id}", call -> control.changeItem(call.request()));
        on("DELETE", "/control/items/{id}", call -> control.removeItem(call.request()));
        on("POST", "/control/items/{id}/image", call -> control.replacePicture(call.request()));
        on("POST", "/control/records/{kind}", call -> control.addRecord(call.request()));
        on("PUT", "/control/records/{kind}", call -> control.resizeRecords(call.request()));
        on("PATCH", "/control/records/{kind}/{id}", call -> control.changeRecord(call.request()));
        on("DELETE", "/control/records/{kind}/{id}", call -> control.removeRecord(call.request()));
    }

    private void on(String method, String path, Function<Call, Answer> handler) {
        table.add(new Address(method, pattern(path), handler));
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse("/sandbox" + path);
    }

    /** What answers; empty where the sandbox has no such path, or not with this method. */
    Optional<Function<Call, Answer>> find(String method, String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        return table.stream().filter(address -> address.takes(method) && address.path.matches(parsed))
                .map(Address::handler).findFirst().or(() -> pageForPeople(parsed));
    }

    private static Optional<Function<Call, Answer>> pageForPeople(PathContainer path) {
        return ZOHO_APIS.stream().anyMatch(api -> api.matches(path))
                ? Optional.of(call -> ZohoErrors.noSuchPage()) : Optional.empty();
    }

    /** The methods that the path takes; none where the sandbox has no such path. */
    Set<String> methods(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        Set<String> methods = new TreeSet<>();
        table.stream().filter(address -> address.path.matches(parsed)).map(Address::method).forEach(methods::add);
        return methods;
    }

    static boolean isControl(String path) {
        return path.startsWith("/sandbox/control");
    }

    static boolean isAccounts(String path) {
        return path.startsWith("/sandbox/oauth/");
    }
}
