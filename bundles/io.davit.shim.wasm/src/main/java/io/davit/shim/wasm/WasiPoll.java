package io.davit.shim.wasm;

import java.util.ArrayList;
import java.util.List;

/** {@code poll_oneoff}: waits for a time, or for input. Files and outputs are always ready. */
final class WasiPoll {
    private static final int SUBSCRIPTION = 48;
    private static final int EVENT = 32;
    private static final int MOST = 4096;
    private static final int CLOCK = 0;
    private static final int FD_READ = 1;
    private static final int FD_WRITE = 2;
    private static final int ABSOLUTE = 1;
    private static final long LONGEST = Long.MAX_VALUE / 4;

    /** How long one of several inputs is waited for before the next is asked. */
    private static final long TURN_NANOS = 5_000_000;

    /** One thing that is waited for. */
    private record Wanted(long data, int type, Errno error, long nanos, GuestInput input) {
        boolean ready(long waited) {
            return error != Errno.SUCCESS
                    || type == FD_WRITE
                    || type == FD_READ && input == null
                    || type == CLOCK && waited >= nanos;
        }
    }

    private WasiPoll() {}

    static void poll(Guest guest, int in, int out, int count, int result) throws ErrnoException {
        if (count <= 0 || count > MOST) {
            throw new ErrnoException(Errno.INVAL);
        }
        List<Wanted> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(read(guest, in + i * SUBSCRIPTION));
        }
        List<Wanted> ready = await(guest.control(), all);
        for (int i = 0; i < ready.size(); i++) {
            put(guest.memory(), out + i * EVENT, ready.get(i));
        }
        guest.memory().putInt(result, ready.size());
    }

    private static Wanted read(Guest guest, int at) throws ErrnoException {
        MemoryPort memory = guest.memory();
        long data = memory.getLong(at);
        int type = memory.getByte(at + 8);
        switch (type) {
            case CLOCK -> {
                return clock(guest, at, data);
            }
            case FD_READ, FD_WRITE -> {
                return descriptor(guest, memory.getInt(at + 16), data, type);
            }
            default -> throw new ErrnoException(Errno.INVAL);
        }
    }

    private static Wanted clock(Guest guest, int at, long data) throws ErrnoException {
        MemoryPort memory = guest.memory();
        int clock = memory.getInt(at + 16);
        long nanos = memory.getLong(at + 24);
        boolean absolute = (memory.getShort(at + 40) & ABSOLUTE) != 0;
        try {
            long now = WasiProcessCalls.time(guest.host(), clock);
            long left = nanos < 0 ? LONGEST : absolute ? nanos - now : nanos;
            return new Wanted(data, CLOCK, Errno.SUCCESS, Math.min(left, LONGEST), null);
        } catch (ErrnoException e) {
            return new Wanted(data, CLOCK, e.errno(), 0, null);
        }
    }

    private static Wanted descriptor(Guest guest, int fd, long data, int type) {
        try {
            Descriptor found = guest.fds().get(fd, Rights.POLL_FD_READWRITE);
            GuestInput input =
                    type == FD_READ && found instanceof Descriptor.OfStream stream
                            ? stream.input()
                            : null;
            return new Wanted(data, type, Errno.SUCCESS, 0, input);
        } catch (ErrnoException e) {
            return new Wanted(data, type, e.errno(), 0, null);
        }
    }

    private static List<Wanted> await(GuestControl control, List<Wanted> all)
            throws ErrnoException {
        long start = System.nanoTime();
        List<Wanted> ready = ready(all, 0, 0);
        if (!ready.isEmpty()) {
            return ready;
        }
        control.blocks();
        try {
            while (ready.isEmpty()) {
                long waited = System.nanoTime() - start;
                long left = LONGEST;
                for (Wanted each : all) {
                    left = each.type == CLOCK ? Math.min(left, each.nanos - waited) : left;
                }
                rest(control, all, Math.max(0, left));
                ready = ready(all, System.nanoTime() - start, 0);
            }
            return ready;
        } finally {
            control.unblocks();
        }
    }

    private static List<Wanted> ready(List<Wanted> all, long waited, long patience)
            throws ErrnoException {
        List<Wanted> ready = new ArrayList<>();
        for (Wanted each : all) {
            if (each.ready(waited) || each.type == FD_READ && each.input.awaitReady(patience)) {
                ready.add(each);
            }
        }
        return ready;
    }

    /** Waits a while for the first input, or for the time alone. */
    private static void rest(GuestControl control, List<Wanted> all, long nanos)
            throws ErrnoException {
        GuestInput input = null;
        int inputs = 0;
        for (Wanted each : all) {
            if (each.input != null) {
                inputs += each.input == input ? 0 : 1;
                input = each.input;
            }
        }
        if (input != null) {
            input.awaitReady(inputs > 1 ? Math.min(nanos, TURN_NANOS) : nanos);
        } else if (!control.sleep(nanos)) {
            throw new ErrnoException(Errno.INTR);
        }
    }

    private static void put(MemoryPort memory, int at, Wanted wanted) throws ErrnoException {
        memory.putZeros(at, EVENT);
        memory.putLong(at, wanted.data);
        memory.putShort(at + 8, wanted.error.ordinal());
        memory.putByte(at + 10, wanted.type);
        if (wanted.type != CLOCK && wanted.error == Errno.SUCCESS) {
            memory.putLong(at + 16, 1);
        }
    }
}
