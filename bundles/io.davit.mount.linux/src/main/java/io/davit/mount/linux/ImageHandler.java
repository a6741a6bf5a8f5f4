package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.linux.FileStatus;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.spi.mount.SystemMounts;

import java.util.ArrayList;
import java.util.List;

/** A handler for filesystems in files: a source that is no device goes through a loop device. */
abstract class ImageHandler extends FilesystemHandler {
    private static final String LOOP = "loop";

    /** Whether the filesystem can only be read. */
    private final boolean readOnly;

    ImageHandler(SystemMounts system, boolean readOnly) {
        super(system);
        this.readOnly = readOnly;
    }

    @Override
    final Mount perform(Mount mount, String at) throws DavitException {
        List<String> options = new ArrayList<>(mount.options());
        if (!options.contains(LOOP) && isFile(mount.source())) {
            options.add(LOOP);
        }
        if (readOnly && !options.contains("ro")) {
            options.add("ro");
        }
        system().mount(mount.withOptions(options), at);
        return mount;
    }

    /** Says whether a source is a regular file; what cannot be looked at fails when mounted. */
    private static boolean isFile(String source) {
        try {
            return source.startsWith("/") && FileStatus.at(source).type() == FileType.REGULAR;
        } catch (LinuxException missing) {
            return false;
        }
    }
}
