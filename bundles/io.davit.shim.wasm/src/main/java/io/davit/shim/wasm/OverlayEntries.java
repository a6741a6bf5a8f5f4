package io.davit.shim.wasm;

import java.util.ArrayList;
import java.util.List;

/**
 * The names of an overlay's directory, layer by layer. Whether a name was in a layer above is
 * looked up rather than remembered, so that a listing takes no memory. Confined to one thread.
 */
final class OverlayEntries implements Entries {
    private final List<HostDir> layers = new ArrayList<>();
    private Entries current;
    private int layer = -1;

    OverlayEntries(OverlayDir dir) throws ErrnoException {
        HostDir upper = dir.upper();
        if (upper != null) {
            layers.add(upper.retain());
        }
        dir.lowers().forEach(lower -> layers.add(lower.retain()));
        nextLayer();
    }

    private boolean nextLayer() throws ErrnoException {
        if (current != null) {
            current.close();
            current = null;
        }
        if (layer + 1 >= layers.size()) {
            return false;
        }
        current = layers.get(++layer).list();
        return true;
    }

    @Override
    public Entry next() throws ErrnoException {
        while (current != null) {
            Entry entry = current.next();
            if (entry == null) {
                if (!nextLayer()) {
                    return null;
                }
            } else if (isVisible(entry)) {
                return entry;
            }
        }
        return null;
    }

    private boolean isVisible(Entry entry) throws ErrnoException {
        if (Whiteouts.isMark(entry.name())
                || Whiteouts.hides(layers.get(layer), entry.name(), entry.type())) {
            return false;
        }
        for (int i = 0; i < layer; i++) {
            FileType above = layers.get(i).typeOrNull(entry.name());
            if (above != null || Whiteouts.hides(layers.get(i), entry.name(), null)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
        layers.forEach(HostDir::close);
        layers.clear();
    }
}
