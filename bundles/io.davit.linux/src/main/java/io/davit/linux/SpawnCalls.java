package io.davit.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The functions around posix_spawn(3), with what they keep between calls. */
final class SpawnCalls implements AutoCloseable {
    /** Larger than the structures of any architecture. */
    private static final int STRUCTURE = 512;

    private static final int SIGNAL_SET = 128;
    private static final int WRITE_ONLY = 1;

    /** Group 0, the initial value of the attribute, is a new one. */
    private static final short SET_PROCESS_GROUP = 0x02;

    private static final short SET_SIGNAL_DEFAULTS = 0x04;
    private static final short SET_SIGNAL_MASK = 0x08;
    private static final byte[] NULL_DEVICE = "/dev/null\0".getBytes(StandardCharsets.US_ASCII);

    static {
        Native.register(SpawnCalls.class, "c");
    }

    private final byte[] actions = new byte[STRUCTURE];
    private final byte[] attributes = new byte[STRUCTURE];

    SpawnCalls(boolean ownGroup) throws LinuxException {
        check(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init", "");
        check(posix_spawnattr_init(attributes), "posix_spawnattr_init", "");
        int group = ownGroup ? SET_PROCESS_GROUP : 0;
        int flags = SET_SIGNAL_DEFAULTS | SET_SIGNAL_MASK | group;
        check(posix_spawnattr_setflags(attributes, (short) flags), "posix_spawnattr_setflags", "");
        byte[] set = new byte[SIGNAL_SET];
        check(posix_spawnattr_setsigmask(attributes, set), "posix_spawnattr_setsigmask", "");
        sigfillset(set);
        check(posix_spawnattr_setsigdefault(attributes, set), "posix_spawnattr_setsigdefault", "");
    }

    void changeDirectory(String path) throws LinuxException {
        byte[] text = LibC.text(path);
        check(posix_spawn_file_actions_addchdir_np(actions, text), "chdir", path);
    }

    Void duplicate(int from, int to) throws LinuxException {
        check(posix_spawn_file_actions_adddup2(actions, from, to), "dup2", "fd " + from);
        return null;
    }

    /** Opens /dev/null for reading as number 0, for writing as others. */
    void openNull(int number) throws LinuxException {
        int flags = number == 0 ? 0 : WRITE_ONLY;
        int result = posix_spawn_file_actions_addopen(actions, number, NULL_DEVICE, flags, 0);
        check(result, "open", "/dev/null");
    }

    /** Closes a number, open or not. */
    void close(int number) throws LinuxException {
        check(posix_spawn_file_actions_addclose(actions, number), "close", "fd " + number);
    }

    /** Closes all numbers from one on; glibc before 2.34: those that are open at this moment. */
    void closeFrom(int first) throws LinuxException {
        if (CloseFrom.EXISTS) {
            check(CloseFrom.posix_spawn_file_actions_addclosefrom_np(actions, first), "close", "");
            return;
        }
        try (Dir own = Dir.open("/proc/self/fd")) {
            for (DirectoryEntry entry : own.list(".")) {
                String name = entry.name();
                if (name.charAt(0) != '.' && Integer.parseInt(name) >= first) {
                    close(Integer.parseInt(name));
                }
            }
        }
    }

    /** Starts a program and returns its process number. */
    int start(String program, List<String> command, List<String> variables) throws LinuxException {
        byte[] pid = new byte[4];
        try (Memory argv = texts(command);
                Memory envp = texts(variables)) {
            byte[] path = LibC.text(program);
            check(posix_spawn(pid, path, actions, attributes, argv, envp), "posix_spawn", program);
        }
        return ByteBuffer.wrap(pid).order(ByteOrder.nativeOrder()).getInt();
    }

    /** Lays out an array of pointers with a null at its end, and the texts after it. */
    private static Memory texts(List<String> texts) throws LinuxException {
        long size = (texts.size() + 1L) * Native.POINTER_SIZE;
        long at = size;
        for (String text : texts) {
            size += LibC.text(text).length;
        }
        Memory memory = new Memory(size);
        for (int i = 0; i < texts.size(); i++) {
            byte[] bytes = LibC.text(texts.get(i));
            memory.write(at, bytes, 0, bytes.length);
            memory.setPointer((long) i * Native.POINTER_SIZE, memory.share(at));
            at += bytes.length;
        }
        memory.setPointer((long) texts.size() * Native.POINTER_SIZE, Pointer.NULL);
        return memory;
    }

    /** These functions return their error number. */
    private static void check(int error, String call, String path) throws LinuxException {
        if (error != 0) {
            throw new LinuxException(error, call, path);
        }
    }

    @Override
    public void close() {
        posix_spawn_file_actions_destroy(actions);
        posix_spawnattr_destroy(attributes);
    }

    private static native int posix_spawn(
            byte[] pid, byte[] path, byte[] actions, byte[] attributes, Pointer argv, Pointer envp);

    private static native int posix_spawn_file_actions_init(byte[] actions);

    private static native int posix_spawn_file_actions_destroy(byte[] actions);

    private static native int posix_spawn_file_actions_adddup2(byte[] actions, int from, int to);

    private static native int posix_spawn_file_actions_addclose(byte[] actions, int fd);

    private static native int posix_spawn_file_actions_addopen(
            byte[] actions, int fd, byte[] path, int flags, int mode);

    private static native int posix_spawn_file_actions_addchdir_np(byte[] actions, byte[] path);

    private static native int posix_spawnattr_init(byte[] attributes);

    private static native int posix_spawnattr_destroy(byte[] attributes);

    private static native int posix_spawnattr_setflags(byte[] attributes, short flags);

    private static native int posix_spawnattr_setsigmask(byte[] attributes, byte[] set);

    private static native int posix_spawnattr_setsigdefault(byte[] attributes, byte[] set);

    private static native int sigfillset(byte[] set);

    /** The one function that came later than the rest. */
    private static final class CloseFrom {
        static final boolean EXISTS = register();

        private static boolean register() {
            try {
                Native.register(CloseFrom.class, "c");
                return true;
            } catch (UnsatisfiedLinkError e) {
                return false;
            }
        }

        static native int posix_spawn_file_actions_addclosefrom_np(byte[] actions, int first);
    }
}
