package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.MountFlags;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Options of mounts as flags and data. */
class MountOptionsTest {
    @Test
    void flags_and_data_are_told_apart() {
        MountOptions options =
                MountOptions.parse(List.of("ro", "nosuid", "lowerdir=/a:/b", "index=off"));
        assertEquals(MountFlags.RDONLY | MountFlags.NOSUID, options.first());
        assertEquals(0, options.second());
        assertEquals("lowerdir=/a:/b,index=off", options.data());
    }

    @Test
    void a_later_option_wins() {
        assertEquals(0, MountOptions.parse(List.of("ro", "rw")).first());
        assertEquals(MountFlags.RDONLY, MountOptions.parse(List.of("rw", "ro")).first());
    }

    @Test
    void a_bind_mount_takes_its_flags_in_a_second_call() {
        MountOptions options = MountOptions.parse(List.of("rbind", "ro", "rslave"));
        assertEquals(MountFlags.BIND | MountFlags.REC, options.first());
        assertEquals(MountFlags.BIND | MountFlags.REMOUNT | MountFlags.RDONLY, options.second());
        assertEquals(MountFlags.SLAVE | MountFlags.REC, options.propagation());
        assertEquals(0, MountOptions.parse(List.of("bind", "rw")).second());
    }

    @Test
    void what_needs_a_handler_is_refused() {
        for (String option : List.of("loop", "uidmap=0:1:1", "X-containerd.mkdir.path=/a")) {
            DavitException e =
                    assertThrows(DavitException.class, () -> MountOptions.parse(List.of(option)));
            assertEquals(Kind.NOT_IMPLEMENTED, e.kind());
        }
    }
}
