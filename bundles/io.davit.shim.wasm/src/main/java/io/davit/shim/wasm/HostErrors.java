package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.Map;

/** Failures of the host's file system, as error numbers. */
final class HostErrors {
    /** What the C library says in the C locale; elsewhere an unknown text is an I/O error. */
    private static final Map<String, Errno> TEXTS =
            Map.ofEntries(
                    Map.entry("No such file or directory", Errno.NOENT),
                    Map.entry("Operation not permitted", Errno.PERM),
                    Map.entry("Permission denied", Errno.ACCES),
                    Map.entry("File exists", Errno.EXIST),
                    Map.entry("Not a directory", Errno.NOTDIR),
                    Map.entry("Is a directory", Errno.ISDIR),
                    Map.entry("Directory not empty", Errno.NOTEMPTY),
                    Map.entry("No space left on device", Errno.NOSPC),
                    Map.entry("Disk quota exceeded", Errno.DQUOT),
                    Map.entry("Disc quota exceeded", Errno.DQUOT),
                    Map.entry("Read-only file system", Errno.ROFS),
                    Map.entry("File name too long", Errno.NAMETOOLONG),
                    Map.entry("Invalid argument", Errno.INVAL),
                    Map.entry("Too many open files", Errno.MFILE),
                    Map.entry("Too many open files in system", Errno.NFILE),
                    Map.entry("Device or resource busy", Errno.BUSY),
                    Map.entry("Resource busy", Errno.BUSY),
                    Map.entry("File too large", Errno.FBIG),
                    Map.entry("Text file busy", Errno.TXTBSY),
                    Map.entry("Too many links", Errno.MLINK),
                    Map.entry("Invalid cross-device link", Errno.XDEV),
                    Map.entry("Cross-device link", Errno.XDEV),
                    Map.entry("Broken pipe", Errno.PIPE),
                    Map.entry("Operation not supported", Errno.NOTSUP),
                    Map.entry("Illegal seek", Errno.SPIPE));

    private static final String LOOP = "Too many levels of symbolic links";

    private HostErrors() {}

    /** The guest's view of a failure. */
    static ErrnoException errno(IOException failure) {
        return new ErrnoException(number(failure));
    }

    private static Errno number(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return Errno.NOENT;
        }
        if (failure instanceof FileAlreadyExistsException) {
            return Errno.EXIST;
        }
        if (failure instanceof AccessDeniedException) {
            return Errno.ACCES;
        }
        if (failure instanceof NotDirectoryException) {
            return Errno.NOTDIR;
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return Errno.NOTEMPTY;
        }
        return rareNumber(failure);
    }

    private static Errno rareNumber(IOException failure) {
        if (failure instanceof AtomicMoveNotSupportedException) {
            return Errno.XDEV;
        }
        if (failure instanceof NotLinkException) {
            return Errno.INVAL;
        }
        if (failure instanceof FileSystemLoopException) {
            return Errno.LOOP;
        }
        if (failure instanceof ClosedChannelException) {
            return Errno.BADF;
        }
        String text =
                failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        if (text == null) {
            return Errno.IO;
        }
        return text.startsWith(LOOP) ? Errno.LOOP : TEXTS.getOrDefault(text, Errno.IO);
    }
}
