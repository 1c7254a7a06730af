package dev.hadal.cli;

import dev.hadal.server.auth.ApiKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hadal key new}: a key for the server, and its entry in the key file. */
@Command(
        name = "key",
        description = "Makes a key for hadal serve --api-keys. The key is shown once; the file holds its digest only.",
        footer = {"", "  hadal key new --name alice", "  hadal key digest < key.txt"})
final class KeyCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "new|digest",
            description = "new makes a key; digest reads one from standard input and prints its digest.")
    private String action = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Whose key it is.")
    private String name = "somebody";

    KeyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        switch (action) {
            case "new" -> {
                String secret = ApiKey.newSecret();
                terminal.note(
                        "hadal: the key, which is shown only now, is the first line; the rest is for the key file");
                terminal.printLine(secret);
                terminal.print(entry(ApiKey.digestOf(secret)));
            }
            case "digest" ->
                terminal.printLine(
                        "sha256:" + ApiKey.digestOf(terminal.readAll().strip()));
            default -> throw new ParameterException(spec.commandLine(), "say new or digest, not " + action);
        }
    }

    private String entry(String digest) {
        return """

                keys:
                  - name: %s
                    digest: sha256:%s
                    # rights: [inference, metrics]   # inference only if not given
                    # tenant: team-a                 # the name if not given
                    # requests-per-minute: 60        # no limit if not given, as below
                    # tokens-per-minute: 100000
                    # concurrency: 4
                    # budget: 5.00                   # dollars
                """.formatted(name, digest);
    }
}
