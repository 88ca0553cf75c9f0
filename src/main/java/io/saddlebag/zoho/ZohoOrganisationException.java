package io.saddlebag.zoho;

/** The connection's user does not belong to the organisation, or the organisation does not use this product of Zoho (6041). */
public class ZohoOrganisationException extends ZohoRejectedException {

    ZohoOrganisationException(ZohoAnswer answer) {
        super(answer);
    }
}
