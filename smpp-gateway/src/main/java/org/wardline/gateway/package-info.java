/** The gateway: takes texts from the queue to the carrier and brings answers back. */
@org.jspecify.annotations.NullMarked
package org.wardline.gateway;
