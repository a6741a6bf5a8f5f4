package io.davit.spi.shim;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.shim.mounts}: the mount types that the runtimes of a
 * {@link ShimPlugin} perform themselves.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ShimMounts {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * The claims.
     *
     * @return exact types, and {@code transformer/*}
     */
    String[] value();
}
