package io.davit.ttrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One socket with its frames both ways, carried by a loop. What frames mean is the subclass's. */
abstract class Connection implements LoopThread.Selectable, FrameDecoder.Sink, Outbound.Owner {
    /** How long a full stream buffer may hold up its connection. Source: ttrpc 1.2.9. */
    private static final long FULL_BUFFER_NANOS = TimeUnit.SECONDS.toNanos(1);

    final LoopThread loop;
    final Outbound out;
    private final SocketChannel channel;

    /** Why it ended; {@code null} while it lives. */
    private final AtomicReference<TtrpcException> ended = new AtomicReference<>();

    private volatile SelectionKey key;

    /** Used by the loop's thread alone. */
    private final FrameDecoder decoder = new FrameDecoder(this);

    /** Who wants no more frames now; used by the loop's thread alone. */
    private final Set<Object> pauses = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Read but not decoded because of a pause; used by the loop's thread alone. */
    private ByteBuffer leftover;

    Connection(SocketChannel channel, LoopThread loop) {
        this.channel = channel;
        this.loop = loop;
        this.out = new Outbound(channel, this);
    }

    /** Begins to read. */
    void open() throws IOException {
        channel.configureBlocking(false);
        key = loop.register(channel, SelectionKey.OP_READ, this);
    }

    boolean isOpen() {
        return ended.get() == null;
    }

    TtrpcException ended() {
        return ended.get();
    }

    /**
     * Closes the socket and ends every call. Only the first reason counts.
     *
     * @return whether it was this one
     */
    boolean close(TtrpcException why) {
        if (!ended.compareAndSet(null, why)) {
            return false;
        }
        out.end(why);
        try {
            channel.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        loop.wakeUp(); // the loop gives the descriptor back
        endCalls(why);
        return true;
    }

    /** Ends every call. Called once, by the thread that closed. */
    abstract void endCalls(TtrpcException why);

    @Override
    public void ready(SelectionKey ready) throws IOException {
        key = ready;
        int operations = ready.readyOps();
        if ((operations & SelectionKey.OP_WRITE) != 0) {
            interest(0, SelectionKey.OP_WRITE);
            out.writable();
        }
        if ((operations & SelectionKey.OP_READ) != 0) {
            read();
        }
    }

    @Override
    public void fail(Throwable cause) {
        close(TtrpcException.closed("ttrpc: closed: " + cause, cause));
    }

    @Override
    public void writeFailed(IOException cause) {
        close(TtrpcException.closed("ttrpc: closed", cause));
    }

    @Override
    public void awaitWritable() {
        interest(SelectionKey.OP_WRITE, 0);
        loop.wakeUp();
    }

    @Override
    public void drained() {
        loop.execute(() -> resume(out));
    }

    @Override
    public boolean isPaused() {
        return !pauses.isEmpty() || !isOpen();
    }

    /** Reads no further frames until {@link #resume}; on the loop's thread. */
    void pause(Object who) {
        if (pauses.add(who)) {
            interest(0, SelectionKey.OP_READ);
        }
    }

    /** Ends a pause; on the loop's thread. */
    void resume(Object who) {
        if (!pauses.remove(who)) {
            return;
        }
        while (leftover != null && !isPaused()) {
            ByteBuffer next = leftover;
            leftover = null;
            decode(next);
        }
        if (!isPaused()) {
            interest(SelectionKey.OP_READ, 0);
        }
    }

    /** Pauses until a stream's buffer has room, or fails the stream; on the loop's thread. */
    void pauseFor(Inbox full) {
        pause(full);
        loop.schedule(
                System.nanoTime() + FULL_BUFFER_NANOS,
                () -> {
                    if (pauses.contains(full)) {
                        full.overflow();
                    }
                });
        if (full.whenRoom(() -> loop.execute(() -> resume(full)))) {
            resume(full);
        }
    }

    private void read() throws IOException {
        ByteBuffer in = loop.readBuffer();
        int n = channel.read(in);
        if (n < 0) {
            close(
                    decoder.isInsideFrame()
                            ? TtrpcException.protocol("connection ended inside a frame")
                            : TtrpcException.closed("ttrpc: closed", null));
        } else {
            decode(in.flip());
        }
    }

    private void decode(ByteBuffer in) {
        boolean held = out.hold();
        try {
            decoder.feed(in);
            keep(in);
        } catch (TtrpcException e) {
            close(e);
        } finally {
            if (held) {
                out.release();
            }
        }
    }

    private void keep(ByteBuffer in) {
        if (in.hasRemaining() && isOpen()) {
            leftover = ByteBuffer.allocate(in.remaining()).put(in).flip();
        }
    }

    private void interest(int add, int remove) {
        try {
            SelectionKey current = key;
            if (current != null) {
                current.interestOpsOr(add);
                current.interestOpsAnd(~remove);
            }
        } catch (CancelledKeyException ignored) {
            // closed meanwhile
        }
    }
}
