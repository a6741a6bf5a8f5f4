package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * Answers a unary method. Runs on a thread of the server's executor and may block.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the answer
 * @since 1.0
 */
@FunctionalInterface
public interface UnaryHandler<Q extends MessageLite, A extends MessageLite> {
    /**
     * Answers one call.
     *
     * @param request the request
     * @param context the call
     * @return the answer; {@code null} is answered with {@code UNKNOWN}
     * @throws Exception a {@link TtrpcException} reaches the caller as it is; of others the class
     *     that fits and the message
     */
    A handle(Q request, ServerContext context) throws Exception;
}
