package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Currencies with none, two and three decimals. The organisations' own is the rupee. */
public enum SampleCurrency {

    INR("₹", 2, "1"), USD("$", 2, "83.12"), JPY("¥", 0, "0.56"), KWD("KD", 3, "271.005"), EUR("€", 2, "90.4");

    private final String symbol;
    private final int decimals;
    private final BigDecimal rate;

    SampleCurrency(String symbol, int decimals, String rate) {
        this.symbol = symbol;
        this.decimals = decimals;
        this.rate = new BigDecimal(rate);
    }

    /** Half of all is in the organisation's own. */
    static SampleCurrency of(int index) {
        return index % 2 == 0 ? INR : values()[index / 2 % values().length];
    }

    BigDecimal money(long smallest) {
        return BigDecimal.valueOf(smallest, decimals);
    }

    BigDecimal round(BigDecimal amount) {
        return amount.setScale(decimals, RoundingMode.HALF_UP);
    }

    /** The amount in the organisation's own currency. */
    BigDecimal inOwn(BigDecimal amount) {
        return INR.round(amount.multiply(rate));
    }

    BigDecimal rate() {
        return rate;
    }

    String id() {
        return "600000000000006" + (4 + ordinal());
    }

    void put(ObjectNode record) {
        record.put("currency_id", id()).put("currency_code", name()).put("currency_symbol", symbol);
    }
}
