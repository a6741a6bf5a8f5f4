package io.davit.shell;

/** Ends a command with one line on standard error and a status that is not a task's. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Davit itself failed, or was asked for what makes no sense. */
    static final int FAILED = 125;

    /** What was to be run cannot be run. */
    static final int NOT_EXECUTABLE = 126;

    /** What was to be run is not there. */
    static final int NOT_FOUND = 127;

    private final int status;

    CommandFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Makes the failure of a command line that makes no sense. */
    static CommandFailure usage(String message) {
        return new CommandFailure(FAILED, message + "; see: davit help");
    }

    int status() {
        return status;
    }
}
