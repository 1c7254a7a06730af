/** HTTP/1.1 with every limit set: the only package that knows the HTTP library. */
package dev.hadal.server.http;
