package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** The streams connected to one shim besides its own; let go when the plugin leaves. */
final class Attachments {
    private final Set<Attachment> open = ConcurrentHashMap.newKeySet();

    /** Takes what a plugin connected, and returns what the caller may hold. */
    AutoCloseable add(AutoCloseable plugged, ShimSeat seat, Duration within) {
        Attachment attachment = new Attachment(plugged, seat, within);
        open.add(attachment);
        return attachment;
    }

    /** Lets go of all: whoever connected them is leaving and ends them itself. */
    void cut() {
        open.forEach(attachment -> attachment.plugged.set(null));
        open.clear();
    }

    /** One connection. */
    private final class Attachment implements AutoCloseable {
        private final AtomicReference<AutoCloseable> plugged;
        private final ShimSeat seat;
        private final Duration within;

        Attachment(AutoCloseable plugged, ShimSeat seat, Duration within) {
            this.plugged = new AtomicReference<>(plugged);
            this.seat = seat;
            this.within = within;
        }

        @Override
        public void close() throws DavitException {
            open.remove(this);
            AutoCloseable now = plugged.getAndSet(null);
            if (now != null) {
                seat.call("detach", within, (task, left) -> disconnect(now));
            }
        }

        @SuppressWarnings("checkstyle:IllegalCatch") // close() of a plugin's object throws anything
        private boolean disconnect(AutoCloseable now) throws DavitException {
            try {
                now.close();
                return true;
            } catch (DavitException e) {
                throw e;
            } catch (Exception e) {
                throw new DavitException(
                        Kind.INTERNAL, "cannot detach streams: cause=" + Texts.quote(e.toString()));
            }
        }
    }
}
