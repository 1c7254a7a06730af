/** Who calls, what the caller may do, and how much of it. */
package dev.hadal.server.auth;
