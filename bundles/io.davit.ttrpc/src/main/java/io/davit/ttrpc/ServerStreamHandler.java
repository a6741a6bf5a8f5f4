package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a method that takes one request and gives any number of answers. Runs on a thread of the
 * server's executor and may block; the stream ends when it returns.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the answers
 * @since 1.0
 */
@FunctionalInterface
public interface ServerStreamHandler<Q extends MessageLite, A extends MessageLite> {
    /**
     * Answers one call.
     *
     * @param request the request
     * @param answers where the answers go
     * @param context the call
     * @throws Exception as {@link UnaryHandler#handle}
     */
    void handle(Q request, StreamWriter<A> answers, ServerContext context) throws Exception;
}
