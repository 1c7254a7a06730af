/** The DeepSeek API over HTTP: OpenAI and Anthropic dialects, keys, limits, metrics, usage. */
@org.jspecify.annotations.NullMarked
module dev.hadal.server {
    requires static transitive org.jspecify;
    requires transitive dev.hadal;
    requires java.logging;
    requires java.sql;
    requires io.github.bucket4j.core;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.xerial.sqlitejdbc;
    requires re2j;
    requires transitive tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    exports dev.hadal.server;
    exports dev.hadal.server.api;
    exports dev.hadal.server.auth;
    exports dev.hadal.server.config;
    exports dev.hadal.server.http;
    exports dev.hadal.server.ops;
    exports dev.hadal.server.script;
}
