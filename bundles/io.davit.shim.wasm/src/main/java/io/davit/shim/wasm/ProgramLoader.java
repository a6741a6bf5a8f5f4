package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the module that a process names, in the files of its task.
 *
 * <p>The first argument is a path; a relative one is looked for in the working directory and then,
 * if it has no slash, in the directories of {@code PATH}. {@code PATH_OF_MODULE#FUNCTION} names an
 * exported function instead of the command, {@code #FUNCTION} one of the task's own module.
 */
final class ProgramLoader {
    private static final int MOST_REMEMBERED = 256;

    /** A file that changed this recently may change again without looking different. */
    private static final long SETTLED_NANOS = 2_000_000_000L;

    private final ModuleCache modules;

    /** Digests of files that did not change since; guarded by itself. */
    private final Map<FileStat, String> digests =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<FileStat, String> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            };

    ProgramLoader(ModuleCache modules) {
        this.modules = modules;
    }

    /** A program and where in it to begin. */
    record Loaded(WasmProgram program, EntryPoint entry) {}

    /**
     * Loads what a process runs.
     *
     * @param own the module of the task's init process; {@code null} if this is it
     * @throws DavitException {@code NOT_FOUND} if there is no such file; {@code PERMISSION_DENIED}
     *     if it cannot be read or is no file; otherwise as {@link ModuleCache#get}
     */
    Loaded load(Place root, GuestProgram wanted, WasmProgram own, Duration within)
            throws DavitException {
        String name = wanted.arguments().get(0);
        List<String> rest = wanted.arguments().subList(1, wanted.arguments().size());
        int hash = name.lastIndexOf('#');
        if (hash == 0 && own != null) {
            return new Loaded(own, EntryPoint.function(own, name.substring(1), rest));
        }
        WasmProgram program = find(root, wanted, name, within);
        if (program == null && hash > 0) {
            program = find(root, wanted, name.substring(0, hash), within);
            if (program != null) {
                return new Loaded(
                        program, EntryPoint.function(program, name.substring(hash + 1), rest));
            }
        }
        if (program == null) {
            throw new DavitException(
                    Kind.NOT_FOUND,
                    "module not found in the task's files: path=" + Texts.quote(name));
        }
        return new Loaded(program, EntryPoint.command(program));
    }

    /** Looks where a shell would; {@code null} if there is nothing. */
    private WasmProgram find(Place root, GuestProgram wanted, String name, Duration within)
            throws DavitException {
        if (name.startsWith("/")) {
            return read(root, name, within);
        }
        WasmProgram found = read(root, wanted.cwd() + "/" + name, within);
        if (found != null || name.indexOf('/') >= 0) {
            return found;
        }
        for (String each : wanted.environment()) {
            if (each.startsWith("PATH=")) {
                for (String directory : each.substring("PATH=".length()).split(":")) {
                    found = read(root, directory + "/" + name, within);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    private WasmProgram read(Place root, String path, Duration within) throws DavitException {
        int begin = 0;
        while (begin < path.length() && path.charAt(begin) == '/') {
            begin++;
        }
        String relative = begin == path.length() ? "." : path.substring(begin);
        try (Target target = Walk.resolve(root, root, relative, true);
                GuestFile file = target.openFile(OpenHow.READ)) {
            return read(file, within);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT
                    || e.errno() == Errno.NOTDIR
                    || e.errno() == Errno.NOTCAPABLE) {
                return null;
            }
            throw new DavitException(
                    Kind.PERMISSION_DENIED,
                    "module cannot be read: path=" + Texts.quote(path) + " cause=" + e.errno(),
                    e);
        }
    }

    private WasmProgram read(GuestFile file, Duration within)
            throws DavitException, ErrnoException {
        FileStat stat = file.stat().unread();
        String known;
        synchronized (digests) {
            known = digests.get(stat);
        }
        WasmProgram program = known == null ? null : modules.find(known);
        if (program != null) {
            return program;
        }
        byte[] module = content(file, stat.size());
        String digest = Digests.hex(module);
        program = modules.get(digest, module, within);
        long settled = Math.max(stat.mtime(), stat.ctime()) + SETTLED_NANOS;
        if (file instanceof HostFile && settled < MemoryVolume.now()) {
            synchronized (digests) {
                digests.put(stat, digest);
            }
        }
        return program;
    }

    private static byte[] content(GuestFile file, long size) throws DavitException, ErrnoException {
        if (size > WasmBinary.MOST_BYTES) {
            throw WasmBinary.invalid("is larger than 64 MiB: bytes=" + size);
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        int read = file.read(content, 0);
        if (read < size) {
            throw WasmBinary.invalid("changed while it was read");
        }
        return content.array();
    }
}
