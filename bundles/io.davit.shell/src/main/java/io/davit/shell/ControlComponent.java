package io.davit.shell;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Optional;

/**
 * Takes commands while a service {@link ServerSocketChannel} with the property {@code
 * davit.control.socket} is there, as the launcher of a daemon registers it; otherwise idle.
 */
@Component(
        name = "io.davit.shell.control",
        immediate = true,
        service = {})
public final class ControlComponent {
    private final Optional<ControlDaemon> daemon;

    /**
     * Takes what commands need.
     *
     * @param context tells when the framework stops
     * @param socket where clients connect; {@code null} if this is no daemon
     * @param managers what commands call
     * @param logs keeps the output of tasks
     * @param audit keeps the record
     * @throws IOException if the socket is no use
     */
    @Activate
    public ControlComponent(
            BundleContext context,
            @Reference(
                            name = "socket",
                            service = ServerSocketChannel.class,
                            target = "(davit.control.socket=*)",
                            cardinality = ReferenceCardinality.OPTIONAL,
                            policyOption = ReferencePolicyOption.GREEDY)
                    Map.Entry<Map<String, Object>, ServerSocketChannel> socket,
            @Reference(name = "managers") Managers managers,
            @Reference(name = "logs") TaskLogs logs,
            @Reference(name = "audit") Audit audit)
            throws IOException {
        this.daemon =
                socket == null
                        ? Optional.empty()
                        : Optional.of(
                                new ControlDaemon(
                                        context,
                                        socket.getValue(),
                                        socket.getKey(),
                                        managers,
                                        new ShellVerbs(managers, logs, audit)));
    }

    @Activate
    void start() {
        daemon.ifPresent(ControlDaemon::start);
    }

    @Deactivate
    void stop() {
        daemon.ifPresent(ControlDaemon::stop);
    }
}
