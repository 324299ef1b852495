/** Conversations and their messages: inbox, thread, sending, answers, delivery. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.conversations;
