package io.saddlebag.kinds;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.declarations.DeclarationFile;
import io.saddlebag.declarations.DeclarationFile.Declaration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads the declaration of one kind. Which SQL files the kind has is seen beside it. */
class KindFile {

    private final ObjectMapper json = JsonMapper.builder().enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY).build();
    private final DeclarationFile declarations = new DeclarationFile("kind.schema.json", "kind");

    /** @throws DeclarationFault when the file is no declaration of a kind */
    Kind read(Path file) throws DeclarationFault {
        Declaration declaration = declarations.read(file);
        String name = DeclarationFile.name(file);
        Path sql = file.resolveSibling(name + ".sql");
        Path quality = file.resolveSibling(name + "-quality.sql");
        Path qualityRecords = file.resolveSibling(name + "-quality-records.sql");
        checkTable(declaration, sql);
        Map<String, Object> values = declaration.values();
        values.put("name", name);
        values.put("inRecordsTable", !Files.exists(sql));
        values.put("quality", Files.exists(quality) ? quality.toString() : null);
        values.put("qualityRecords", Files.exists(qualityRecords) ? qualityRecords.toString() : null);
        if (Files.exists(sql)) {
            values.put("statement", sql.toString());
        } else {
            values.put("statement", file.resolveSibling(Kinds.RECORDS).toString());
            values.put("table", "records_" + name.replace('-', '_'));
            values.put("idColumn", "zoho_id");
        }
        return json.convertValue(values, Kind.class);
    }

    private static void checkTable(Declaration declaration, Path sql) throws DeclarationFault {
        Map<String, Object> values = declaration.values();
        String file = sql.getFileName().toString();
        if (Files.exists(sql) && !values.containsKey("table")) {
            throw new DeclarationFault(declaration.file(), 1, "names no table, and " + file + " beside it writes the records into one",
                "Add table and idColumn, or delete " + file);
        } else if (!Files.exists(sql) && values.containsKey("table")) {
            throw new DeclarationFault(declaration.file(), declaration.line("table"), "names the table " + values.get("table") + ", and there is no " + file
                + " beside it to write the records", "Add that file; or take table, idColumn and detailKey out, and they are kept as JSON");
        }
    }
}
