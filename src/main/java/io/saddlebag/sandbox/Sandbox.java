package io.saddlebag.sandbox;

import io.saddlebag.sandbox.accounts.BooksAccess;
import io.saddlebag.sandbox.accounts.Clients;
import io.saddlebag.sandbox.accounts.Consent;
import io.saddlebag.sandbox.accounts.Tokens;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.data.ItemFactory;
import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.data.Pictures;
import io.saddlebag.sandbox.faults.Faults;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.webhooks.WebhookSettings;
import java.time.InstantSource;

/** All that the sandbox remembers from one call to the next. A test reads and changes it as the control API does. */
public record Sandbox(Clients clients, Catalogue items, Kinds kinds, Pictures pictures, BooksAccess books, Limits limits,
                      Tokens tokens, Consent consent, Faults faults, CallLog calls, WebhookSettings webhooks) {

    static Sandbox of(SandboxSettings settings, InstantSource clock) {
        Clients clients = new Clients(settings.organisations());
        Catalogue items = new Catalogue(new ItemFactory(), settings.items(), settings.recordBytes(), clock);
        Limits limits = new Limits(settings.quotas(), clock);
        return new Sandbox(clients, items, new Kinds(clock), new Pictures(items), new BooksAccess(clients), limits,
                new Tokens(clients, limits, clock), new Consent(clients, settings.location(), clock), new Faults(),
                new CallLog(clock, clients.organisations()), new WebhookSettings());
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
    }
}
