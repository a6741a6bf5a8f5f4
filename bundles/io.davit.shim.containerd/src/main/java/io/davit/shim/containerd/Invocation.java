package io.davit.shim.containerd;

import io.davit.api.task.OciBundle;
import io.davit.api.task.TaskId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a shim's binary is called for a task: arguments, environment, directory.
 *
 * <p>Of this JVM's environment only a few variables are passed on. Source: containerd {@code
 * pkg/shim/util.go}.
 */
final class Invocation {
    /** Names, in the environment of a shim and of all it starts, whose it is. */
    static final String TOKEN = "DAVIT_SHIM_TOKEN";

    /** Shims that publish through a program get one that does nothing: events go to our socket. */
    static final String PUBLISHER = "/bin/true";

    private static final List<String> PASSED_ON =
            List.of("PATH", "TMPDIR", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS");
    private static final String USUAL_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Settings settings;

    Invocation(Settings settings) {
        this.settings = settings;
    }

    /** The call that starts a task's shim. */
    HelperProcess start(ShimBinary binary, OciBundle bundle, String token, byte[] input) {
        List<String> arguments = arguments(bundle.id());
        arguments.add("start");
        Map<String, String> environment = environment(bundle.id(), token);
        environment.putAll(settings.environment());
        return new HelperProcess(binary.path(), arguments, environment, bundle.path(), input);
    }

    /** The call that removes what a dead shim left. */
    HelperProcess delete(ShimBinary binary, OciBundle bundle, String token) {
        List<String> arguments = arguments(bundle.id());
        arguments.addAll(List.of("-bundle", bundle.path().toString(), "delete"));
        return new HelperProcess(
                binary.path(),
                arguments,
                environment(bundle.id(), token),
                bundle.path(),
                new byte[0]);
    }

    /** The call that asks a binary what it can do. */
    HelperProcess info(ShimBinary binary) {
        return new HelperProcess(
                binary.path(), List.of("-info"), passedOn(), Path.of("/"), new byte[0]);
    }

    private List<String> arguments(TaskId id) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-namespace",
                                id.namespace().toString(),
                                "-id",
                                id.id(),
                                "-address",
                                settings.daemonAddress().toString(),
                                "-publish-binary",
                                PUBLISHER));
        if (settings.debug()) {
            arguments.add("-debug");
        }
        return arguments;
    }

    private Map<String, String> environment(TaskId id, String token) {
        Map<String, String> environment = passedOn();
        environment.put("GOMAXPROCS", "2");
        environment.put("MAX_SHIM_VERSION", "2");
        environment.put("TTRPC_ADDRESS", settings.events().toString());
        environment.put("GRPC_ADDRESS", settings.daemonAddress().toString());
        environment.put("NAMESPACE", id.namespace().toString());
        environment.put(TOKEN, token);
        return environment;
    }

    /** The variables that any program may see. */
    Map<String, String> plainEnvironment() {
        return passedOn();
    }

    private static Map<String, String> passedOn() {
        Map<String, String> passed = new TreeMap<>();
        for (String name : PASSED_ON) {
            String value = System.getenv(name);
            if (value != null) {
                passed.put(name, value);
            }
        }
        passed.putIfAbsent("PATH", USUAL_PATH);
        return passed;
    }
}
