package dev.hadal.cli.bench;

import java.util.Locale;

/** Schemas of tools, each different from all others: of some 0.5 to 8 KB, nested, with references, enumerations and patterns. */
final class SoakSchema {
    /** In the name of every property, and nowhere else. */
    static final String MARK = "soaked_schema";

    private static final int MOST_PROPERTIES = 60;
    private static final int LEAST_PROPERTIES = 4;
    private static final int KINDS = 5;

    private SoakSchema() {}

    /** The schema of a number, as JSON. */
    static String of(int number) {
        StringBuilder properties = new StringBuilder();
        int count = LEAST_PROPERTIES + number % (MOST_PROPERTIES - LEAST_PROPERTIES + 1);
        for (int i = 0; i < count; i++) {
            String name = MARK + "_" + number + "_" + i;
            properties
                    .append(i == 0 ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(type((number + i) % KINDS, name, number));
        }
        return """
                {"type":"object","properties":{%s},"required":["%s_%d_0"],"additionalProperties":false,\
                "$defs":{"node_%d":{"type":"object","properties":{"next":{"$ref":"#/$defs/node_%d"}}}}}""".formatted(properties, MARK, number, number, number);
    }

    private static String type(int kind, String name, int number) {
        String type = switch (kind) {
            case 0 -> "{\"type\":\"string\",\"pattern\":\"^[a-z]{1,%2$d}$\",\"description\":\"What %1$s is.\"}";
            case 1 -> "{\"type\":\"string\",\"enum\":[\"%1$s_a\",\"%1$s_b\",\"%1$s_c\"]}";
            case 2 -> "{\"type\":\"integer\",\"minimum\":%2$d,\"maximum\":1000000000}";
            case 3 -> "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"%1$s_in\":{}}}}";
            default -> "{\"$ref\":\"#/$defs/node_%2$d\"}";
        };
        return String.format(Locale.ROOT, type, name, number);
    }
}
