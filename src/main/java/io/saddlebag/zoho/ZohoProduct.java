package io.saddlebag.zoho;

/** A product of Zoho, as the first part of a call's path names it: they differ in how they name the organisation and in their answers. */
enum ZohoProduct {
    /** Inventory and Books: the organisation is a query parameter, and every answer has a code. */
    FINANCE,
    /** Answers as Inventory and Books do; the organisation is a header. */
    BILLING,
    /** The token tells the organisation; codes are words, and a list of results has none. */
    CRM,
    /** The organisation is a header, with an id of Desk's own; only a failure has a code. */
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
