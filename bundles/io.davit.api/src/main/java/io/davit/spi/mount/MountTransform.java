package io.davit.spi.mount;

import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.mount.transform}: the prefix of a {@link
 * MountTransformer}.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface MountTransform {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * The prefix, without a slash.
     *
     * @return one prefix
     */
    String value();
}
