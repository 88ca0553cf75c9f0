package io.saddlebag.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A body in blocks, each within the {@link BodyBudget}: who sends byte by byte fills a block all the same. */
final class BufferedBody {

    static final int BLOCK = 4096;

    private final BodyBudget budget;
    private final List<byte[]> blocks = new ArrayList<>();
    private long length;
    private boolean released;

    BufferedBody(BodyBudget budget) {
        this.budget = budget;
    }

    /** @return whether there was room for it */
    synchronized boolean add(byte[] sent, int count) {
        int added = 0;
        while (added < count) {
            int at = (int) (length % BLOCK);
            if (at == 0) {
                if (released || !budget.take(BLOCK, length)) {
                    return false;
                }
                blocks.add(new byte[BLOCK]);
            }
            int part = Math.min(count - added, BLOCK - at);
            System.arraycopy(sent, added, blocks.get(blocks.size() - 1), at, part);
            added += part;
            length += part;
        }
        return !released;
    }

    synchronized long length() {
        return length;
    }

    /** What came late finds no room. */
    synchronized void release() {
        if (!released) {
            released = true;
            budget.give((long) blocks.size() * BLOCK);
            blocks.clear();
        }
    }

    /** @return what is here by now, from its begin */
    synchronized ServletInputStream stream() {
        return new Stream(List.copyOf(blocks), released ? 0 : length);
    }

    private static final class Stream extends ServletInputStream {

        private final List<byte[]> blocks;
        private final long length;
        private long at;

        Stream(List<byte[]> blocks, long length) {
            this.blocks = blocks;
            this.length = length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int wanted) {
            if (isFinished()) {
                return -1;
            }
            int inBlock = (int) (at % BLOCK);
            int count = Math.min(Math.min(wanted, available()), BLOCK - inBlock);
            System.arraycopy(blocks.get((int) (at / BLOCK)), inBlock, into, from, count);
            at += count;
            return count;
        }

        @Override
        public int available() {
            return (int) (length - at);
        }

        @Override
        public boolean isFinished() {
            return at == length;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("It is all here");
        }
    }
}
