package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;

/** The names of a host directory, read as they are asked for. Confined to one thread. */
final class HostEntries implements Entries {
    private final HostHandle handle;
    private final DirectoryStream<Path> stream;
    private final Iterator<Path> names;

    HostEntries(HostHandle handle, DirectoryStream<Path> stream) {
        this.handle = handle;
        this.stream = stream;
        this.names = stream.iterator();
    }

    @Override
    public Entry next() throws ErrnoException {
        try {
            while (names.hasNext()) {
                Path name = names.next().getFileName();
                String text = name.toString();
                Entry entry = HostVolume.isTemporary(text) ? null : entry(name, text);
                if (entry != null) {
                    return entry;
                }
            }
            return null;
        } catch (DirectoryIteratorException e) {
            throw HostErrors.errno(e.getCause());
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    /** What a name leads to, or {@code null} when it was removed meanwhile. */
    private Entry entry(Path name, String text) throws IOException {
        try {
            BasicFileAttributes found = handle.attributes(name);
            long ino = HostStats.part(String.valueOf(found.fileKey()), "ino=", 10);
            return new Entry(text, HostStats.type(found), ino);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException ignored) {
            // Only read from.
        }
    }
}
