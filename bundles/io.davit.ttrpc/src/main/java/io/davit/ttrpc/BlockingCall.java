package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import java.util.concurrent.locks.LockSupport;

/** A unary call whose caller waits; the reading thread hands the answer straight over. */
final class BlockingCall<A extends MessageLite> extends PendingCall {
    private final TtrpcMethod<?, A> method;
    private final Thread caller = Thread.currentThread();

    /** The response's bytes, or what failed; written once. */
    private volatile Object outcome;

    BlockingCall(TtrpcMethod<?, A> method) {
        this.method = method;
    }

    @Override
    void answered(byte[] response) {
        outcome = response;
        LockSupport.unpark(caller);
    }

    @Override
    void failed(TtrpcException why) {
        outcome = why;
        LockSupport.unpark(caller);
    }

    /** Waits on the caller's thread. */
    A await(long deadline) throws TtrpcException, InterruptedException {
        while (outcome == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted: method=" + method);
            }
            if (deadline == Outbound.FOREVER) {
                LockSupport.park(this);
                continue;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw TtrpcException.deadline("no answer in time: method=" + method);
            }
            LockSupport.parkNanos(this, left);
        }
        if (outcome instanceof TtrpcException why) {
            throw why.again();
        }
        return message(method.answer(), payload((byte[]) outcome));
    }
}
