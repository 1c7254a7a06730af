/** Running it: usage and cost, metrics, health, logs. */
package dev.hadal.server.ops;
