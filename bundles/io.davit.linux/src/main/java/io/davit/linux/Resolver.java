package io.davit.linux;

import com.sun.jna.Native;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Opens a path below a directory without ever leaving it: by openat2(2), or component by component
 * where the kernel has no such call.
 */
final class Resolver {
    /** openat2 as the kernel has it: returns a descriptor, or a negated error number. */
    interface OpenAt2 {
        int open(int dir, byte[] path, byte[] how);
    }

    static final Resolver KERNEL = new Resolver(Resolver::openat2);

    private static final long OPENAT2 = 437;
    private static final int HOW_SIZE = 24;
    private static final int MOST_TRIES = 16;
    private static final int MOST_LINKS = 40;
    private static final Resolve WITHIN = Resolve.BENEATH.withoutLinks().withoutMounts();
    private static final int PLACE =
            OpenFlag.PATH.bits() | OpenFlag.NOFOLLOW.bits() | OpenFlag.CLOEXEC;

    private final OpenAt2 kernel;

    Resolver(OpenAt2 kernel) {
        this.kernel = kernel;
    }

    private static int openat2(int dir, byte[] path, byte[] how) {
        int fd = (int) LibC.syscall(OPENAT2, dir, path, how, HOW_SIZE);
        return fd < 0 ? -Native.getLastError() : fd;
    }

    /**
     * Opens a relative path.
     *
     * @return the descriptor's number, owned by the caller
     */
    int open(int dir, String path, int flags, int mode, Resolve resolve) throws LinuxException {
        byte[] how = how(flags, mode, resolve);
        byte[] text = LibC.text(path);
        int result = -Errno.EAGAIN.number();
        // EAGAIN means a rename or mount somewhere raced with a ".." of this path.
        for (int i = 0; i < MOST_TRIES && result == -Errno.EAGAIN.number(); i++) {
            result = kernel.open(dir, text, how);
        }
        if (result == -Errno.ENOSYS.number()) {
            return new Walk(dir, path, resolve).open(flags, mode);
        }
        if (result < 0) {
            throw new LinuxException(-result, "openat2", path);
        }
        return result;
    }

    /** Opens one name in a directory: no link, and on the same mount. */
    Descriptor child(int dir, byte[] name, String path, Set<OpenFlag> flags) throws LinuxException {
        int bits = OpenFlag.bits(flags) | OpenFlag.NOFOLLOW.bits();
        int fd = kernel.open(dir, name, how(bits, 0, WITHIN));
        if (fd == -Errno.ENOSYS.number()) {
            fd = LibC.check(LibC.openat(dir, name, bits, 0), "openat", path);
            requireSameMount(dir, fd, path);
        }
        if (fd < 0) {
            throw new LinuxException(-fd, "openat2", path);
        }
        return new Descriptor(fd, path);
    }

    private static byte[] how(int flags, int mode, Resolve resolve) {
        boolean creates = (flags & OpenFlag.CREATE.bits()) != 0;
        ByteBuffer how = ByteBuffer.allocate(HOW_SIZE).order(ByteOrder.nativeOrder());
        how.putLong(flags).putLong(creates ? mode : 0).putLong(resolve.bits());
        return how.array();
    }

    /** Closes a descriptor that lies on another mount than a directory, and fails. */
    private static void requireSameMount(int dir, int fd, String path) throws LinuxException {
        FileStatus there = FileStatus.of(fd, path);
        FileStatus start = FileStatus.of(dir, path);
        boolean same = there.device() == start.device() && mount(fd, there) == mount(dir, start);
        if (!same) {
            LibC.close(fd);
            throw new LinuxException(Errno.EXDEV, "openat", path, "another mount");
        }
    }

    /** Returns a descriptor's mount id, also where statx does not tell it. */
    private static long mount(int fd, FileStatus status) throws LinuxException {
        if (status.mountId() != -1) {
            return status.mountId();
        }
        String text = SmallFiles.readText(Path.of("/proc/self/fdinfo/" + fd), HOW_SIZE * 1024);
        String id = text.replaceFirst("(?s).*mnt_id:\\s*([0-9]+).*", "$1");
        return Long.parseLong(id);
    }

