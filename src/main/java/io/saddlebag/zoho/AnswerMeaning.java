package io.saddlebag.zoho;

/** What an answer means for who asked: each is one thing that can be done about it. */
enum AnswerMeaning {
    OK("ok", ""),
    /** Come again soon: something went wrong that may pass. */
    RETRY("retry", ""),
    /** The same, and a failure of Zoho itself, which the circuit breaker counts. */
    FAILURE("retry", ""),
    /** Come again soon: Zoho has too many calls of this organisation in work, also those of other programs. */
    IN_PROCESS("in-process", ""),
    /** The minute's calls are spent. */
    MINUTE("minute", ""),
    /** The day's calls are spent. */
    DAY("day", ""),
    REFRESH("refresh", "The access token is dead, or the connection lacks the scope for this call"),
    /** Nobody agreed to what the call needs; another token would not help. */
    SCOPE("refused", "The connection lacks the scope for this call"),
    /** There is no such record. */
    GONE("gone", ""),
    WRONG_ORGANISATION("refused", "Set ZOHO_ORG_ID to an organisation of this connection's user"),
    /** The answer does not come from Zoho's API but from a proxy, or from another server at the address. */
    NOT_ZOHO("refused", "Check ZOHO_REGION and ZOHO_API_URL, and any proxy on the way"),
    /** The answer is longer than zoho.longest-answer; a repetition would be as long. */
    TOO_LONG("refused", "Ask for less at once (saddlebag.pull.page-size), or raise zoho.longest-answer"),
    /** Zoho refuses this request; a repetition cannot help. */
    REFUSED("refused", "");

    private final String outcome;
    private final String hint;

    AnswerMeaning(String outcome, String hint) {
        this.outcome = outcome;
        this.hint = hint;
    }

    /** The word for it in metrics and in the ledger's statement. */
    String outcome() {
        return outcome;
    }

    /** What an operator can do, in a sentence; empty where there is nothing but to wait or to read Zoho's message. */
    String hint() {
        return hint;
    }
}
