package io.davit.shim.wasm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What the host answered a guest since it started: with that a second instance of the same program,
 * compiled meanwhile, can be brought to where the first one is, because everything else it does is
 * determined. Bounded; once it overflows it is of no use any more. Confined to the guest's thread.
 */
final class HostJournal implements HostWrites {
    private static final int MOST_CALLS = 20_000;
    private static final int MOST_BYTES = 4 << 20;

    private final Deque<Call> calls = new ArrayDeque<>();
    private final List<int[]> ranges = new ArrayList<>();
    private int bytes;
    private boolean usable = true;
    private boolean replaying;

    /** The memory of the first instance, of no more use once the second has caught up. */
    private GuestMemory first;

    /** One call, its answer, and what it wrote to the guest's memory. */
    private record Call(WasiFunction function, long[] args, Errno errno, List<Written> written) {
        boolean matches(WasiFunction other, long[] otherArgs) {
            return function == other && Arrays.equals(args, otherArgs);
        }
    }

    private record Written(int address, byte[] content) {}

    /** Thrown when the second instance does something else than the first one did. */
    static final class Diverged extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Diverged() {
            super("replay diverged", null, false, false);
        }
    }

    boolean usable() {
        return usable;
    }

    /** Says whether the second instance has caught up. */
    boolean isUsedUp() {
        return calls.isEmpty();
    }

    /** From now on calls are answered from the journal until it is used up. */
    void replay(GuestMemory memoryOfFirst) {
        replaying = true;
        first = memoryOfFirst;
    }

    /** Answers a call, from the journal or by doing it. */
    Errno call(WasiImport function, Guest guest, long[] args) {
        if (replaying) {
            Call next = calls.poll();
            if (next != null) {
                return again(next, function.function(), guest, args);
            }
            guest.setJournal(null);
            first.close();
            return function.call(guest, args);
        }
        return record(function, guest, args);
    }

    private static Errno again(Call call, WasiFunction function, Guest guest, long[] args) {
        if (!call.matches(function, args)) {
            throw new Diverged();
        }
        for (Written each : call.written) {
            guest.memory().memory().write(each.address, each.content, 0, each.content.length);
        }
        return call.errno;
    }

    private Errno record(WasiImport function, Guest guest, long[] args) {
        ranges.clear();
        guest.memory().tell(this);
        Errno errno;
        try {
            errno = function.call(guest, args);
        } finally {
            guest.memory().tell(null);
        }
        List<Written> written = new ArrayList<>(ranges.size());
        for (int[] range : ranges) {
            bytes += range[1];
            if (bytes > MOST_BYTES) {
                giveUp(guest);
                return errno;
            }
            GuestMemory memory = guest.memory().memory();
            written.add(new Written(range[0], memory.readBytes(range[0], range[1])));
        }
        calls.add(new Call(function.function(), args.clone(), errno, written));
        if (calls.size() > MOST_CALLS) {
            giveUp(guest);
        }
        return errno;
    }

    private void giveUp(Guest guest) {
        usable = false;
        calls.clear();
        guest.setJournal(null);
    }

    @Override
    public void wrote(int address, int length) {
        ranges.add(new int[] {address, length});
    }
}
