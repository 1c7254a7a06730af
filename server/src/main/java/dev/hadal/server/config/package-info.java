/** What operators write: YAML files and settings, refused with a suggestion where they are wrong. */
package dev.hadal.server.config;
