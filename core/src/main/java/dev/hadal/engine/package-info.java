/**
 * Many requests, one model: ids in, ids out. Begin with {@link dev.hadal.engine.Engine}, whose step is the whole story;
 * {@link dev.hadal.engine.Scheduler} decides which rows are next, {@link dev.hadal.engine.Generation} is where the
 * engine's thread and a reader's meet. Nothing here knows text.
 */
package dev.hadal.engine;
