package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Takes the messages of a stream. Up to 64 wait here; a reader that leaves more of them waiting for
 * longer than a second loses its stream, because all streams of a connection share its bytes.
 *
 * <p><b>Threads.</b> Safe for use by many threads; a message goes to one of them.
 *
 * @param <M> the type of the messages
 * @since 1.0
 */
public interface StreamReader<M extends MessageLite> {
    /**
     * Takes the next message. Blocks until there is one, the stream ends, or its time is over.
     *
     * @return the message; {@code null} after the last one
     * @throws TtrpcException how the stream failed
     * @throws InterruptedException if the thread was interrupted; the stream goes on
     */
    M receive() throws TtrpcException, InterruptedException;
}
