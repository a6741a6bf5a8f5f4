package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import java.io.IOException;

/** The terminals of callers. */
final class Terminals {
    private Terminals() {}

    /**
     * Makes the caller's terminal the task's.
     *
     * @throws CommandFailure if the caller has none
     */
    static ConsoleSize lend(Session session)
            throws CommandFailure, IOException, InterruptedException {
        return session.lendTerminal()
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        CommandFailure.FAILED,
                                        "--tty needs a terminal as standard input"));
    }
}
