package io.saddlebag.sandbox.data;

/**
 * The ids of one kind.
 *
 * @param first the first of them: 19 digits, beyond what a double can tell apart, but for the categories
 * @param step  from one to the next
 */
public record IdRange(long first, long step) {

    public static final IdRange ITEMS = new IdRange(6_000_000_000_010_000_001L, 1000);
    public static final IdRange CONTACTS = new IdRange(6_001_000_000_010_000_001L, 1000);
    public static final IdRange INVOICES = new IdRange(6_002_000_000_010_000_001L, 1000);
    public static final IdRange BILLS = new IdRange(6_003_000_000_010_000_001L, 1000);
    public static final IdRange ADJUSTMENTS = new IdRange(6_004_000_000_010_000_001L, 1000);
    public static final IdRange PRICE_LISTS = new IdRange(6_005_000_000_010_000_001L, 1000);
    public static final IdRange PAYMENTS = new IdRange(6_006_000_000_010_000_001L, 1000);
    public static final IdRange PURCHASE_ORDERS = new IdRange(6_007_000_000_010_000_001L, 1000);
    public static final IdRange SALES_ORDERS = new IdRange(6_008_000_000_010_000_001L, 1000);
    /** Those that the items name. */
    public static final IdRange CATEGORIES = new IdRange(600_000_000_009_000L, 1);

    public String id(int index) {
        return Long.toString(first + index * step);
    }

    /** The id of a record that is made while the sandbox runs: above those of all that are there at the start. */
    String newId(long number) {
        return Long.toString(first + (Catalogue.MOST + number) * step);
    }

    /** An id of the same record for something inside it, 1 to 999: a line, a payment. */
    public String id(int index, int part) {
        return Long.toString(first + index * step + part);
    }

    /** The index of an id; -1 when no index has it. */
    public int index(String id) {
        try {
            long distance = Long.parseLong(id) - first;
            return distance >= 0 && distance % step == 0 ? Math.toIntExact(distance / step) : -1;
        } catch (ArithmeticException | NumberFormatException notOurs) {
            return -1;
        }
    }
}
