package io.davit.shell;

import io.davit.api.errors.DavitException;

import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A daemon: takes commands at the socket that the launcher opened. Ends commands and the tasks
 * inside this JVM before anything else of the framework stops.
 */
final class ControlDaemon implements SynchronousBundleListener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlDaemon.class);
    private static final long STOP_MILLIS = 10_000;
    private static final long JOIN_MILLIS = 2_000;
    private static final long LOOK_MILLIS = 500;
    private static final int MOST_LOOKS = 1_200;

    private final BundleContext context;
    private final String path;
    private final boolean told;
    private final Managers managers;
    private final ShellVerbs verbs;
    private final ControlServer server;
    private final Thread greeter = new Thread(this::greet, "davit-control-ready");

    /**
     * Takes what commands need.
     *
     * @param context tells when the framework stops
     * @param socket where clients connect
     * @param properties the socket's path, the group that may connect, and whether a person is told
     * @param managers what commands call
     * @param verbs the commands
     */
    ControlDaemon(
            BundleContext context,
            ServerSocketChannel socket,
            Map<String, Object> properties,
            Managers managers,
            ShellVerbs verbs)
            throws IOException {
        this.context = context;
        this.path = properties.get("davit.control.socket").toString();
        this.told = Boolean.TRUE.equals(properties.get("davit.control.told"));
        this.managers = managers;
        this.verbs = verbs;
        String group = properties.getOrDefault("davit.control.group", "").toString();
        String user = System.getProperty("user.name");
        this.server =
                new ControlServer(
                        socket,
                        new ControlPeers(user, group, Path.of("/etc/group")),
                        ControlLimits.USUAL,
                        verbs,
                        Credentials::of);
    }

    void start() {
        context.addBundleListener(this);
        server.start();
        greeter.setDaemon(true);
        greeter.start();
    }

    /**
     * Says when commands are served, if a person is to be told, and goes on with what an earlier
     * daemon did.
     */
    private void greet() {
        Notices notices = new Notices(System.err);
        try {
            managers.tasks();
            if (told) {
                notices.say("daemon is ready: socket=" + path);
            }
            resumeCaptures();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (DavitException e) {
            LOG.warn("daemon cannot run tasks yet: cause={}", e.getMessage());
        }
    }

    /** Shims are found again one by one, some only when their plugin has started. */
    private void resumeCaptures() throws InterruptedException {
        for (int i = 0; i < MOST_LOOKS && !verbs.resumeCaptures(); i++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            stopServer();
            endTasks();
        }
    }

    private void endTasks() {
        try {
            new DaemonStop(managers.tasks(), managers.shims()).run();
        } catch (DavitException e) {
            LOG.warn("tasks are not ended one by one: cause={}", e.getMessage());
        }
    }

    void stop() {
        context.removeBundleListener(this);
        greeter.interrupt();
        stopServer();
        try {
            greeter.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopServer() {
        try {
            server.stop(STOP_MILLIS);
        } catch (IOException e) {
            LOG.warn("control socket is not let go", e);
        }
    }
}
