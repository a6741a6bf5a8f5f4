package io.davit.ttrpc;

import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** Turns what a handler threw into what its caller sees. */
final class Failures {
    private Failures() {}

    static TtrpcException of(Throwable thrown, boolean deadlineOver) {
        if (thrown instanceof TtrpcException known) {
            return known;
        }
        if (thrown instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return of(wrapped.getCause(), deadlineOver);
        }
        String message = thrown.getMessage();
        return TtrpcException.local(
                code(thrown, deadlineOver),
                message == null ? thrown.getClass().getSimpleName() : message,
                thrown);
    }

    private static StatusCode code(Throwable thrown, boolean deadlineOver) {
        if (thrown instanceof InterruptedException || thrown instanceof CancellationException) {
            return deadlineOver ? StatusCode.DEADLINE_EXCEEDED : StatusCode.CANCELLED;
        } else if (thrown instanceof TimeoutException) {
            return StatusCode.DEADLINE_EXCEEDED;
        } else if (thrown instanceof NoSuchFileException) {
            return StatusCode.NOT_FOUND;
        } else if (thrown instanceof FileAlreadyExistsException) {
            return StatusCode.ALREADY_EXISTS;
        } else if (thrown instanceof AccessDeniedException) {
            return StatusCode.PERMISSION_DENIED;
        } else if (thrown instanceof EOFException) {
            return StatusCode.OUT_OF_RANGE;
        } else if (thrown instanceof IllegalArgumentException) {
            return StatusCode.INVALID_ARGUMENT;
        } else if (thrown instanceof UnsupportedOperationException) {
            return StatusCode.UNIMPLEMENTED;
        } else if (thrown instanceof Error) {
            return StatusCode.INTERNAL;
        }
        return StatusCode.UNKNOWN;
    }
}