    /** One walk down a path, holding a descriptor for each level between the root and here. */
    private static final class Walk {
        private final int root;
        private final String whole;
        private final Resolve resolve;
        private final Deque<String> rest = new ArrayDeque<>();
        private final Deque<Integer> levels = new ArrayDeque<>();
        private int linksFollowed;

        Walk(int root, String path, Resolve resolve) {
            this.root = root;
            this.whole = path;
            this.resolve = resolve;
        }

        int open(int flags, int mode) throws LinuxException {
            try {
                push(whole);
                while (!rest.isEmpty()) {
                    String name = rest.pop();
                    boolean last = rest.stream().allMatch(String::isEmpty);
                    if (last && isPlain(name) && !leadsOn(name, flags)) {
                        return last(name, flags | (rest.isEmpty() ? 0 : directory()), mode);
                    }
                    step(name);
                }
                return last(".", flags, mode);
            } finally {
                levels.forEach(LibC::close);
            }
        }

        private int last(String name, int flags, int mode) throws LinuxException {
            int all = flags | OpenFlag.NOFOLLOW.bits();
            int fd = LibC.check(LibC.openat(here(), LibC.text(name), all, mode), "openat", whole);
            if (!name.equals(".")) {
                stayOnMount(fd);
            }
            return fd;
        }

        private void step(String name) throws LinuxException {
            if (name.isEmpty() || name.equals(".")) {
                return;
            }
            if (name.equals("..")) {
                up();
                return;
            }
            if (leadsOn(name, 0)) {
                follow(name);
                return;
            }
            byte[] text = LibC.text(name);
            int flags = PLACE | directory();
            int fd = LibC.check(LibC.openat(here(), text, flags, 0), "openat", whole);
            stayOnMount(fd);
            levels.push(fd);
        }

        private void up() throws LinuxException {
            if (!levels.isEmpty()) {
                LibC.close(levels.pop());
            } else if (!resolve.inRoot()) {
                throw new LinuxException(Errno.EXDEV, "openat", whole, "leads out");
            }
        }

        /** Says whether a name is a link that has to be followed. */
        private boolean leadsOn(String name, int flags) throws LinuxException {
            boolean stops = (flags & OpenFlag.NOFOLLOW.bits()) != 0;
            boolean makes = (flags & OpenFlag.EXCLUSIVE.bits()) != 0;
            if (stops || makes || !isPlain(name)) {
                return false;
            }
            try {
                FileStatus status = FileStatus.of(here(), LibC.text(name), whole);
                return status.type() == FileType.LINK;
            } catch (LinuxException e) {
                if (e.is(Errno.ENOENT)) {
                    return false;
                }
                throw e;
            }
        }

        private void follow(String name) throws LinuxException {
            if (!resolve.links() || ++linksFollowed > MOST_LINKS) {
                throw new LinuxException(Errno.ELOOP, "openat", whole, "link " + name);
            }
            String text = Links.read(here(), LibC.text(name), whole);
            if (text.startsWith("/")) {
                if (!resolve.inRoot()) {
                    throw new LinuxException(Errno.EXDEV, "openat", whole, "link leads out");
                }
                levels.forEach(LibC::close);
                levels.clear();
            }
            push(text);
        }

        private void push(String path) {
            String[] names = path.split("/", -1);
            for (int i = names.length - 1; i >= 0; i--) {
                rest.push(names[i]);
            }
        }

        private void stayOnMount(int fd) throws LinuxException {
            if (!resolve.mounts()) {
                requireSameMount(root, fd, whole);
            }
        }

        private int here() {
            return levels.isEmpty() ? root : levels.peek();
        }

        private static boolean isPlain(String name) {
            return !name.isEmpty() && !name.equals(".") && !name.equals("..");
        }

        private static int directory() {
            return OpenFlag.DIRECTORY.bits();
        }
    }
}
