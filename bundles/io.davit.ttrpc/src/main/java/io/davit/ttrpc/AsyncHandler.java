package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import java.util.concurrent.CompletionStage;

/**
 * Answers a unary method later, without a thread that waits. Runs on the loop's thread and must not
 * block; an answer that is there at once saves the way through another thread.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the answer
 * @since 1.0
 */
@FunctionalInterface
public interface AsyncHandler<Q extends MessageLite, A extends MessageLite> {
    /**
     * Begins to answer one call.
     *
     * @param request the request
     * @param context the call
     * @return the answer to come
     * @throws Exception as {@link UnaryHandler#handle}
     */
    CompletionStage<A> handle(Q request, ServerContext context) throws Exception;
}
