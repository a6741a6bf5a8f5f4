package io.davit.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of one journal: the layer at which tests let operations fail and the power go.
 *
 * <p>What {@link #create}, {@link #rename} and {@link #delete} did to the directory survives a
 * power cut only after {@link #sync}. None of it reacts to an interrupt.
 */
interface Storage {
    /** Names of all entries, in no order. */
    List<String> list() throws IOException;

    /** Opens an entry that exists. */
    StoredFile open(String name) throws IOException;

    /** Makes an empty file, in place of one that may be there. */
    StoredFile create(String name) throws IOException;

    /** Moves an entry onto another name, in one step. */
    void rename(String from, String to) throws IOException;

    /** Removes a file; does nothing if it is not there. */
    void delete(String name) throws IOException;

    /** Makes the directory itself durable. */
    void sync() throws IOException;

    /** Where an entry is, for people. */
    Path path(String name);

    /** Whether nothing can be written here. */
    boolean isReadOnly();

    /** Whether a failure means that there is no space. */
    boolean isFull(IOException failure);

    /** What was in the way when the directory was taken. */
    List<JournalRecovery.Damage> found();

    /** Lets the directory go to another owner. */
    void release();
}
