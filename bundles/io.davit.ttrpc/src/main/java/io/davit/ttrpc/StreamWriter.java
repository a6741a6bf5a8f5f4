package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Sends the messages of a stream.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 *
 * @param <M> the type of the messages
 * @since 1.0
 */
public interface StreamWriter<M extends MessageLite> {
    /**
     * Sends a message. Blocks while the peer does not read.
     *
     * @param message the message
     * @throws TtrpcException {@code RESOURCE_EXHAUSTED} if it is too large, {@code
     *     FAILED_PRECONDITION} if the stream was ended, otherwise how the stream failed
     * @throws InterruptedException if the thread was interrupted before the message was queued
     */
    void send(M message) throws TtrpcException, InterruptedException;
}
