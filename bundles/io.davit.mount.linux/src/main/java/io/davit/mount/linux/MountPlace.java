package io.davit.mount.linux;

/**
 * Where something is mounted.
 *
 * @param root an absolute path of ours
 * @param below a path below it, resolved as if the root were {@code /}; empty for the root itself
 */
record MountPlace(String root, String below) {
    /** Returns the path for messages and the mount table; links are not looked at. */
    String text() {
        return below.isEmpty() ? root : root + LexicalPath.clean(below);
    }
}
