/** What both dialects share: models and their names, decisions where the hosted service leaves a choice, runs as replies. */
package dev.hadal.server.api;
