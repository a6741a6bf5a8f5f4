package io.davit.spi.shim;

import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.ComponentPropertyType;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Component property type for {@code davit.shim.runtime}: the runtimes a {@link ShimPlugin} serves.
 *
 * <p>Also makes the bundle provide the capability {@code davit.shim} with the same attribute, so
 * that a resolver can be asked for a runtime instead of a bundle.
 *
 * @since 1.0
 */
@ComponentPropertyType
@Capability(namespace = "davit.shim", attribute = "davit.shim.runtime:List<String>=\"${#value}\"")
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ShimRuntime {
    /** Begins the property's name; the rest comes from this type's. */
    String PREFIX_ = "davit.";

    /**
     * The runtimes.
     *
     * @return names such as {@code io.davit.wasm.v1}; one that ends in {@code *} stands for all
     *     names that begin so, for example {@code io.containerd.*}, one that begins with {@code *.}
     *     for all that end so, for example {@code *.runc.v2}, except {@code io.davit.*}; {@code /*}
     *     claims absolute paths of binaries, which are refused unless somebody claims them
     */
    String[] value();
}
