package io.saddlebag.console;

import io.saddlebag.security.Permissions;
import org.springframework.security.core.Authentication;

/** Tells the templates which requests the reader of a page may send. Buttons for other requests are shown, but disabled. */
public record May(Authentication login, Permissions permissions) {

    /** @return whether the reader may send this request; a query of the address does not count */
    public boolean call(String method, String address) {
        return permissions.may(login, method, address.replaceFirst("\\?.*", ""));
    }

    /** @return why a button for this request is disabled; null if the reader may send it */
    public String why(String method, String address) {
        return call(method, address) ? null : "This needs the role " + permissions.role(method, address.replaceFirst("\\?.*", ""));
    }

    /** @return the user's name */
    public String name() {
        return login == null ? "" : login.getName();
    }
}
