package io.davit.journal;

/**
 * A place in the log: so many bytes into a batch.
 *
 * @param batch the batch that was filling
 * @param offset bytes of it that lie before the mark
 */
record LogMark(Batch batch, int offset) implements Mark {}
