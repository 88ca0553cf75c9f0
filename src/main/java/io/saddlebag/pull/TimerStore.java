package io.saddlebag.pull;

import org.quartz.JobPersistenceException;
import org.springframework.scheduling.quartz.LocalDataSourceJobStore;

/**
 * Spring's Quartz store, each change in a transaction of its own. Spring's commits every statement by itself where no
 * transaction is under way: of two replicas that start at once, one met the other's job before its trigger, and ended.
 */
public class TimerStore extends LocalDataSourceJobStore {

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as the class above declares it
    protected Object executeInLock(String lock, TransactionCallback change) throws JobPersistenceException {
        return executeInNonManagedTXLock(lock, change, null);
    }
}
