package io.davit.launcher;

import org.osgi.framework.BundleException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts the product in a plain JVM, runs one command in it and ends the JVM with the command's
 * status.
 *
 * <p>The system property {@code davit.bundles} names the folder with the bundles of the product.
 * Without a command the framework runs until it is stopped.
 */
public final class Main {
    /** The status of everything that fails before a command could say so itself. */
    private static final int FAILED = 125;

    private Main() {}

    /**
     * Runs one command.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(Path.of(System.getProperty("davit.bundles")), List.of(args)));
    }

    private static int run(Path bundles, List<String> args) {
        try {
            Directories directories = Directories.choose(args, UserDirectories.ofThisProcess());
            Product product = new Product(bundles, directories, args);
            Runtime.getRuntime().addShutdownHook(new Thread(product::stop, "davit-shutdown"));
            return product.run();
        } catch (IOException | BundleException e) {
            System.err.println("davit: cannot start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return FAILED;
    }
}
