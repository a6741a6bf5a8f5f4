package io.davit.shell;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** The command line of a process whose launcher passed arguments; its result is the status. */
@Component(
        name = "io.davit.shell.command.line",
        service = Callable.class,
        property = "davit.main:Boolean=true")
public final class CommandLine implements Callable<Integer> {
    private final List<String> args;

    /**
     * Takes what the command needs.
     *
     * @param launcher the properties of the launcher's service
     */
    @Activate
    public CommandLine(
            @Reference(
                            name = "launcher",
                            service = Object.class,
                            cardinality = ReferenceCardinality.OPTIONAL,
                            target = "(davit.arguments=*)")
                    Map<String, Object> launcher) {
        this.args = List.of((String[]) launcher.get("davit.arguments"));
    }

    @Override
    public Integer call() {
        System.out.println(args);
        return 0;
    }
}
