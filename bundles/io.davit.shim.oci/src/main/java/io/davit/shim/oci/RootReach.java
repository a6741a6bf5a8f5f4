package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.TaskId;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.oci.IdMapping;
import io.davit.oci.LinuxSpec;
import io.davit.oci.RuntimeSpec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Says beforehand, and better than a runtime would, why a root filesystem cannot be used. */
final class RootReach {
    private static final int OWNER_ENTERS = 0100;
    private static final int GROUP_ENTERS = 0010;
    private static final int OTHERS_ENTER = 0001;

    private RootReach() {}

    /**
     * Requires a directory that the container's root can reach.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if there is no directory; {@code
     *     PERMISSION_DENIED} if a user namespace keeps it out, naming the directory that is closed
     */
    static void require(TaskId task, Path root, RuntimeSpec spec) throws DavitException {
        try {
            if (!FileStatus.at(root.toString()).isDirectory()) {
                throw missing(task, root, "is no directory");
            }
            Optional<LinuxSpec> linux = spec.linux().filter(own -> own.hasOwn("user"));
            if (linux.isPresent()) {
                long uid = host(linux.get().uidMappings());
                long gid = host(linux.get().gidMappings());
                requireOpen(task, root, uid, gid);
            }
        } catch (LinuxException e) {
            throw missing(task, root, "cannot be found");
        }
    }

    private static DavitException missing(TaskId task, Path root, String why) {
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "root filesystem " + why + ": task=" + task + " path=" + Texts.quote("" + root));
    }

    /** The host's number of the container's root. */
    private static long host(List<IdMapping> mappings) {
        return mappings.stream()
                .filter(mapping -> mapping.containerId() == 0)
                .map(IdMapping::hostId)
                .findFirst()
                .orElse(0L);
    }

    private static void requireOpen(TaskId task, Path root, long uid, long gid)
            throws LinuxException, DavitException {
        if (uid == 0) {
            return;
        }
        for (Path at = root; at != null; at = at.getParent()) {
            FileStatus status = FileStatus.at(at.toString());
            int needed = status.uid() == uid ? OWNER_ENTERS : OTHERS_ENTER;
            if (status.uid() != uid && status.gid() == gid) {
                needed = GROUP_ENTERS;
            }
            if ((status.mode() & needed) == 0) {
                throw new DavitException(
                        Kind.PERMISSION_DENIED,
                        "root filesystem is out of reach of the user namespace: task="
                                + task
                                + " user="
                                + uid
                                + " closed="
                                + Texts.quote("" + at));
            }
        }
    }
}
