package portable;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One stated value of a fact: which of its parts are stated.
 *
 * <p>The parts are its {@code value}, that it is {@code unknown}, and that it has not happened ({@code none}).
 */
final class Reading {
    private static final List<String> UNKNOWN = List.of("unknown", "未知");
    private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern INSTANT = Pattern.compile(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(?<offset>Z|[+-][0-9]{2}:[0-9]{2})?");
    private static final DateTimeFormatter DIGITS = DateTimeFormatter.ofPattern("uuuuMMddHHmmss");

    private Reading() {}

    /** Reads a value; `readings` is the choice under which the plan was made portable. */
    static Map<String, Object> of(Object value, Map<String, Object> fact, Map<String, Object> readings)
            throws Rejected {
        String kind = (String) fact.get("kind");
        if (kind.equals("readings")) {
            return choice(value, readings);
        }
        if (isOneOf(fact, value)) {
            return Map.of("value", value);
        }
        if (isUnknown(value)) {
            return Map.of("unknown", true);
        }
        if (value == null && (kind.equals("date") || kind.equals("datetime"))) {
            return Map.of("none", true);
        }
        return Map.of("value", typed(kind, value));
    }

    private static Object typed(String kind, Object value) throws Rejected {
        return switch (kind) {
            case "bool" -> checked(value, Boolean.class);
            case "integer" -> checked(value, Long.class);
            case "enum", "ordinal" -> checked(value, String.class);
            case "date" -> day(value);
            case "datetime" -> instant(value);
            default -> throw new IllegalArgumentException("a kind of facts that this runner does not know: " + kind);
        };
    }

    private static Object checked(Object value, Class<?> type) throws Rejected {
        if (!type.isInstance(value)) {
            throw new Rejected("FA002");
        }
        return value;
    }

    private static boolean isOneOf(Map<String, Object> fact, Object value) {
        return fact.containsKey("values")
                && Json.list(fact.get("values"), each -> Json.object(each).get("id")).contains(value);
    }

    private static boolean isUnknown(Object value) {
        return value instanceof String word && UNKNOWN.contains(word);
    }

    /** A portable plan stands under one choice of readings; an incident may only name that one. */
    private static Map<String, Object> choice(Object value, Map<String, Object> readings) throws Rejected {
        if (value == null || value.equals("defaults") || isUnknown(value)) {
            return Map.of();
        }
        for (Map.Entry<?, ?> chosen : ((Map<?, ?>) checked(value, Map.class)).entrySet()) {
            Object stands = readings.get(chosen.getKey().toString());
            if (stands == null) {
                throw new Rejected("FA006");
            }
            if (!stands.equals(chosen.getValue())) {
                throw new IllegalArgumentException("this portable plan reads " + chosen.getKey() + " as " + stands);
            }
        }
        return Map.of();
    }

    // ------------------------------------------------------------------ days and instants

    /** {@code 2025-03-10} to 20250310. */
    private static long day(Object value) throws Rejected {
        if (!(value instanceof String text) || !DAY.matcher(text).matches()) {
            throw new Rejected("FA005");
        }
        try {
            return digits(LocalDate.parse(text).atStartOfDay()) / 1_000_000;
        } catch (DateTimeException failure) {
            throw new Rejected("FA005");
        }
    }

    /** {@code 2025-05-20T09:41}, with seconds or an offset if need be, to 20250520094100 in China Standard Time. */
    private static long instant(Object value) throws Rejected {
        if (!(value instanceof String text)) {
            throw new Rejected("FA005");
        }
        var found = INSTANT.matcher(text);
        if (!found.matches()) {
            throw new Rejected("FA005");
        }
        String written = text.replace(' ', 'T');
        try {
            return digits(found.group("offset") == null
                    ? LocalDateTime.parse(written)
                    : OffsetDateTime.parse(written).withOffsetSameInstant(CHINA).toLocalDateTime());
        } catch (DateTimeException failure) {
            throw new Rejected("FA005");
        }
    }

    private static long digits(LocalDateTime instant) {
        return Long.parseLong(instant.format(DIGITS));
    }
}
