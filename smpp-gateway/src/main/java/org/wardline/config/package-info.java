/**
 * Reads {@code wardline.yaml} and {@code gateway.yaml}: one record per feature, secrets only as
 * {@code ENC(...)} or {@code file:}, and anything unknown or wrong refuses the start with every
 * problem listed at once.
 */
@org.jspecify.annotations.NullMarked
package org.wardline.config;
