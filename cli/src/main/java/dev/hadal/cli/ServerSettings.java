package dev.hadal.cli;

import dev.hadal.server.ServerConfig;
import dev.hadal.server.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of the server: flags for those that are often wanted, and a file and {@code --set} for all. */
final class ServerSettings {
    @Option(names = "--config", paramLabel = "FILE", description = "Settings as --print-config prints them (YAML).")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting, as limits.body=64MiB. May be given several times.")
    private List<String> set = List.of();

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on; 127.0.0.1 if not given.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "Port to listen on; 8000 if not given, 0 for any.")
    private @Nullable String port;

    @Option(
            names = "--api-keys",
            paramLabel = "FILE",
            description = "Who may call; hadal key new makes entries. Needed unless only this machine can connect.")
    private @Nullable String keys;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate chain for TLS (PEM).")
    private @Nullable String certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key (PEM, PKCS#8).")
    private @Nullable String key;

    @Option(
            names = "--ledger",
            paramLabel = "FILE|off",
            description = "Where usage is recorded; ~/.local/state/hadal/usage.db if not given.")
    private @Nullable String ledger;

    @Option(
            names = "--prices",
            paramLabel = "NAME|FILE",
            description = "Price list: launch, june, current (if not given), or a file.")
    private @Nullable String prices;

    @Option(names = "--budget", paramLabel = "DOLLARS", description = "What each key may spend before it gets a 402.")
    private @Nullable String budget;

    @Option(names = "--strict-parity", description = "Do everything as the hosted service does.")
    private boolean strictParity;

    @Option(
            names = "--legacy-aliases",
            paramLabel = "on|off|by-date",
            description = "Answer to deepseek-chat and deepseek-reasoner; until their end (by-date) if not given.")
    private @Nullable String legacyAliases;

    @Option(names = "--allowed-host", paramLabel = "NAME", description = "A further name of this server.")
    private List<String> hosts = List.of();

    @Option(names = "--cors-origin", paramLabel = "ORIGIN", description = "A web page's origin that may call.")
    private List<String> origins = List.of();

    @Option(names = "--log-format", paramLabel = "text|json", description = "How the log is written.")
    private @Nullable String logFormat;

    @Option(names = "--log-bodies", description = "Log what is asked and answered. Off, as it is nobody's business.")
    private boolean logBodies;

    /** All settings with what the file and the flags give. */
    Settings settings() {
        Settings settings = ServerConfig.settings();
        settings.with("ledger", LedgerPlace.standard().toString(), "the environment");
        if (file != null) {
            settings.file(file);
        }
        for (String pair : set) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new CommandException("--set needs NAME=VALUE, as limits.body=64MiB, but is " + pair);
            }
            settings.with(pair.substring(0, equals), pair.substring(equals + 1), "--set");
        }
        flags().forEach((name, value) -> settings.with(name, value, "the command line"));
        return settings;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        put(flags, "host", host);
        put(flags, "port", port);
        put(flags, "api-keys", keys);
        put(flags, "tls.cert", certificate);
        put(flags, "tls.key", key);
        put(flags, "ledger", ledger);
        put(flags, "prices", prices);
        put(flags, "budget", budget);
        put(flags, "strict-parity", strictParity ? "true" : null);
        put(flags, "legacy-aliases", legacyAliases);
        put(flags, "allowed-hosts", hosts.isEmpty() ? null : String.join(",", hosts));
        put(flags, "cors-origins", origins.isEmpty() ? null : String.join(",", origins));
        put(flags, "log.format", logFormat);
        put(flags, "log.bodies", logBodies ? "true" : null);
        return flags;
    }

    private static void put(Map<String, String> flags, String name, @Nullable String value) {
        if (value != null) {
            flags.put(name, value);
        }
    }
}
