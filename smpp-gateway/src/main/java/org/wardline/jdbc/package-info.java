/** Plain JDBC made pleasant: Db opens transactions, Tx runs SQL in one. */
@org.jspecify.annotations.NullMarked
package org.wardline.jdbc;
