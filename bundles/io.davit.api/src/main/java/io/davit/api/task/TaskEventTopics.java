package io.davit.api.task;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.task.event.topics}: the events that a {@link
 * TaskEventListener} is told about, if it is registered as a service. Without the property a
 * listener service is told nothing.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface TaskEventTopics {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * The topics.
     *
     * @return topics such as {@code /tasks/exit}; {@code *} stands for all
     */
    String[] value();
}
