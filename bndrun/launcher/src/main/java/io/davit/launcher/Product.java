package io.davit.launcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A framework with the bundles of the product in it.
 *
 * <p>Shares no type with them: the command line is the property {@code davit.arguments} of a
 * service, and the bundle that answers it registers a {@link Callable} with the property {@code
 * davit.main=true}, which returns the exit status. A daemon has a {@link ServerSocketChannel} with
 * the property {@code davit.control.socket} instead, and a bundle that accepts connections.
 */
final class Product {
    private static final Logger LOG = LoggerFactory.getLogger(Product.class);

    private static final long STOP_MILLIS = 15_000;
    private static final long COMMAND_MILLIS = 10_000;
    private static final String COMMAND =
            "(&(objectClass=java.util.concurrent.Callable)(davit.main=true))";

    /** The logging API is the launcher's, so that replacing a bundle never replaces it. */
    private static final String LOGGING =
            "org.slf4j;version=2.0,org.slf4j.event;version=2.0,"
                    + "org.slf4j.helpers;version=2.0,org.slf4j.spi;version=2.0";

    private final Path bundles;
    private final Directories directories;
    private final List<String> args;
    private final Framework framework;
    private final AtomicReference<ControlSocket> socket = new AtomicReference<>();

    /** Finds the command; set by the thread that runs it, read by the one that stops it. */
    private volatile ServiceTracker<Callable<Integer>, Callable<Integer>> commands;

    Product(Path bundles, Directories directories, List<String> args) {
        this.bundles = bundles;
        this.directories = directories;
        this.args = args;
        Map<String, String> configuration = new HashMap<>(directories.properties());
        configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, LOGGING);
        configuration.put("felix.cache.locking", "false");
        configuration.put("felix.log.level", "1");
        this.framework =
                ServiceLoader.load(FrameworkFactory.class)
                        .findFirst()
                        .orElseThrow()
                        .newFramework(configuration);
    }

    /**
     * Starts everything, runs the command and returns its status. A daemon's command is the socket
     * alone, and it runs until it is stopped. A command that lends its terminal is the client of a
     * daemon of its own.
     */
    int run(CommandWords words) throws IOException, BundleException, InterruptedException {
        framework.init();
        BundleContext context = framework.getBundleContext();
        if (words.isDaemon() || words.lendsTerminal()) {
            offer(context, words);
        } else if (!args.isEmpty()) {
            context.registerService(
                    Object.class,
                    this,
                    new Hashtable<>(Map.of("davit.arguments", args.toArray(String[]::new))));
        }
        List<Bundle> installed = install(context);
        framework.start();
        for (Bundle bundle : installed) {
            start(bundle);
        }
        if (words.keepsDirectories()) {
            framework.waitForStop(0);
            return 0;
        }
        ControlSocket offered = socket.get();
        return offered == null
                ? command(context)
                : Client.run(offered.path(), args).orElseThrow(IllegalStateException::new);
    }

    private void offer(BundleContext context, CommandWords words) throws IOException {
        ControlSocket opened = ControlSocket.open(directories.state(), words.group());
        socket.set(opened);
        context.registerService(
                ServerSocketChannel.class,
                opened.channel(),
                new Hashtable<>(
                        Map.of(
                                "davit.control.socket",
                                opened.path().toString(),
                                "davit.control.group",
                                words.group().orElse(""),
                                "davit.control.told",
                                words.isDaemon())));
    }

    private List<Bundle> install(BundleContext context) throws IOException, BundleException {
        List<Bundle> installed = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(bundles, "*.jar")) {
            for (Path jar : jars) {
                installed.add(context.installBundle("reference:" + jar.toUri()));
            }
        }
        return installed;
    }

    private static void start(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        try {
            if ((revision.getTypes() & BundleRevision.TYPE_FRAGMENT) == 0) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        } catch (BundleException e) {
            LOG.warn("bundle does not start: bundle={}", bundle, e);
        }
    }

    /** Waits for a bundle to offer the command line and calls it. */
    private int command(BundleContext context) throws BundleException, InterruptedException {
        commands = new ServiceTracker<>(context, commandFilter(), null);
        commands.open();
        Callable<Integer> command = commands.waitForService(COMMAND_MILLIS);
        if (command == null) {
            throw new BundleException("no bundle offers the command line: bundles=" + bundles);
        }
        return call(command);
    }

    private static Filter commandFilter() {
        try {
            return FrameworkUtil.createFilter(COMMAND);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // Callable declares no better exception
    private static int call(Callable<Integer> command) throws BundleException {
        try {
            return command.call();
        } catch (Exception e) {
            throw new BundleException("the command failed: " + e, e);
        }
    }

    /** Stops a command first, so that it ends its task before the plugin that runs it leaves. */
    private void stopCommand() throws BundleException {
        ServiceTracker<Callable<Integer>, Callable<Integer>> tracker = commands;
        ServiceReference<?> command = tracker == null ? null : tracker.getServiceReference();
        Bundle bundle = command == null ? null : command.getBundle();
        if (bundle != null) {
            bundle.stop(Bundle.STOP_TRANSIENT);
        }
    }

    /** Stops the framework, and with it what still runs, and removes what only this run needed. */
    void stop() {
        try {
            if (socket.get() == null) {
                stopCommand();
            }
            framework.stop();
            if (framework.waitForStop(STOP_MILLIS).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                LOG.warn("framework does not stop: millis={}", STOP_MILLIS);
            }
        } catch (BundleException e) {
            LOG.warn("framework does not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ControlSocket opened = socket.get();
        if (opened != null) {
            opened.close();
        }
        directories.close();
    }
}
