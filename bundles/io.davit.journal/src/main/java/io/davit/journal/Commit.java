package io.davit.journal;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A submitted record on its way to the disk.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 *
 * @since 1.0
 */
@ProviderType
public interface Commit {
    /**
     * Waits until the record is durable, at most {@link JournalOptions#commitWithin}.
     *
     * @throws JournalException as for {@link Journal#append}; repeating the call repeats the answer
     */
    void await() throws JournalException;

    /**
     * Waits until the record survives the end of this process, but maybe not a power cut: for what
     * a power cut undoes as well. Later records that are durable make it durable.
     *
     * @throws JournalException as for {@link #await}
     */
    default void awaitWritten() throws JournalException {
        await();
    }

    /**
     * Tells whether {@link #await} would return or throw at once.
     *
     * @return {@code true} once the outcome is known
     */
    boolean isDone();
}
