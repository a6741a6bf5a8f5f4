package io.davit.api.task;

import io.davit.api.errors.DavitException;

import org.osgi.annotation.versioning.ProviderType;

import java.time.Duration;

/**
 * A further process of a task.
 *
 * @since 1.0
 */
@ProviderType
public interface ExecProcess extends TaskProcess {
    /**
     * Returns the exec id.
     *
     * @return never {@code null}
     */
    String execId();

    /**
     * Removes the process.
     *
     * @param within the longest time it may last
     * @return how it ended; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     is running
     */
    Exit delete(Duration within) throws DavitException;
}
