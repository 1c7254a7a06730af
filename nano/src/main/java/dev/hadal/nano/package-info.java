/** The embedded demonstration model, as files to open. */
package dev.hadal.nano;
