package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import java.util.BitSet;

/**
 * Detects a list that never ends. If every page announces another one but has only records of earlier pages, a run would read for hours, at the
 * pace of the quota. Reading ends after two such pages in a row. (A single one is usual when changes are read, because many records of the same
 * second are requested twice.)
 */
class Progress {

    /** One bit for each hash of an id: a megabyte, however many records there are. Two ids may share a bit, but not all ids of a page. */
    private static final int BITS = 23;

    private final BitSet seen = new BitSet();
    private String oldPage;

    /**
     * @param name name of a page that is not the last one
     * @param though the reason to expect further pages, in words
     * @return why reading ends here without proof that all records were read; null: it goes on
     */
    String end(PullPage page, String name, String though) {
        String before = oldPage;
        return bringsNothing(page, name) && before != null
                ? before + " and " + name + " brought no record that is new to this run, though " + though : null;
    }

    /** @return whether all records of the page were on earlier pages, or it has no records */
    boolean bringsNothing(PullPage page, String name) {
        boolean old = true;
        for (String id : page.idList()) {
            int bit = (int) (id.hashCode() * 0x9E3779B97F4A7C15L >>> Long.SIZE - BITS);
            old &= seen.get(bit);
            seen.set(bit);
        }
        oldPage = old ? name : null;
        return old;
    }
}
