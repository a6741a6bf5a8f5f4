package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open file of the host. */
final class HostFile implements GuestFile {
    /** The most bytes one system call moves, which bounds the buffer the JDK keeps per thread. */
    private static final int MOST_AT_ONCE = 1 << 18;

    private final HostDir parent;
    private final String name;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What the file was when it was opened. */
    private final FileStat opened;

    /** Takes the channel, and a hold on the directory, in which the name is looked at again. */
    HostFile(HostDir parent, String name, FileChannel channel) throws ErrnoException {
        this.parent = parent.retain();
        this.name = name;
        this.channel = channel;
        this.opened = look();
    }

    private FileStat look() throws ErrnoException {
        try {
            return parent.stat(name);
        } catch (ErrnoException e) {
            close();
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer into, long position) throws ErrnoException {
        int end = into.limit();
        int total = 0;
        try {
            while (into.position() < end) {
                into.limit(Math.min(end, into.position() + MOST_AT_ONCE));
                int count = channel.read(into, position + total);
                if (count <= 0) {
                    break;
                }
                total += count;
            }
            return total;
        } catch (IOException e) {
            throw HostErrors.errno(e);
        } catch (NonReadableChannelException | NonWritableChannelException e) {
            throw new ErrnoException(Errno.BADF);
        } finally {
            into.limit(end);
        }
    }

    @Override
    public int write(ByteBuffer from, long position) throws ErrnoException {
        int end = from.limit();
        int total = 0;
        try {
            while (from.position() < end) {
                from.limit(Math.min(end, from.position() + MOST_AT_ONCE));
                total += channel.write(from, position + total);
            }
            return total;
        } catch (IOException e) {
            if (total > 0) {
                return total;
            }
            throw HostErrors.errno(e);
        } catch (NonReadableChannelException | NonWritableChannelException e) {
            throw new ErrnoException(Errno.BADF);
        } finally {
            from.limit(end);
        }
    }

    @Override
    public synchronized long append(ByteBuffer from) throws ErrnoException {
        long end = size();
        return end + write(from, end);
    }

    @Override
    public long size() throws ErrnoException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public synchronized void truncate(long size) throws ErrnoException {
        try {
            long now = channel.size();
            if (size < now) {
                channel.truncate(size);
            } else if (size > now) {
                channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
            }
        } catch (IOException e) {
            throw HostErrors.errno(e);
        } catch (NonWritableChannelException e) {
            throw new ErrnoException(Errno.BADF);
        }
    }

    @Override
    public void sync(boolean metadata) throws ErrnoException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public FileStat stat() throws ErrnoException {
        FileStat now = found();
        return (now == null ? opened : now).withSize(size());
    }

    /**
     * What the name leads to, if that is still this file; a renamed or removed file has no name
     * here.
     */
    private FileStat found() {
        try {
            FileStat now = parent.stat(name);
            return now.sameFile(opened) ? now : null;
        } catch (ErrnoException e) {
            return null;
        }
    }

    @Override
    public void setTimes(FileTimes times) throws ErrnoException {
        if (found() == null) {
            throw new ErrnoException(Errno.NOTSUP);
        }
        parent.setTimes(name, times);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        parent.close();
        try {
            channel.close();
        } catch (IOException ignored) {
            // What was not written by then was reported when it was written.
        }
    }
}
