package io.davit.spi.mount;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.mount.type}: the types a {@link MountHandler} performs.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface MountType {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * The types, as they remain after all transformer prefixes.
     *
     * @return at least one type
     */
    String[] value();
}
