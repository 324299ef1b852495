/** The record of every act and every view, written in the transaction of the act. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.audit;
