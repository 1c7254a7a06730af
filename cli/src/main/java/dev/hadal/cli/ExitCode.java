package dev.hadal.cli;

/** What the process ends with; Ctrl-C ends it with 130 by the JVM's own handler. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
