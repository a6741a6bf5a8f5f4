package io.davit.launcher;

import org.osgi.framework.BundleException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts the product in a plain JVM, runs one command in it and ends the JVM with the command's
 * status; or has a daemon run the command.
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
        Path bundles = Path.of(System.getProperty("davit.bundles"));
        System.exit(run(bundles, CommandWords.ordered(List.of(args))));
    }

    private static int run(Path bundles, List<String> args) {
        try {
            CommandWords words = CommandWords.of(args);
            UserDirectories user = UserDirectories.ofThisProcess();
            Optional<Integer> status = askDaemon(words, user, args);
            if (status.isPresent()) {
                return status.get();
            }
            Directories directories = Directories.choose(args, user);
            Product product = new Product(bundles, directories, args);
            Runtime.getRuntime().addShutdownHook(new Thread(product::stop, "davit-shutdown"));
            return product.run(words);
        } catch (IOException | BundleException e) {
            System.err.println("davit: cannot start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return FAILED;
    }

    /** Has a daemon run the command if one should and one is there. */
    private static Optional<Integer> askDaemon(
            CommandWords words, UserDirectories user, List<String> args) {
        boolean elsewhere = words.root().isPresent() && words.state().isEmpty();
        if (!words.mayAskDaemon() || elsewhere && !words.needsDaemon()) {
            return Optional.empty();
        }
        Path state = words.state().orElse(user.state());
        Optional<Integer> status;
        try {
            status = Client.run(ControlSocket.in(state), args);
        } catch (IOException e) {
            System.err.println("davit: " + e.getMessage());
            return Optional.of(FAILED);
        }
        if (status.isEmpty() && words.needsDaemon()) {
            System.err.println(
                    "davit: no daemon runs here: state="
                            + state
                            + "; start one with: davit daemon");
            return Optional.of(FAILED);
        }
        return status;
    }
}
