package io.saddlebag.docs;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a configuration file with its comments, which no YAML parser keeps. */
final class SettingsFile {

    private static final Pattern LINE = Pattern.compile("^( *)([A-Za-z][\\w.-]*):(?: (.*))?$");
    private static final Pattern SECTION = Pattern.compile("^# -+ (.*?) -+$");

    private SettingsFile() {
    }

    /**
     * @param section the title of its part of the file; may be empty
     * @param key     from the top, with points between
     * @param value   as it is written, without quotes
     * @param comment the comment lines above it, in one; empty where another setting stands between
     */
    record Setting(String section, String key, String value, String comment) {
    }

    private record Open(int indent, String key, String comment) {
    }

    static List<Setting> read(Path file) {
        List<Setting> settings = new ArrayList<>();
        Deque<Open> parents = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        String section = "";
        boolean folded = false;
        int foldedAt = 0;
        for (String line : Pages.read(file).lines().toList()) {
            int indent = line.length() - line.stripLeading().length();
            if (folded && !line.isBlank() && indent > foldedAt) {
                continue;
            }
            folded = false;
            Matcher title = SECTION.matcher(line);
            Matcher entry = LINE.matcher(line);
            if (title.matches()) {
                section = title.group(1);
                comment.setLength(0);
            } else if (line.strip().startsWith("#")) {
                comment.append(comment.isEmpty() ? "" : " ").append(line.strip().substring(1).strip());
            } else if (line.isBlank()) {
                comment.setLength(0);
            } else if (entry.matches()) {
                while (!parents.isEmpty() && parents.peek().indent() >= indent) {
                    parents.pop();
                }
                String key = parents.isEmpty() ? entry.group(2) : parents.peek().key() + "." + entry.group(2);
                String value = entry.group(3) == null ? "" : entry.group(3).strip();
                if (value.isEmpty()) {
                    parents.push(new Open(indent, key, comment.toString()));
                } else {
                    String above = parents.isEmpty() ? "" : parents.peek().comment();
                    settings.add(new Setting(section, key, value.replaceAll("^\"(.*)\"$", "$1"),
                        comment.isEmpty() && isFirst(settings, parents) ? above : comment.toString()));
                    folded = value.matches("[>|]-?");
                    foldedAt = indent;
                }
                comment.setLength(0);
            }
        }
        return settings;
    }

    /** A comment above a group that has none of its own is the first setting's. */
    private static boolean isFirst(List<Setting> settings, Deque<Open> parents) {
        return !parents.isEmpty() && (settings.isEmpty() || !settings.get(settings.size() - 1).key().startsWith(parents.peek().key() + "."));
    }
}
