package io.saddlebag.sandbox.accounts;

import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The organisations without Zoho Books, and how Books refuses them. Zoho's real answer is not known. */
public class BooksAccess {

    private final Clients clients;
    private final Map<String, Integer> without = new TreeMap<>();

    public BooksAccess(Clients clients) {
        this.clients = clients;
    }

    /**
     * Takes Books away from an organisation.
     *
     * @param code the code of the refusal: 57 like a missing scope, or 6041 like a wrong organisation
     * @throws IllegalArgumentException for another code, or when there is no such organisation
     */
    public synchronized void remove(String organisation, int code) {
        require(organisation);
        if (code != 57 && code != 6041) {
            throw new IllegalArgumentException("code is 57 or 6041.");
        }
        without.put(organisation, code);
    }

    /** Gives it back. */
    public synchronized void bring(String organisation) {
        require(organisation);
        without.remove(organisation);
    }

    /** The organisations without Books and the code of the refusal. */
    public synchronized Map<String, Integer> without() {
        return new TreeMap<>(without);
    }

    public synchronized Optional<Answer> refusal(Request request) {
        String organisation = request.parameter("organization_id");
        Integer code = request.path().startsWith("/sandbox/books/") ? without.get(organisation) : null;
        return Optional.ofNullable(code).map(refused -> refused == 57
                ? ZohoErrors.notAuthorized() : ZohoErrors.wrongOrganization(organisation));
    }

    /** Everybody has Books. */
    public synchronized void reset() {
        without.clear();
    }

    private void require(String organisation) {
        if (clients.organisation(organisation) == null) {
            throw new IllegalArgumentException("The organisations are "
                    + String.join(", ", clients.organisations()) + ".");
        }
    }
}
