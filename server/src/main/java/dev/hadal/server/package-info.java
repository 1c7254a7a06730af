/** Puts the server together from its configuration. */
package dev.hadal.server;
