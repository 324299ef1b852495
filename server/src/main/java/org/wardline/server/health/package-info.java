/** What is wrong and what to do; metrics. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.health;
