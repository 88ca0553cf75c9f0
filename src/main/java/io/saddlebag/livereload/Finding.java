package io.saddlebag.livereload;

import java.nio.file.Path;

/**
 * Why a route or SQL file is refused.
 *
 * @param file   the file, as it was named to the check
 * @param line   the line in that file, the first is 1
 * @param reason one line for the person who edits it: what is wrong and what would be right
 */
record Finding(Path file, int line, String reason) {

    /** In the form that editors and terminals make a link of. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + reason;
    }
}
