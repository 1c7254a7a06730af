/** Bytes on disk, named: model directories, safetensors shards, configuration files. Every byte is untrusted. */
package dev.hadal.checkpoint;
