package io.saddlebag.sandbox.limits;

import io.saddlebag.sandbox.wire.Answer;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Zoho's limits on the API calls of each organisation: in any 60 seconds, per day, and in flight. A refused call is not counted;
 * Zoho leaves that open, and this reading is the easier one for a client. A call for no organisation has no limit.
 */
public class Limits {

    /** The day's quota as its headers tell it; {@code reset} in seconds. */
    public record Day(int limit, int remaining, long reset) {
    }

    private final Quotas defaults;
    private final InstantSource clock;
    private final Map<String, OrganisationQuota> organisations = new HashMap<>();
    private Quotas quotas;

    public Limits(Quotas defaults, InstantSource clock) {
        this.defaults = defaults;
        this.clock = clock;
        this.quotas = defaults;
    }

    public synchronized Quotas quotas() {
        return quotas;
    }

    public synchronized void change(Quotas changed) {
        quotas = changed;
    }

    /**
     * Takes a place for one call, to be given back by {@link #leave}; or says why there is none.
     *
     * @param organisation null for none
     */
    public synchronized Optional<Answer> admit(String organisation) {
        return organisation == null ? Optional.empty() : quota(organisation).admit(quotas, clock.instant());
    }

    public synchronized void leave(String organisation) {
        if (organisation != null) {
            quota(organisation).leave();
        }
    }

    /** The day's quota; null while it is switched off, and for no organisation. */
    public synchronized Day day(String organisation) {
        return organisation == null || quotas.perDay() == 0 ? null : quota(organisation).day(quotas, clock.instant());
    }

    /** Back to the quotas of the start with nothing used; calls in work keep their places. */
    public synchronized void reset() {
        quotas = defaults;
        organisations.values().forEach(OrganisationQuota::reset);
    }

    private OrganisationQuota quota(String organisation) {
        return organisations.computeIfAbsent(organisation, id -> new OrganisationQuota());
    }
}
