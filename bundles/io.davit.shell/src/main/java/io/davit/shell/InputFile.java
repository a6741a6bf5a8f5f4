package io.davit.shell;

import io.davit.api.names.Texts;
import io.davit.oci.Json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that an option names. */
final class InputFile {
    private InputFile() {}

    /** Reads a file, at most one byte more than any document may have. */
    static byte[] read(String option, Path file) throws CommandFailure {
        String why;
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(Json.LONGEST + 1);
        } catch (NoSuchFileException e) {
            why = "does not exist";
        } catch (IOException e) {
            why = "cannot be read: " + e.getMessage();
        }
        throw new CommandFailure(
                CommandFailure.FAILED, option + " " + Texts.quote(file.toString()) + " " + why);
    }
}
