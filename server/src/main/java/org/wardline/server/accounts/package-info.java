/** Who is asking: accounts, sign-in, sessions, API clients, and what each may do. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.accounts;
