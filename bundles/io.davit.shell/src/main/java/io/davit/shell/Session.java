package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** What a verb has of its caller: where the caller is, its streams, its terminal, its patience. */
interface Session {
    /** Where relative paths begin. */
    Path directory();

    /** Who it is, for the record. */
    String caller();

    /** Standard input; read by a verb that wants it, by one thread. */
    InputStream in();

    /** Standard output. A write fails once nobody reads. */
    OutputStream out();

    /** Standard error. */
    OutputStream err();

    /**
     * Makes the caller's terminal the task's: bytes go both ways as they are.
     *
     * @return its size; empty if the caller has none
     */
    Optional<ConsoleSize> lendTerminal() throws IOException, InterruptedException;

    /** Gives the terminal back. */
    void returnTerminal();

    /** Tells from now on when the size of a lent terminal changes. */
    void onResize(Consumer<ConsoleSize> listener);

    /**
     * Says how the verb ends when the caller wants it to or has gone; until then, and without a
     * call of this, its thread is interrupted. Runs at once if that is so already.
     */
    void onCancel(Runnable end);

    /** Says that the caller may leave output unread for as long as it likes. */
    void patient();
}
