package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.List;
import java.util.Locale;

/**
 * The plugin's configuration, checked.
 *
 * @param runtimes programs to try, in order: names or absolute paths
 * @param conmon the monitor: a name or an absolute path
 * @param searchPath where names are looked for
 * @param vulnerable what to do with versions known to be vulnerable
 * @param driver who makes control groups
 * @param logBytes the most bytes of a log file before it is put aside
 */
record Settings(
        List<String> runtimes,
        String conmon,
        String searchPath,
        Vulnerable vulnerable,
        Driver driver,
        long logBytes) {
    /** What holds while nothing is configured. */
    static final Settings DEFAULTS =
            new Settings(
                    List.of("crun", "runc"),
                    "conmon",
                    System.getenv().getOrDefault("PATH", ""),
                    Vulnerable.WARN,
                    Driver.AUTO,
                    16L << 20);

    private static final long SMALLEST_LOG = 4096;
    private static final long LARGEST_LOG = 1L << 40;

    /** What to do with versions known to be vulnerable. */
    enum Vulnerable {
        WARN,
        REFUSE,
        IGNORE
    }

    /** Who makes control groups. */
    enum Driver {
        AUTO,
        CGROUPFS,
        SYSTEMD
    }

    Settings {
        runtimes = List.copyOf(runtimes);
        if (runtimes.isEmpty()) {
            throw new DavitException(Kind.INVALID_ARGUMENT, "no runtimes: runtimes=[]");
        }
        runtimes.forEach(name -> requireProgram("runtimes", name));
        requireProgram("conmon", conmon);
        if (logBytes < SMALLEST_LOG || logBytes > LARGEST_LOG) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "out of range: log.size.bytes=" + logBytes);
        }
    }

    /**
     * Reads the plugin's configuration.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} naming the value
     */
    static Settings of(OciPlugin.Config config) throws DavitException {
        return new Settings(
                List.of(config.runtimes()),
                config.conmon(),
                DEFAULTS.searchPath,
                choice("vulnerable.versions", Vulnerable.class, config.vulnerable_versions()),
                choice("cgroup.driver", Driver.class, config.cgroup_driver()),
                config.log_size_bytes());
    }

    private static <E extends Enum<E>> E choice(String key, Class<E> type, String word)
            throws DavitException {
        for (E each : type.getEnumConstants()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw new DavitException(
                Kind.INVALID_ARGUMENT, "unknown word: " + key + "=" + Texts.quote(word));
    }

    private static void requireProgram(String key, String name) {
        boolean path = name.startsWith("/");
        boolean plain = !name.isEmpty() && name.indexOf('/') < 0;
        if (!path && !plain || name.indexOf('\0') >= 0 || name.indexOf('\n') >= 0) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "neither a name nor an absolute path: " + key + "=" + Texts.quote(name));
        }
    }
}
