package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * A streaming call.
 *
 * <p>For a method that takes one request, the request was sent when the stream was opened. For a
 * method that gives one answer, {@link #receive} returns that answer and then {@code null}.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 * @since 1.0
 */
public interface ClientStream<Q extends MessageLite, A extends MessageLite>
        extends StreamReader<A>, StreamWriter<Q>, AutoCloseable {
    /**
     * Says that no request will follow. Can be repeated.
     *
     * @throws TtrpcException how the stream failed
     * @throws InterruptedException if the thread was interrupted
     */
    void endRequests() throws TtrpcException, InterruptedException;

    /**
     * Gives the stream up. Later answers are dropped. ttrpc cannot tell the server to stop; it
     * learns at least that no request will follow. Does nothing after the end of the stream.
     */
    @Override
    void close();
}
