package org.wardline.gateway;

import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;

/** Wakes the server. A lost wake-up costs the listener one slow poll, so it is never an error. */
final class Notify {
  private Notify() {}

  static void quietly(Db db, String sql) {
    try {
      db.run(tx -> tx.query(sql, row -> ""));
    } catch (DbException e) {
      // What was committed before stays; the listener polls.
    }
  }
}
