/** Ships sealed records to the Cassandra archive. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.archive;
