/** Turns the programs into a product: quick start and the {@code wardline} command. */
@org.jspecify.annotations.NullMarked
package org.wardline.appliance;
