/**
 * Plain JDBC made pleasant: {@link org.wardline.jdbc.Db} opens transactions, {@link
 * org.wardline.jdbc.Tx} runs SQL in one.
 */
@org.jspecify.annotations.NullMarked
package org.wardline.jdbc;
