package dev.hadal.chat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * JSON as Python's {@code json.dumps(value, ensure_ascii=False)} spells it, which is how the model
 * has seen tools and arguments (encoding.md 8.4): {@code ": "} and {@code ", "}, members in order,
 * of equal keys the last value at the first place, numbers as Python's {@code repr}.
 */
public final class PythonJson {
    private static final String HEX = "0123456789abcdef";
    /** Python writes floats without an exponent while the decimal point is in this range. */
    private static final int LEAST_POINT = -3;

    private static final int GREATEST_POINT = 16;

    private PythonJson() {}

    /**
     * Spells a JSON text anew; empty if Python could not read it (or it exceeds 256 levels, or numbers
     * of 1,000 digits).
     */
    public static Optional<String> respell(String json) {
        return JsonText.pythonTree(json).map(PythonJson::text);
    }

    /** {@code text} as a JSON string with its quotes. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        out.append('"');
        escape(text, out);
        return out.append('"').toString();
    }

    /** Appends {@code text} as it stands between the quotes of a JSON string. */
    static void escape(CharSequence text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
    }

    /** The text of a tree, without recursion: the tree may be as deep as the reader allows. */
    static String text(JsonNode root) {
        StringBuilder out = new StringBuilder();
        Deque<Open> open = new ArrayDeque<>();
        write(root, out, open);
        while (!open.isEmpty()) {
            Open inner = open.peek();
            if (!inner.hasNext()) {
                out.append(open.pop().closer());
                continue;
            }
            write(inner.next(out), out, open);
        }
        return out.toString();
    }

    private static void write(JsonNode node, StringBuilder out, Deque<Open> open) {
        if (node.isContainer()) {
            Open container = new Open(node);
            out.append(container.opener());
            open.push(container);
        } else if (node.isString()) {
            out.append(quote(node.stringValue()));
        } else if (node.isFloatingPointNumber()) {
            out.append(number(node.doubleValue()));
        } else {
            out.append(node.asString("null"));
        }
    }

    /** A float as Python's {@code repr} writes it: shortest digits that read back as the same value. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        String sign = Math.copySign(1, value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        if (point < LEAST_POINT || point > GREATEST_POINT) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            int exponent = point - 1;
            String spelled = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + spelled;
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        if (point >= digits.length()) {
            return sign + digits + "0".repeat(point - digits.length()) + ".0";
        }
        return sign + digits.substring(0, point) + "." + digits.substring(point);
    }

    /**
     * Java's shortest decimal, except that Java insists on two digits: 4.9E-324 where one digit,
     * 5e-324, reads back as well.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal java = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        BigDecimal oneDigit = java.round(new MathContext(1)).stripTrailingZeros();
        return oneDigit.doubleValue() == value ? oneDigit : java;
    }

    /** A container being written. */
    private static final class Open {
        private final Iterator<Map.Entry<String, JsonNode>> members;
        private final Iterator<JsonNode> elements;
        private final boolean object;
        private boolean started;

        Open(JsonNode container) {
            object = container.isObject();
            members = container.properties().iterator();
            elements = container.values().iterator();
        }

        boolean hasNext() {
            return object ? members.hasNext() : elements.hasNext();
        }

        /** The next value; the comma and, of a member, the key are written before it. */
        JsonNode next(StringBuilder out) {
            if (started) {
                out.append(", ");
            }
            started = true;
            if (!object) {
                return elements.next();
            }
            Map.Entry<String, JsonNode> member = members.next();
            out.append(quote(member.getKey())).append(": ");
            return member.getValue();
        }

        char opener() {
            return object ? '{' : '[';
        }

        char closer() {
            return object ? '}' : ']';
        }
    }
}
