package io.davit.spi.shim;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.shim.in.jvm}: whether the tasks of a {@link ShimPlugin}
 * live in this JVM and end with the plugin.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ShimInJvm {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * Whether they do.
     *
     * @return {@code true} unless said otherwise
     */
    boolean value() default true;
}
