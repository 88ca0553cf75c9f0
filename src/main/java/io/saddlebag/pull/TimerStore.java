package io.saddlebag.pull;

import org.quartz.JobPersistenceException;
import org.springframework.scheduling.quartz.LocalDataSourceJobStore;

/**
 * Spring's Quartz store, but with each change in a transaction of its own. Without a running transaction, Spring's store commits each statement
 * separately: when two replicas started at once, one found the other's job without its trigger, and its start failed.
 */
public class TimerStore extends LocalDataSourceJobStore {

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // the class above declares it so
    protected Object executeInLock(String lock, TransactionCallback change) throws JobPersistenceException {
        return executeInNonManagedTXLock(lock, change, null);
    }
}
