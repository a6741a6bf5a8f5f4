package io.davit.shim.containerd;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;

import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.shim.containerd.wire.Bootstrap.BootstrapParams;
import io.davit.shim.containerd.wire.Bootstrap.Extension;
import io.davit.shim.containerd.wire.Bootstrap.LogLevel;

import java.util.List;
import java.util.Optional;

/**
 * What a shim reads from standard input when it is started.
 *
 * <p>Every generation takes one of the two. A shim of 2.3 that is given options may start under a
 * wrong id instead of failing, while one that does not know parameters fails cleanly: so unless a
 * binary shows that it is old, parameters come first. Source: containerd {@code pkg/shim}.
 */
enum StartInput {
    /** The parameters in a message. */
    PARAMETERS {
        @Override
        byte[] bytes(Settings settings, OciBundle bundle, Optional<TypedValue> options) {
            BootstrapParams.Builder params =
                    BootstrapParams.newBuilder()
                            .setInstanceId(bundle.id().id())
                            .setNamespace(bundle.id().namespace().toString())
                            .setLogLevel(settings.debug() ? LogLevel.DEBUG : LogLevel.INFO)
                            .setContainerdTtrpcAddress(settings.events().toString())
                            .setContainerdGrpcAddress(settings.daemonAddress().toString())
                            .setContainerdBinary(Invocation.PUBLISHER)
                            .setSocketDir(settings.sockets().toString());
            options.ifPresent(o -> params.addExtensions(Extension.newBuilder().setValue(any(o))));
            return params.build().toByteArray();
        }
    },
    /** The runtime's options alone, or nothing. */
    OPTIONS {
        @Override
        byte[] bytes(Settings settings, OciBundle bundle, Optional<TypedValue> options) {
            return options.map(o -> any(o).toByteArray()).orElse(new byte[0]);
        }
    };

    /** Writes it for a task. */
    abstract byte[] bytes(Settings settings, OciBundle bundle, Optional<TypedValue> options);

    /** The order in which to try them with a binary that never took one. */
    static List<StartInput> order(BinaryFacts.Generation generation) {
        return generation == BinaryFacts.Generation.OLD
                ? List.of(OPTIONS, PARAMETERS)
                : List.of(PARAMETERS, OPTIONS);
    }

    /** Makes protobuf's form of a value; the type keeps its bare name. */
    static Any any(TypedValue value) {
        return Any.newBuilder()
                .setTypeUrl(value.typeUrl())
                .setValue(ByteString.copyFrom(value.value()))
                .build();
    }
}
