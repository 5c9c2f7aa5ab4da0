package portable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * JSON text to plain Java values and back: Map, List, String, Long, Boolean and null.
 *
 * <p>Plans know no fractions, so a number that is no whole number is refused.
 */
public final class Json {
    private static final int DEEPEST = 200;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** Reads one JSON value; throws IllegalArgumentException, with the place, where the text is none. */
    public static Object read(String text) {
        Json reader = new Json(text);
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.wrong("the end");
        }
        return value;
    }

    /** Writes a value without spaces; objects keep the order of their map. */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    // ------------------------------------------------------------------ values of a known kind

    /** The object that a value is. */
    @SuppressWarnings("unchecked") // every object comes out of `object` below
    public static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** A list with each item turned into something else; empty where the value is null. */
    public static <T> List<T> list(Object value, Function<Object, T> each) {
        List<T> found = new ArrayList<>();
        if (value instanceof List<?> items) {
            items.forEach(item -> found.add(each.apply(item)));
        } else if (value != null) {
            throw new IllegalArgumentException("no list: " + value);
        }
        return Collections.unmodifiableList(found);
    }

    /** An object with its keys and values turned into something else. */
    public static <K, V> Map<K, V> map(Object value, Function<Object, K> key, Function<Object, V> each) {
        Map<K, V> found = new LinkedHashMap<>();
        object(value).forEach((name, item) -> found.put(key.apply(name), each.apply(item)));
        return Collections.unmodifiableMap(found);
    }

    /** A map with ids for keys; null for null. */
    public static <K> Map<String, Object> withIds(Map<K, ?> map, Function<K, String> id) {
        if (map == null) {
            return null;
        }
        Map<String, Object> found = new LinkedHashMap<>();
        map.forEach((key, value) -> found.put(id.apply(key), value));
        return found;
    }

    // ------------------------------------------------------------------ reading

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw wrong("fewer values within values");
        }
        skipSpace();
        char next = at < text.length() ? text.charAt(at) : ' ';
        return switch (next) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> found = new LinkedHashMap<>();
        at++;
        if (taken('}')) {
            return found;
        }
        do {
            skipSpace();
            String key = string();
            take(':');
            found.put(key, value(depth + 1));
        } while (taken(','));
        take('}');
        return found;
    }

    private List<Object> array(int depth) {
        List<Object> found = new ArrayList<>();
        at++;
        if (taken(']')) {
            return found;
        }
        do {
            found.add(value(depth + 1));
        } while (taken(','));
        take(']');
        return found;
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw wrong("a text");
        }
        StringBuilder found = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == '"') {
                at++;
                return found.toString();
            }
            if (next < ' ') {
                break;
            }
            found.append(next == '\\' ? escape() : next);
        }
        throw wrong("the end of a text");
    }

    private char escape() {
        at++;
        char next = at < text.length() ? text.charAt(at) : ' ';
        return switch (next) {
            case '"', '\\', '/' -> next;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> throw wrong("an escape");
        };
    }

    private char codeUnit() {
        if (at + 4 >= text.length()) {
            throw wrong("four hexadecimal digits");
        }
        int code = 0;
        for (int digit = 0; digit < 4; digit++) {
            int hex = Character.digit(text.charAt(++at), 16);
            if (hex < 0) {
                throw wrong("a hexadecimal digit");
            }
            code = code * 16 + hex;
        }
        return (char) code;
    }

    private Long number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String found = text.substring(start, at);
        if (!found.matches("-?(0|[1-9][0-9]{0,17})")) {
            at = start;
            throw wrong("a value, or a whole number of at most 18 digits");
        }
        return Long.valueOf(found);
    }

    private Boolean word(String word, Boolean value) {
        if (!text.startsWith(word, at)) {
            throw wrong(word);
        }
        at += word.length();
        return value;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean taken(char wanted) {
        skipSpace();
        boolean found = at < text.length() && text.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void take(char wanted) {
        if (!taken(wanted)) {
            throw wrong("`" + wanted + "`");
        }
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException("no JSON: at character " + at + " there should be " + wanted);
    }

    // ------------------------------------------------------------------ writing

    private static void write(Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            out.append('{');
            for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
                Map.Entry<?, ?> entry = entries.next();
                write(entry.getKey().toString(), out);
                out.append(':');
                write(entry.getValue(), out);
                out.append(entries.hasNext() ? "," : "");
            }
            out.append('}');
        } else if (value instanceof List<?> list) {
            out.append('[');
            for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
                write(items.next(), out);
                out.append(items.hasNext() ? "," : "");
            }
            out.append(']');
        } else if (value instanceof String string) {
            quote(string, out);
        } else {
            out.append(value); // a number, true, false or null
        }
    }

    private static void quote(String string, StringBuilder out) {
        out.append('"');
        for (char next : string.toCharArray()) {
            if (next == '"' || next == '\\') {
                out.append('\\').append(next);
            } else if (next < ' ') {
                out.append(String.format("\\u%04x", (int) next));
            } else {
                out.append(next);
            }
        }
        out.append('"');
    }
}
