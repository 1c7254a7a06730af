/** Numbers in memory: storage formats, typed views of bytes, exact conversions. */
package dev.hadal.tensor;
