package io.davit.shell;

import io.davit.api.mount.ActivationName;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountManager;
import io.davit.api.names.Namespace;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import java.util.List;

/** The commands about mounts for a Gogo shell: {@code davit:mounts} and {@code davit:explain}. */
@Component(
        name = "io.davit.shell.mounts",
        service = MountCommands.class,
        property = {
            "osgi.command.scope=davit",
            "osgi.command.function=mounts",
            "osgi.command.function=explain"
        })
public final class MountCommands {
    private final MountManager mounts;

    /**
     * Takes what the commands need.
     *
     * @param mounts knows activations
     */
    @Activate
    public MountCommands(@Reference(name = "mounts") MountManager mounts) {
        this.mounts = mounts;
    }

    /** Lists the activations of the default namespace. */
    public void mounts() {
        mounts(Namespace.DEFAULT.name());
    }

    /**
     * Lists the activations of a namespace.
     *
     * @param namespace which
     */
    public void mounts(String namespace) {
        Columns table = new Columns("NAME", "PERFORMED", "LEFT", "STATE", "CHANGED");
        for (MountActivation each : mounts.list(new Namespace(namespace), List.of())) {
            table.row(
                    each.name().name(),
                    Integer.toString(each.active().size()),
                    Integer.toString(each.system().size()),
                    each.complete() ? "complete" : "interrupted",
                    each.updatedAt().toString());
        }
        System.out.print(table);
    }

    /**
     * Says who took which mount of an activation, and why.
     *
     * @param name its name in the default namespace
     */
    public void explain(String name) {
        explain(Namespace.DEFAULT.name(), name);
    }

    /**
     * Says who took which mount of an activation, and why.
     *
     * @param namespace its namespace
     * @param name its name
     */
    public void explain(String namespace, String name) {
        ActivationName key = new ActivationName(new Namespace(namespace), name);
        System.out.print(PlanVerb.mounts(mounts.explain(key)));
    }
}
