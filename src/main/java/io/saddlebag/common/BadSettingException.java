package io.saddlebag.common;

/**
 * A setting that cannot work and stops the start. It ends as one line of the log, without a stack trace
 * ({@link BadSettingReporter}), so no part of it may hold a secret.
 */
public class BadSettingException extends RuntimeException {

    /**
     * @param setting the name the operator knows it by, such as {@code DATABASE_URL}; never null
     * @param problem what is wrong with it, without a full stop
     * @param hint  what to do, without a full stop
     */
    public BadSettingException(String setting, String problem, String hint) {
        super(setting + ": " + problem + ". " + hint);
    }
}
