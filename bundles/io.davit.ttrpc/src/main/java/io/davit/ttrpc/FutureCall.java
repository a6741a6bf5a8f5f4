package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A unary call that nobody waits for; its future is completed by the reading thread. */
final class FutureCall<A extends MessageLite> extends PendingCall {
    private final TtrpcMethod<?, A> method;
    private final CompletableFuture<A> future;

    /** The deadline's timer; {@code null} without one. */
    private volatile LoopThread.Timer timer;

    FutureCall(TtrpcMethod<?, A> method, Consumer<FutureCall<A>> abandon) {
        this.method = method;
        this.future = new Cancellable<>(() -> abandon.accept(this));
    }

    CompletableFuture<A> future() {
        return future;
    }

    void timedBy(LoopThread.Timer given) {
        timer = given;
        if (future.isDone()) {
            given.cancel();
        }
    }

    @Override
    void answered(byte[] response) {
        stopTimer();
        try {
            future.complete(message(method.answer(), payload(response)));
        } catch (TtrpcException e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    void failed(TtrpcException why) {
        stopTimer();
        future.completeExceptionally(why);
    }

    private void stopTimer() {
        LoopThread.Timer current = timer;
        if (current != null) {
            current.cancel();
        }
    }

    /** Tells when it is cancelled, because an answer need not be kept a place for then. */
    private static final class Cancellable<T> extends CompletableFuture<T> {
        private final Runnable onCancel;

        private Cancellable(Runnable onCancel) {
            this.onCancel = onCancel;
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            if (cancelled) {
                onCancel.run();
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
