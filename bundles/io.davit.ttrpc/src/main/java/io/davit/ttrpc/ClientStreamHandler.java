package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that takes any number of requests and gives one answer. Runs on a thread of the
 * server's executor and may block.
 *
 * @param <Q> the type of the requests
 * @param <A> the type of the answer
 * @since 1.0
 */
@FunctionalInterface
public interface ClientStreamHandler<Q extends MessageLite, A extends MessageLite> {
    /**
     * Answers one call.
     *
     * @param requests where the requests come from
     * @param context the call
     * @return the answer; {@code null} is answered with {@code UNKNOWN}
     * @throws Exception as {@link UnaryHandler#handle}
     */
    A handle(StreamReader<Q> requests, ServerContext context) throws Exception;
}
