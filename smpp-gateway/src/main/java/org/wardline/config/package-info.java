/** Reads {@code wardline.yaml}; unknown keys refuse to start. */
@org.jspecify.annotations.NullMarked
package org.wardline.config;
