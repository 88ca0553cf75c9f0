package io.saddlebag.sandbox;

import io.saddlebag.sandbox.accounts.BooksAccess;
import io.saddlebag.sandbox.accounts.Clients;
import io.saddlebag.sandbox.accounts.Consent;
import io.saddlebag.sandbox.accounts.Tokens;
import io.saddlebag.sandbox.billing.Billing;
import io.saddlebag.sandbox.crm.Crm;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.data.ItemFactory;
import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.data.Pictures;
import io.saddlebag.sandbox.faults.Faults;
import io.saddlebag.sandbox.faults.Refusals;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import io.saddlebag.sandbox.webhooks.WebhookSender;
import io.saddlebag.sandbox.webhooks.WebhookSettings;
import java.time.InstantSource;
import java.util.Map;
import org.apache.camel.ProducerTemplate;

/** All that the sandbox remembers from one call to the next. A test reads and changes it as the control API does. */
public record Sandbox(Clients clients, Catalogue items, Kinds kinds, Pictures pictures, BooksAccess books, Limits limits,
                      Tokens tokens, Consent consent, Faults faults, CallLog calls, WebhookSettings webhooks,
                      WriteLog written, Refusals refusals, Crm crm, Billing billing, MetaCatalogue meta) {

    /** @param camel sends the webhooks */
    static Sandbox of(SandboxSettings settings, InstantSource clock, ProducerTemplate camel) {
        WebhookSettings webhooks = new WebhookSettings();
        WebhookSender sender = new WebhookSender(webhooks, camel);
        Catalogue items = new Catalogue(new ItemFactory(), settings.items(), settings.recordBytes(), clock);
        items.onChange(sender::itemChanged);
        Clients clients = new Clients(settings.organisations());
        Limits limits = new Limits(settings.quotas(), clock);
        WriteLog written = new WriteLog();
        return new Sandbox(clients, items, new Kinds(clock, sender::recordChanged), new Pictures(items), new BooksAccess(clients),
                limits, new Tokens(clients, limits, clock), new Consent(clients, settings.location(), clock), new Faults(),
                new CallLog(clock, clients.organisations()), webhooks, written, new Refusals(), new Crm(written, clock),
                new Billing(clock), new MetaCatalogue(written, clock));
    }

    /** Makes everything as it was at the start. */
    public void reset() {
        items.reset();
        kinds.reset();
        books.reset();
        pictures.reset();
        faults.clear();
        limits.reset();
        tokens.reset();
        calls.reset();
        webhooks.reset();
        written.reset();
        refusals.set(Map.of());
        crm.reset();
        billing.reset();
        meta.reset();
    }
}
