package io.davit.spi.shim;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.shim.bounded}: whether every call of a {@link
 * ShimPlugin} and of its instances keeps its time limit and ends when its thread is interrupted.
 *
 * <p>Without this promise each call is made on a thread kept for the plugin, so that one that hangs
 * holds up nobody. With it calls are made on the thread of the caller, which saves two changes of
 * thread a call. A plugin that is caught breaking the promise loses it.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ShimBounded {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * Whether it does.
     *
     * @return {@code true} unless said otherwise
     */
    boolean value() default true;
}
