package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan;
import io.davit.api.names.Labels;
import io.davit.api.names.Namespace;
import io.davit.journal.RecordInput;
import io.davit.journal.RecordInput.MalformedException;
import io.davit.journal.RecordOutput;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StepRecord.Note;
import io.davit.mount.manager.StepRecord.State;
import io.davit.mount.manager.StoreChange.Completed;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Done;
import io.davit.mount.manager.StoreChange.Forgotten;
import io.davit.mount.manager.StoreChange.Labelled;
import io.davit.mount.manager.StoreChange.Left;
import io.davit.mount.manager.StoreChange.Noted;
import io.davit.mount.manager.StoreChange.TakenBack;
import io.davit.mount.manager.StoreChange.Undone;
import io.davit.mount.manager.StoreChange.Whole;

/**
 * The form of a {@link StoreChange} in the journal: version, kind, number, values.
 *
 * <p>Enum constants are stored by their ordinal: their order is part of the format.
 */
final class RecordCodec {
    private static final int VERSION = 2;

    /** The kinds of change, in the order of the format. */
    private enum Tag {
        WHOLE,
        DONE,
        UNDONE,
        COMPLETED,
        LABELLED,
        LEFT,
        FORGOTTEN,
        COUNTED,
        NOTED,
        TAKEN_BACK
    }

    private RecordCodec() {}

    static byte[] encode(StoreChange change) {
        RecordOutput out = new RecordOutput().small(VERSION);
        if (change instanceof Whole whole) {
            write(tag(out, Tag.WHOLE, change), whole.record());
        } else if (change instanceof Done done) {
            write(tag(out, Tag.DONE, change).small(done.index()), done.active());
        } else if (change instanceof Undone undone) {
            tag(out, Tag.UNDONE, change)
                    .small(undone.index())
                    .small(undone.state().ordinal())
                    .number(undone.mountId());
        } else if (change instanceof Noted noted) {
            write(tag(out, Tag.NOTED, change).small(noted.index()), noted.note());
        } else if (change instanceof TakenBack taken) {
            tag(out, Tag.TAKEN_BACK, change).small(taken.index()).number(taken.left());
        } else if (change instanceof Completed completed) {
            tag(out, Tag.COMPLETED, change)
                    .list(completed.system(), RecordCodec::write)
                    .time(completed.at());
        } else if (change instanceof Labelled labelled) {
            tag(out, Tag.LABELLED, change).map(labelled.labels()).time(labelled.at());
        } else {
            tag(out, bareTag(change), change);
        }
        return out.toBytes();
    }

    private static Tag bareTag(StoreChange change) {
        if (change instanceof Left) {
            return Tag.LEFT;
        }
        return change instanceof Forgotten ? Tag.FORGOTTEN : Tag.COUNTED;
    }

    private static RecordOutput tag(RecordOutput out, Tag tag, StoreChange change) {
        return out.small(tag.ordinal()).number(change.id());
    }

    /**
     * Reads a change back.
     *
     * @throws MalformedException if the bytes are no change, or hold a name or label that would
     *     have been refused
     */
    static StoreChange decode(byte[] record) {
        RecordInput in = new RecordInput(record);
        int version = in.small();
        if (version != VERSION) {
            throw new MalformedException("unknown version: " + version);
        }
        try {
            Tag tag = in.constant(Tag.values());
            StoreChange change = decode(in, tag, in.number());
            in.end();
            return change;
        } catch (DavitException | IllegalArgumentException | NullPointerException e) {
            throw new MalformedException("refused value: " + e.getMessage(), e);
        }
    }

    private static StoreChange decode(RecordInput in, Tag tag, long id) {
        return switch (tag) {
            case WHOLE -> new Whole(record(in, id));
            case DONE -> new Done(id, index(in), active(in));
            case UNDONE -> new Undone(id, index(in), in.constant(State.values()), in.number());
            case COMPLETED -> new Completed(id, in.list(RecordCodec::mount), in.time());
            case LABELLED -> new Labelled(id, Labels.require(in.map()), in.time());
            case LEFT -> new Left(id);
            case FORGOTTEN -> new Forgotten(id);
            case COUNTED -> new Counted(id);
            case NOTED -> new Noted(id, index(in), note(in));
            case TAKEN_BACK -> new TakenBack(id, index(in), (int) in.number());
        };
    }

    private static int index(RecordInput in) {
        return in.small() & 0xff;
    }

    private static void write(RecordOutput out, ActivationRecord record) {
        out.text(record.name().namespace().name())
                .text(record.name().name())
                .map(record.labels())
                .optional(record.lease(), RecordOutput::text)
                .small(record.phase().ordinal())
                .time(record.updatedAt())
                .list(record.steps(), RecordCodec::write)
                .list(record.system(), RecordCodec::write);
    }

    private static ActivationRecord record(RecordInput in, long id) {
        return new ActivationRecord(
                id,
                new ActivationName(new Namespace(in.text()), in.text()),
                Labels.require(in.map()),
                in.optional(RecordInput::text),
                in.constant(Phase.values()),
                in.time(),
                in.list(RecordCodec::step),
                in.list(RecordCodec::mount));
    }

    private static void write(RecordOutput out, StepRecord step) {
        MountPlan.Step plan = step.plan();
        write(out.number(plan.index()), plan.mount());
        out.texts(plan.transformers())
                .small(plan.taker().ordinal())
                .text(plan.by())
                .text(plan.why())
                .texts(plan.others())
                .text(step.type())
                .text(step.entry())
                .optional(step.active(), RecordCodec::write)
                .small(step.state().ordinal())
                .number(step.detached())
                .list(step.notes(), RecordCodec::write);
    }

    private static void write(RecordOutput out, Note note) {
        out.text(note.prefix()).text(note.text());
    }

    private static Note note(RecordInput in) {
        return new Note(in.text(), in.text());
    }

    private static StepRecord step(RecordInput in) {
        MountPlan.Step plan =
                new MountPlan.Step(
                        (int) in.number(),
                        mount(in),
                        in.texts(),
                        in.constant(MountPlan.Taker.values()),
                        in.text(),
                        in.text(),
                        in.texts());
        return new StepRecord(
                plan,
                in.text(),
                in.text(),
                in.optional(RecordCodec::active),
                in.constant(State.values()),
                in.number(),
                in.list(RecordCodec::note));
    }

    private static void write(RecordOutput out, Mount mount) {
        out.text(mount.type()).text(mount.source()).text(mount.target()).texts(mount.options());
    }

    private static Mount mount(RecordInput in) {
        return new Mount(in.text(), in.text(), in.text(), in.texts());
    }

    private static void write(RecordOutput out, ActiveMount active) {
        write(out, active.mount());
        out.text(active.mountPoint()).time(active.mountedAt()).map(active.data());
    }

    private static ActiveMount active(RecordInput in) {
        return new ActiveMount(mount(in), in.text(), in.time(), in.map());
    }
}
