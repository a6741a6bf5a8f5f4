package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A path below one of the directories where a transformer may create something.
 *
 * @param root that directory
 * @param relative the path below it, without {@code ..}
 * @param plain whether the path was given without {@code ..}
 */
record AllowedRoot(String root, String relative, boolean plain) {
    /**
     * Finds the longest root of a path, by component.
     *
     * @param path an absolute path; {@code ..} is taken out below the root and does not lead above
     *     it
     * @throws DavitException {@code INVALID_ARGUMENT} if the path is malformed or is a root itself;
     *     {@code PERMISSION_DENIED} if it only begins with a root's text; {@code NOT_IMPLEMENTED}
     *     if it lies below none
     */
    static AllowedRoot of(Collection<Path> roots, String path) throws DavitException {
        if (path.indexOf('\0') >= 0 || path.indexOf('\n') >= 0) {
            throw Failures.invalid("malformed path: path=" + Texts.quote(path));
        }
        List<String> names = LexicalPath.names(path);
        List<String> root =
                roots.stream()
                        .map(one -> LexicalPath.names(one.toString()))
                        .filter(one -> path.startsWith("/") && begins(names, one))
                        .max(Comparator.comparingInt(List::size))
                        .orElseThrow(() -> outside(roots, path));
        List<String> rest = names.subList(root.size(), names.size());
        String relative = String.join("/", LexicalPath.withoutParents(rest));
        if (relative.isEmpty()) {
            throw Failures.invalid("path is an allowed root itself: path=" + Texts.quote(path));
        }
        return new AllowedRoot("/" + String.join("/", root), relative, !rest.contains(".."));
    }

    private static boolean begins(List<String> names, List<String> root) {
        return names.size() >= root.size() && names.subList(0, root.size()).equals(root);
    }

    private static DavitException outside(Collection<Path> roots, String path) {
        boolean lookalike = roots.stream().anyMatch(root -> path.startsWith(root.toString()));
        return new DavitException(
                lookalike ? Kind.PERMISSION_DENIED : Kind.NOT_IMPLEMENTED,
                "path lies below no allowed root: path=" + Texts.quote(path) + " roots=" + roots);
    }

    /** Opens the root; the caller closes it. */
    Dir open() throws LinuxException {
        return Dir.open(root);
    }

    /** Returns the whole path. */
    String path() {
        return root + "/" + relative;
    }
}
