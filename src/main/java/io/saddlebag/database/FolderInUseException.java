package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;

/** Another process works on the data directory. */
public class FolderInUseException extends BadSettingException {

    /** As for every bad setting. */
    FolderInUseException(String setting, String problem, String hint) {
        super(setting, problem, hint);
    }
}
