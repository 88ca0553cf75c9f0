package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import java.util.BitSet;

/**
 * Whether the pages of a run bring records that are new to it. A list that promises more for ever and brings nothing would be read for
 * hours, at the pace of the quota: two such pages in a row are enough. (One alone comes of reading by change, where many records
 * of one second are asked for twice.)
 */
class Progress {

    /** A megabyte, however many records there are: two ids that share a bit do not make a whole page look old. */
    private static final int BITS = 23;

    private final BitSet seen = new BitSet();
    private String oldPage;

    /**
     * @param name of a page that is not the last
     * @param though what says so
     * @return why reading ends here without proof that all was read; null: it goes on
     */
    String end(PullPage page, String name, String though) {
        String before = oldPage;
        return bringsNothing(page, name) && before != null
                ? before + " and " + name + " brought no record that is new to this run, though " + though : null;
    }

    /** @return whether pages before it brought all of the page's records, or it has none */
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
