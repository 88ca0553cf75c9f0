package io.saddlebag.kinds;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.declarations.DeclarationFile;
import io.saddlebag.declarations.Declarations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The kinds of record that this installation has: each is declared by a file {@code routes/kinds/<kind>.yaml}. They are read at the
 * start and held as one immutable map, in whose place live editing puts another.
 */
@Component("kinds")
public class Kinds implements Declarations<Kind> {

    /** The statement of kinds that have none of their own. */
    static final String RECORDS = "records.sql";

    private final KindFile reader = new KindFile();
    private final Path folder;
    private volatile Map<String, Kind> kinds;

    /** @throws BadSettingException for the first declaration that is wrong */
    @Autowired
    Kinds() {
        this(Path.of("routes", "kinds"));
    }

    /** @param folder of the declarations; where there is none, there are no kinds */
    public Kinds(Path folder) {
        this.folder = folder;
        Map<String, Kind> read = new TreeMap<>();
        for (Path file : files()) {
            try {
                Kind kind = reader.read(file);
                checkAddress(file, kind, read);
                read.put(kind.name(), kind);
            } catch (DeclarationFault e) {
                throw new BadSettingException(e.file() + ":" + e.places().get(0).line(), e.places().get(0).reason(), e.places().get(0).remedy());
            }
        }
        kinds = copy(read);
    }

    /** @return the names, in alphabetical order */
    public List<String> names() {
        return List.copyOf(kinds.keySet());
    }

    /** @return the names, separated by commas */
    public String list() {
        return String.join(",", names());
    }

    /** @return the names of the kinds that list the records of a measure of quality, separated by commas */
    public String withQualityRecords() {
        return all().stream().filter(kind -> kind.qualityRecords() != null).map(Kind::name).collect(Collectors.joining(","));
    }

    /** @return where the records of each kind are and by what they are found: a JSON array of entity, table, idColumn, searchBy and inSource */
    public String search() {
        return searchAs(false);
    }

    /**
     * @param masked whether exactBy names the personal ones of searchBy: whoever may not see them could find them out letter by letter, so only a
     *               whole value is found
     */
    public String searchAs(boolean masked) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Kind kind : all()) {
            ObjectNode one = all.addObject().put("entity", kind.name()).put("table", kind.table()).put("idColumn", kind.idColumn())
                .put("inSource", kind.inRecordsTable());
            kind.searchBy().forEach(one.putArray("searchBy")::add);
            kind.searchBy().stream().filter(by -> masked && personalOf(kind).contains(by)).forEach(one.putArray("exactBy")::add);
        }
        return all.toString();
    }

    /**
     * @return what is personal, as JSON: for each kind the keys, and whether the label of its records is; under * the keys of all kinds but name, which
     *         says of a record of no kind nothing about whose name
     */
    public String personal() {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (Kind kind : all()) {
            ObjectNode one = all.putObject(kind.name()).put("label", isLabelPersonal(kind));
            personalOf(kind).forEach(one.putArray("keys")::add);
        }
        personalOfAll().forEach(all.putObject("*").put("label", false).putArray("keys")::add);
        return all.toString();
    }

    /** @return the personal keys of the kind; of a kind that declares none, as it may have been forgotten, those of all kinds but name */
    public Collection<String> personalOf(Kind kind) {
        return kind.personal().isEmpty() ? personalOfAll() : kind.personal();
    }

    /** @return whether the first of searchBy, which is the label of a record, is personal */
    public boolean isLabelPersonal(Kind kind) {
        return !kind.searchBy().isEmpty() && personalOf(kind).contains(kind.searchBy().get(0));
    }

    /** @return the personal keys of all kinds but name */
    public Set<String> personalOfAll() {
        Set<String> of = new TreeSet<>();
        all().forEach(kind -> of.addAll(kind.personal()));
        of.remove("name");
        return of;
    }

    @Override
    public List<Kind> all() {
        return List.copyOf(kinds.values());
    }

    /** @return whether there is such a kind; null is none */
    public boolean has(String name) {
        return name != null && kinds.containsKey(name);
    }

    /** @throws IllegalArgumentException when there is no such kind */
    public Kind of(String name) {
        Kind kind = name == null ? null : kinds.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("There is no kind \"" + name + "\" here; there are " + String.join(", ", names()));
        }
        return kind;
    }

    /** @return the name of the kind that declares this webhookAddress; null: none does */
    public String withWebhookAddress(String address) {
        return kinds.values().stream().filter(kind -> address.equals(kind.webhookAddress())).map(Kind::name).findFirst().orElse(null);
    }

    /** @return the scopes that the kinds declare, each once, in alphabetical order */
    public List<String> scopes() {
        return all().stream().flatMap(kind -> kind.scopes().stream()).distinct().sorted().toList();
    }

    @Override
    public Set<Path> files() {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(DeclarationFile.SUFFIX)).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path file(Kind kind) {
        return folder.resolve(kind.name() + DeclarationFile.SUFFIX);
    }

    @Override
    public Kind read(Path file) throws DeclarationFault {
        Kind kind = reader.read(file);
        checkAddress(file, kind, kinds);
        return kind;
    }

    @Override
    public synchronized void put(Kind kind) {
        Map<String, Kind> next = new TreeMap<>(kinds);
        next.put(kind.name(), kind);
        kinds = copy(next);
    }

    @Override
    public synchronized void remove(String name) {
        Map<String, Kind> next = new TreeMap<>(kinds);
        next.remove(name);
        kinds = copy(next);
    }

    private static void checkAddress(Path file, Kind kind, Map<String, Kind> others) throws DeclarationFault {
        for (Kind other : others.values()) {
            if (kind.webhookAddress() != null && kind.webhookAddress().equals(other.webhookAddress()) && !kind.name().equals(other.name())) {
                throw new DeclarationFault(file, 1, "the webhookAddress " + kind.webhookAddress() + " is also that of the kind " + other.name(),
                    "Give it another one, or none: /api/zoho/webhooks/" + kind.name() + " is always there");
            }
        }
    }

    private static Map<String, Kind> copy(Map<String, Kind> kinds) {
        return java.util.Collections.unmodifiableMap(new TreeMap<>(kinds));
    }
}
