package io.saddlebag.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.declarations.DeclarationFile;
import io.saddlebag.declarations.DeclarationFile.Declaration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads the declaration of one push target and the SQL file beside it. */
class TargetFile {

    /** Names that the addresses under /api/push use for other things. */
    private static final Set<String> RESERVED = Set.of("all", "runs", "confirm");
    private static final int DIGEST_LENGTH = 16;

    private final ObjectMapper json = new ObjectMapper();
    private final DeclarationFile declarations = new DeclarationFile("target.schema.json", "push target");
    private final Map<String, Object> defaults;
    private final Predicate<String> isKind;
    private final String images;

    /**
     * @param defaults keys of the settings that every target has: changeShare; images, the public address before /images, empty where pictures are not public
     * @param isKind   whether a kind has this name
     */
    TargetFile(Map<String, Object> defaults, Predicate<String> isKind) {
        this.defaults = defaults;
        this.isKind = isKind;
        this.images = "NULLIF('" + defaults.getOrDefault("images", "").toString().replace("'", "''") + "', '')";
    }

    /** @throws DeclarationFault if the file does not declare a target, or if the SQL file beside it is missing */
    Target read(Path file) throws DeclarationFault {
        Declaration declaration = declarations.read(file);
        String name = DeclarationFile.name(file);
        if (RESERVED.contains(name)) {
            throw new DeclarationFault(file, 1, "\"" + name + "\" is used by an address under /api/push", "Rename the file");
        }
        if (isKind.test(name)) {
            throw new DeclarationFault(file, 1, "\"" + name + "\" is the name of a kind of record, and a run has either a kind or a target", "Rename the file and the SQL file beside it");
        }
        if (declaration.values().containsKey("activate") && declaration.values().getOrDefault("batch", 1) instanceof Integer batch && batch > 1) {
            throw new DeclarationFault(file, declaration.line("batch"), "\"batch\" is " + batch + ", and activate and deactivate follow the call of one record",
                "Leave out batch; or, if an update can set the status, leave out activate and deactivate and name the key of the status in activeKey");
        }
        Path sql = file.resolveSibling(name + ".sql");
        String rows = text(file, sql);
        Map<String, Object> values = new TreeMap<>(defaults);
        values.putAll(declaration.values());
        values.putIfAbsent("batch", 1);
        values.putIfAbsent("answers", "one");
        values.putIfAbsent("repeatable", false);
        values.putIfAbsent("absent", "nothing");
        values.putIfAbsent("mode", "keep");
        values.put("mapping", digest(text(file, file) + rows));
        values.put("name", name);
        values.put("rows", rows.replace(":?images", images));
        Object instead = values.remove("withoutBooks");
        if (instead != null) {
            Map<String, Object> other = new TreeMap<>(values);
            ((Map<?, ?>) instead).forEach((key, value) -> other.put(key.toString(), value));
            values.put("withoutBooks", complete(other));
        }
        return json.convertValue(complete(values), Target.class);
    }

    /** Adds the settings, the JSON that the functions of PostgreSQL read. */
    private Map<String, Object> complete(Map<String, Object> values) {
        Map<String, Object> declared = new TreeMap<>(values);
        declared.keySet().removeAll(Set.of("name", "rows", "withoutBooks"));
        values.put("settings", settings(declared));
        return values;
    }

    private String settings(Map<String, Object> values) {
        try {
            return json.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path declaration, Path file) throws DeclarationFault {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DeclarationFault(declaration, 1, "has no readable " + file.getFileName() + " beside it",
                "Add that file: it selects record_key, external_key and body of the records");
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGEST_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
