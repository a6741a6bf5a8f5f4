package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A connection over a Unix socket that keeps the bounds of packets ({@code SOCK_SEQPACKET}), which
 * the JDK cannot make.
 *
 * <p><b>Threads.</b> Safe for use by many threads, see {@link Descriptor}. {@link #receive} and
 * {@link #send} block without a bound and notice no interrupt; {@link #endReceiving} and {@link
 * #endSending} wake them.
 */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;
    private static final int LONGEST_PATH = 107;
    private static final int DUPLICATE_CLOEXEC = 1030;

    private final Descriptor descriptor;

    private PacketSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * What names an open socket within this process for as long as it is open.
     *
     * @param number the descriptor
     * @param inode the socket behind it
     */
    public record Handle(int number, long inode) {}

    /**
     * Connects to a listening socket.
     *
     * @param dir the directory it lies in; its path may have any length
     * @param name its name there
     */
    public static PacketSocket connect(Dir dir, String name) throws LinuxException {
        String path = dir.procPath() + "/" + name;
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        if (text.length > LONGEST_PATH) {
            throw new LinuxException(Errno.ENAMETOOLONG, "connect", dir.child(name), "");
        }
        ByteBuffer address = ByteBuffer.allocate(text.length + 3).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_UNIX).put(text);
        int fd = LibC.socket(AF_UNIX, SOCK_SEQPACKET | OpenFlag.CLOEXEC, 0);
        Descriptor made = new Descriptor(LibC.check(fd, "socket", path), dir.child(name));
        int result = made.use(n -> LibC.connect(n, address.array(), address.capacity()));
        if (result < 0) {
            LinuxException e = LibC.failure("connect", made.path());
            made.close();
            throw e;
        }
        return new PacketSocket(made);
    }

    /**
     * Receives one packet; what does not fit is lost.
     *
     * @return its length, 0 when the peer or {@link #endReceiving} has ended it
     */
    public int receive(byte[] to) throws LinuxException {
        return descriptor.use(
                fd -> {
                    long n = LibC.recv(fd, to, to.length, 0);
                    while (n < 0 && LibC.failure("recv", "").is(Errno.EINTR)) {
                        n = LibC.recv(fd, to, to.length, 0);
                    }
                    return (int) LibC.check(n, "recv", descriptor.path());
                });
    }

    /**
     * Sends one packet.
     *
     * @param from holds it from its beginning
     * @param length its length
     * @throws LinuxException {@code EPIPE} when the peer or {@link #endSending} has ended it
     */
    public void send(byte[] from, int length) throws LinuxException {
        descriptor.use(
                fd -> {
                    long n = LibC.send(fd, from, length, MSG_NOSIGNAL);
                    while (n < 0 && LibC.failure("send", "").is(Errno.EINTR)) {
                        n = LibC.send(fd, from, length, MSG_NOSIGNAL);
                    }
                    return LibC.check(n, "send", descriptor.path());
                });
    }

    /** Ends sending: the peer reads the end after what was sent. Repeated calls have no effect. */
    public void endSending() throws LinuxException {
        end(descriptor, SHUT_WR);
    }

    /** Ends receiving: the peer's next send fails. Repeated calls have no effect. */
    public void endReceiving() throws LinuxException {
        end(descriptor, SHUT_RD);
    }

    private static void end(Descriptor socket, int how) throws LinuxException {
        if (socket.use(fd -> LibC.shutdown(fd, how)) < 0) {
            LinuxException e = LibC.failure("shutdown", socket.path());
            if (!e.is(Errno.ENOTCONN)) {
                throw e;
            }
        }
    }

    /** Returns what names this socket for {@link #endSending(Handle)}. */
    public Handle handle() throws LinuxException {
        long inode = descriptor.status().inode();
        return new Handle(descriptor.use(fd -> fd), inode);
    }

    /**
     * Ends sending on a socket of this process that is known by its handle alone.
     *
     * @return whether it was still open
     */
    public static boolean endSending(Handle handle) throws LinuxException {
        // Held by a number of our own first: the other one may be closed and given out again.
        int fd = LibC.fcntl(handle.number(), DUPLICATE_CLOEXEC, 0L);
        if (fd < 0) {
            return false;
        }
        try (Descriptor own = new Descriptor(fd, "socket " + handle.inode())) {
            boolean same = own.status().inode() == handle.inode();
            if (same) {
                end(own, SHUT_WR);
            }
            return same;
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
