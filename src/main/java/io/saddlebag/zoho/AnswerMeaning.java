package io.saddlebag.zoho;

/** The meaning of an answer for its caller. Each meaning asks for a different reaction. */
enum AnswerMeaning {
    OK("ok", ""),
    /** A passing failure: repeat the call soon. */
    RETRY("retry", ""),
    /** A passing failure of Zoho itself: repeat the call soon; the circuit breaker counts it. */
    FAILURE("retry", ""),
    /** Zoho has too many calls of this organisation in process, including those of other programs: repeat the call soon. */
    IN_PROCESS("in-process", ""),
    /** The calls of this minute are used up. */
    MINUTE("minute", ""),
    /** The calls of this day are used up. */
    DAY("day", ""),
    REFRESH("refresh", "The access token has expired, or the connection lacks the scope for this call"),
    /** Nobody agreed to the scope that the call needs; another token would not help. */
    SCOPE("refused", "The connection lacks the scope for this call"),
    /** There is no such record. */
    GONE("gone", ""),
    WRONG_ORGANISATION("refused", "Set ZOHO_ORG_ID to an organisation of this connection's user"),
    /** The answer does not come from Zoho's API but from a proxy, or from another server at the address. */
    NOT_ZOHO("refused", "Check ZOHO_REGION and ZOHO_API_URL, and any proxy on the way"),
    /** The answer is longer than zoho.longest-answer; the answer to a repetition would be too. */
    TOO_LONG("refused", "Request fewer records at once (saddlebag.pull.page-size), or raise zoho.longest-answer"),
    /** Zoho refuses this request; a repetition cannot help. */
    REFUSED("refused", "");

    private final String outcome;
    private final String hint;

    AnswerMeaning(String outcome, String hint) {
        this.outcome = outcome;
        this.hint = hint;
    }

    /** The name of the outcome in metrics and in the statement of the ledger. */
    String outcome() {
        return outcome;
    }

    /** One sentence for an operator; empty if the operator can only wait, or read Zoho's message. */
    String hint() {
        return hint;
    }
}
