package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method with any number of messages each way. Runs on a thread of the server's executor
 * and may block; the stream ends when it returns.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 * @since 1.0
 */
@FunctionalInterface
public interface BidirectionalHandler<Q extends MessageLite, A extends MessageLite> {
    /**
     * Answers one call.
     *
     * @param requests where the requests come from
     * @param answers where the answers go
     * @param context the call
     * @throws Exception as {@link UnaryHandler#handle}
     */
    void handle(StreamReader<Q> requests, StreamWriter<A> answers, ServerContext context)
            throws Exception;
}
