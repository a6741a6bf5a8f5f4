package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file with a list of mounts, in JSON with containerd's fields: {@code type}, {@code source},
 * {@code target}, {@code options}, all in lower case or all as Go writes them, {@code Type} and so
 * on.
 */
final class MountList {
    private static final String OPTION = "--rootfs-mounts";
    private static final Set<String> LOWER = Set.of("type", "source", "target", "options");
    private static final Set<String> UPPER = Set.of("Type", "Source", "Target", "Options");

    private MountList() {}

    static List<Mount> read(Path file) throws CommandFailure, DavitException {
        Object document = Json.parse(OPTION, InputFile.read(OPTION, file));
        if (!(document instanceof List<?> list)) {
            throw invalid(OPTION + ": must be a list");
        }
        List<Mount> mounts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            mounts.add(mount(JsonObject.of(OPTION + "[" + i + "]", list.get(i))));
        }
        return mounts;
    }

    private static Mount mount(JsonObject mount) {
        Map<String, Object> fields = mount.tree();
        boolean upper = !fields.isEmpty() && UPPER.containsAll(fields.keySet());
        if (!upper && !LOWER.containsAll(fields.keySet())) {
            throw invalid(mount.path() + ": has fields other than " + LOWER);
        }
        return new Mount(
                mount.text(upper ? "Type" : "type").orElse(""),
                mount.text(upper ? "Source" : "source").orElse(""),
                mount.text(upper ? "Target" : "target").orElse(""),
                mount.texts(upper ? "Options" : "options"));
    }

    private static DavitException invalid(String message) {
        return new DavitException(Kind.INVALID_ARGUMENT, message);
    }
}
