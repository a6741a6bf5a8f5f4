package io.davit.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

/**
 * A method that a server offers.
 *
 * @param method what it is
 * @param onLoop whether its handler runs on the loop's thread
 * @param handler the handler, whatever its shape
 */
record ServerMethod<Q extends MessageLite, A extends MessageLite>(
        TtrpcMethod<Q, A> method, boolean onLoop, Handler<Q, A> handler) {
    /** A handler of any shape. */
    interface Handler<Q extends MessageLite, A extends MessageLite> {
        /** Answers the call, now or later, or throws. */
        void handle(ServerCall<Q, A> call) throws Exception;
    }

    static <Q extends MessageLite, A extends MessageLite> ServerMethod<Q, A> unary(
            TtrpcMethod<Q, A> method, UnaryHandler<Q, A> handler) {
        return new ServerMethod<>(
                method, false, call -> call.answer(handler.handle(call.request(), call)));
    }

    static <Q extends MessageLite, A extends MessageLite> ServerMethod<Q, A> async(
            TtrpcMethod<Q, A> method, AsyncHandler<Q, A> handler) {
        return new ServerMethod<>(
                method,
                true,
                call -> handler.handle(call.request(), call).whenComplete(call::answerLater));
    }

    static <Q extends MessageLite, A extends MessageLite> ServerMethod<Q, A> serverStream(
            TtrpcMethod<Q, A> method, ServerStreamHandler<Q, A> handler) {
        return new ServerMethod<>(
                method.shaped(TtrpcMethod.Shape.SERVER_STREAM),
                false,
                call -> {
                    handler.handle(call.request(), call, call);
                    call.end();
                });
    }

    static <Q extends MessageLite, A extends MessageLite> ServerMethod<Q, A> clientStream(
            TtrpcMethod<Q, A> method, ClientStreamHandler<Q, A> handler) {
        return new ServerMethod<>(
                method.shaped(TtrpcMethod.Shape.CLIENT_STREAM),
                false,
                call -> call.answer(handler.handle(call, call)));
    }

    static <Q extends MessageLite, A extends MessageLite> ServerMethod<Q, A> bidirectional(
            TtrpcMethod<Q, A> method, BidirectionalHandler<Q, A> handler) {
        return new ServerMethod<>(
                method.shaped(TtrpcMethod.Shape.BIDIRECTIONAL),
                false,
                call -> {
                    handler.handle(call, call, call);
                    call.end();
                });
    }

    /** Makes a call of this method. */
    ServerCall<Q, A> call(ServerConnection connection, ServerCall.Head head, ByteString payload) {
        return new ServerCall<>(this, connection, head, payload);
    }
}
