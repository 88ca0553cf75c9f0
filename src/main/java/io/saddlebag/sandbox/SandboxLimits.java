package io.saddlebag.sandbox;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Zoho's limits on API calls, of each organisation for itself: any 60 seconds, the day, and calls in work. A refused
 * call is not counted; that is the kinder reading of what Zoho leaves open. A call for no organisation has no limit.
 */
public class SandboxLimits {

    /** The time zone of all, in which the day ends and times are written; the offset is +0530 all year. */
    static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

    /** The day's quota as its headers tell it; {@code reset} in seconds. */
    public record Day(int limit, int remaining, long reset) {
    }

    private final SandboxQuotas defaults;
    private final InstantSource clock;
    private final Map<String, OrganisationQuota> organisations = new HashMap<>();
    private SandboxQuotas quotas;

    public SandboxLimits(SandboxQuotas defaults, InstantSource clock) {
        this.defaults = defaults;
        this.clock = clock;
        this.quotas = defaults;
    }

    public synchronized SandboxQuotas quotas() {
        return quotas;
    }

    public synchronized void change(SandboxQuotas changed) {
        quotas = changed;
    }

    /**
     * Takes a place for one call, to be given back by {@link #leave}; or says why there is none.
     *
     * @param organisation null for none
     */
    synchronized Optional<SandboxAnswer> admit(String organisation) {
        return organisation == null ? Optional.empty() : quota(organisation).admit(quotas, clock.instant());
    }

    synchronized void leave(String organisation) {
        if (organisation != null) {
            quota(organisation).leave();
        }
    }

    /** The day's quota; null while it is switched off, and for no organisation. */
    synchronized Day day(String organisation) {
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
