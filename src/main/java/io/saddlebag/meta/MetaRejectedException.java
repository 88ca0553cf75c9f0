package io.saddlebag.meta;

import io.saddlebag.zoho.ZohoRejectedException;

/** Meta refused the request because of its content. Repeating the same request cannot help. */
public class MetaRejectedException extends ZohoRejectedException {

    private final transient MetaAnswer answer;

    MetaRejectedException(MetaAnswer answer) {
        super(answer.description());
        this.answer = answer;
    }

    @Override
    public Integer getStatus() {
        return answer.status();
    }

    @Override
    public String getCode() {
        return answer.code() == null ? null : answer.code().toString();
    }

    @Override
    public String getZohoMessage() {
        return answer.message().isEmpty() ? null : answer.message();
    }

    @Override
    public boolean isTooLarge() {
        return answer.isTooLarge();
    }
}
