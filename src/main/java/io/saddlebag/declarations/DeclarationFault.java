package io.saddlebag.declarations;

import java.nio.file.Path;
import java.util.List;

/** A declaration that cannot be taken, with every place at which it is wrong. */
public class DeclarationFault extends Exception {

    /**
     * @param line   the first is 1
     * @param reason what is wrong
     * @param remedy what would be right
     */
    public record Place(int line, String reason, String remedy) {

        @Override
        public String toString() {
            return reason + ". " + remedy;
        }
    }

    private final transient Path file;
    private final transient List<Place> places;

    public DeclarationFault(Path file, List<Place> places) {
        super(file + ":" + places.get(0).line() + ": " + places.get(0));
        this.file = file;
        this.places = places;
    }

    public DeclarationFault(Path file, int line, String reason, String remedy) {
        this(file, List.of(new Place(line, reason, remedy)));
    }

    public Path file() {
        return file;
    }

    /** In the order of their lines, missing keys last. */
    public List<Place> places() {
        return places;
    }
}
