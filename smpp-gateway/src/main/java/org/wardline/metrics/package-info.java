/** The one place that knows the metrics library. */
@org.jspecify.annotations.NullMarked
package org.wardline.metrics;
