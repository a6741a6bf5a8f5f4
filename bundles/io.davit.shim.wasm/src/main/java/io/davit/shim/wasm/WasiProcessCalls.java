package io.davit.shim.wasm;

import java.util.List;

/** Arguments, environment, clocks, randomness, and the end of a process. */
final class WasiProcessCalls {
    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;
    private static final int PROCESS_CPU = 2;
    private static final int THREAD_CPU = 3;
    private static final int RANDOM_PIECE = 1 << 16;
    private static final int LAST_SIGNAL = 30;

    private WasiProcessCalls() {}

    static void call(WasiFunction function, Guest guest, long[] a) throws ErrnoException {
        MemoryPort memory = guest.memory();
        int first = a.length > 0 ? (int) a[0] : 0;
        switch (function) {
            case ARGS_GET -> put(memory, guest.arguments(), first, (int) a[1]);
            case ARGS_SIZES_GET -> sizes(memory, guest.arguments(), first, (int) a[1]);
            case ENVIRON_GET -> put(memory, guest.environment(), first, (int) a[1]);
            case ENVIRON_SIZES_GET -> sizes(memory, guest.environment(), first, (int) a[1]);
            case CLOCK_RES_GET -> memory.putLong((int) a[1], resolution(guest, first));
            case CLOCK_TIME_GET -> memory.putLong((int) a[2], time(guest.host(), first));
            case POLL_ONEOFF -> WasiPoll.poll(guest, first, (int) a[1], (int) a[2], (int) a[3]);
            case PROC_EXIT -> throw new GuestExit(Outcome.exited(first));
            case PROC_RAISE -> raise(first);
            case SCHED_YIELD -> Thread.yield();
            case RANDOM_GET -> random(guest, first, (int) a[1]);
            default -> throw new ErrnoException(Errno.NOSYS);
        }
    }

    private static void put(MemoryPort memory, List<byte[]> texts, int pointers, int buffer)
            throws ErrnoException {
        int pointer = pointers;
        int at = buffer;
        for (byte[] text : texts) {
            memory.putInt(pointer, at);
            memory.putBytes(at, text, text.length);
            pointer += 4;
            at += text.length;
        }
    }

    private static void sizes(MemoryPort memory, List<byte[]> texts, int count, int size)
            throws ErrnoException {
        int sum = 0;
        for (byte[] text : texts) {
            sum += text.length;
        }
        memory.putInt(count, texts.size());
        memory.putInt(size, sum);
    }

    private static long resolution(Guest guest, int clock) throws ErrnoException {
        if (clock < REALTIME || clock > THREAD_CPU) {
            throw new ErrnoException(Errno.INVAL);
        }
        return Math.max(1, guest.host().resolutionNanos());
    }

    static long time(GuestHost host, int clock) throws ErrnoException {
        return switch (clock) {
            case REALTIME -> host.realTime();
            case MONOTONIC -> host.monotonicTime();
            case PROCESS_CPU, THREAD_CPU -> host.cpuTime();
            default -> throw new ErrnoException(Errno.INVAL);
        };
    }

    /** What a signal does that nobody handles. */
    private static void raise(int signal) throws ErrnoException {
        if (signal < 0 || signal > LAST_SIGNAL) {
            throw new ErrnoException(Errno.INVAL);
        }
        if (signal != 0 && Signals.ends(signal)) {
            throw new GuestExit(Outcome.killed(signal));
        }
    }

    private static void random(Guest guest, int address, int length) throws ErrnoException {
        guest.memory().memory().requireRange(address, Integer.toUnsignedLong(length));
        for (int done = 0; done < length; ) {
            byte[] piece = guest.host().random(Math.min(RANDOM_PIECE, length - done));
            guest.memory().putBytes(address + done, piece, piece.length);
            done += piece.length;
        }
    }
}
