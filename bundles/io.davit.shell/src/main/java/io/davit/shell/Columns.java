package io.davit.shell;

import java.util.ArrayList;
import java.util.List;

/** A table for a person: columns as wide as what is in them, two spaces apart. */
final class Columns {
    private static final int GAP = 2;

    private final List<String[]> rows = new ArrayList<>();

    Columns(String... titles) {
        rows.add(titles);
    }

    /** Adds a row; control characters become question marks, so that a row is a line. */
    void row(String... cells) {
        String[] clean = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            clean[i] = cells[i].isEmpty() ? "-" : cells[i].replaceAll("\\p{Cntrl}", "?");
        }
        rows.add(clean);
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + GAP));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
