package dev.hadal.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Under which conditions something was measured, as far as the process can know.
 *
 * @param processor its name, or the architecture where the system does not tell
 * @param processors that this process may use
 * @param system name and version of the operating system
 * @param jvm name and version of the virtual machine
 * @param heapLimitBytes most heap that it may take
 */
public record Conditions(String processor, int processors, String system, String jvm, long heapLimitBytes) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Those of this process. */
    public static Conditions current() {
        Runtime runtime = Runtime.getRuntime();
        return new Conditions(
                field(CPU_INFO, "model name", System.getProperty("os.arch", "unknown")),
                runtime.availableProcessors(),
                System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", ""),
                System.getProperty("java.vm.name", "unknown") + " " + Runtime.version(),
                runtime.maxMemory());
    }

    /** Bytes of heap in use after a collection. */
    public static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        runtime.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** The most memory that this process has had in use, mapped weights included; 0 where the system does not tell. */
    public static long peakResidentBytes() {
        String peak = field(STATUS, "VmHWM", "0 kB");
        return Long.parseLong(peak.substring(0, peak.indexOf(' '))) * 1024;
    }

    /** The first field of that name in a file of "name : value" lines. */
    private static String field(Path file, String name, String otherwise) {
        try {
            List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
            return lines.stream()
                    .filter(line -> line.startsWith(name) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
