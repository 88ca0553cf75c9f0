package io.saddlebag.livereload;

import java.util.List;

/**
 * One key or list item of a route file.
 *
 * @param path      keys and list positions from the top, such as {@code 0, route, from, uri}
 * @param value     the text of a scalar, null for a mapping, a list or a null
 * @param line      the line on which its key, or the list item, begins; the first is 1
 * @param multiline whether a scalar covers more than one line of the file
 */
record YamlEntry(List<String> path, String value, int line, boolean multiline) {

    String key() {
        return path.get(path.size() - 1);
    }

    List<String> parent() {
        return path.subList(0, path.size() - 1);
    }

    boolean isUnder(List<String> ancestor) {
        return path.size() > ancestor.size() && path.subList(0, ancestor.size()).equals(ancestor);
    }
}
