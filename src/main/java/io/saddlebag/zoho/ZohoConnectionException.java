package io.saddlebag.zoho;

/** The connection itself is refused (client, secret or refresh token): no call goes out until a person corrects it. */
public class ZohoConnectionException extends ZohoException {

    public ZohoConnectionException(String message) {
        super(message, null);
    }
}
