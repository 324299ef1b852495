/**
 * PostgreSQL and Cassandra as child processes with persistent folders: made, started, adopted after
 * a crash, watched and stopped. Knows nothing about what is stored in them.
 */
@org.jspecify.annotations.NullMarked
package org.wardline.appliance.engines;
