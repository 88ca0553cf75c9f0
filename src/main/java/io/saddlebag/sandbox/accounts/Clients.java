package io.saddlebag.sandbox.accounts;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The two clients of the sandbox and its organisations. The last organisation is the second client's alone, the others
 * are the first one's; the only one there is belongs to the first, and the second then sees none.
 */
public class Clients {

    private final Client first;
    private final Client second;

    /**
     * @param organisations how many, 1 or more; their ids follow one another
     * @throws IllegalArgumentException when there would be none
     */
    public Clients(int organisations) {
        if (organisations < 1) {
            throw new IllegalArgumentException("There is 1 organisation or more.");
        }
        Client fixed = Client.FIXED;
        long start = Long.parseLong(fixed.organizationId());
        List<String> ids = LongStream.range(start, start + organisations).mapToObj(String::valueOf).toList();
        int ofTheFirst = Math.max(1, organisations - 1);
        first = new Client(fixed.clientId(), fixed.clientSecret(), fixed.refreshToken(),
                ids.subList(0, ofTheFirst));
        second = new Client("1000.SANDBOX2", "sandbox-secret2", "1000.sandbox-refresh2",
                ids.subList(ofTheFirst, organisations));
    }

    public Client first() {
        return first;
    }

    public Client second() {
        return second;
    }

    public Optional<Client> client(String clientId) {
        return Stream.of(first, second).filter(client -> client.clientId().equals(clientId)).findAny();
    }

    /** The ids of all organisations. */
    public List<String> organisations() {
        return Stream.of(first, second).flatMap(client -> client.organizationIds().stream()).toList();
    }

    /** For which organisation a call with this organization_id counts, whoever makes it; null for none. */
    public String organisation(String id) {
        return first.sees(id) || second.sees(id) ? id : null;
    }
}
