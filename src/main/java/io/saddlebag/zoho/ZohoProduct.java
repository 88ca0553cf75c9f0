package io.saddlebag.zoho;

/** A product of Zoho; the first part of a call's path names it. Products differ in how a call names the organisation, and in their answers. */
enum ZohoProduct {
    /** Inventory and Books: the organisation is a query parameter, and every answer has a code. */
    FINANCE,
    /** Billing: the answers are like those of Inventory and Books; the organisation is in a header. */
    BILLING,
    /** CRM: the token decides the organisation; codes are words, and a list of results has no code. */
    CRM,
    /** Desk: the organisation is in a header, with an id that only Desk uses; only a failure has a code. */
    DESK;

    static ZohoProduct of(String path) {
        return path == null ? FINANCE : path.startsWith("/billing/") ? BILLING : path.startsWith("/crm/") ? CRM
            : path.startsWith("/desk/") ? DESK : FINANCE;
    }

    /** Whether an answer without a code can be a result. */
    boolean hasResultsWithoutCode() {
        return this == CRM || this == DESK;
    }
}
