package portable;

import java.util.List;
import java.util.Map;

/**
 * The ten operators of JSON Logic that portable plans use.
 *
 * <p>Conditions are always true or false, so nothing is asked whether it is truthy; only whole numbers are compared, and
 * only where they are known.
 */
final class Logic {
    private Logic() {}

    /** The value of a piece of logic: a literal is itself, an object with one key applies the operator of that name. */
    static Object value(Object logic, Map<String, Object> data) {
        if (!(logic instanceof Map<?, ?> operation)) {
            return logic;
        }
        Map.Entry<?, ?> only = operation.entrySet().iterator().next();
        if (only.getKey().equals("var")) {
            return data.get((String) only.getValue());
        }
        return apply((String) only.getKey(), (List<?>) only.getValue(), data);
    }

    private static Object apply(String operator, List<?> parts, Map<String, Object> data) {
        return switch (operator) {
            case "if" -> choice(parts, data);
            case "and" -> parts.stream().allMatch(part -> holds(part, data));
            case "or" -> parts.stream().anyMatch(part -> holds(part, data));
            case "!" -> !holds(parts.get(0), data);
            case "===" -> same(parts, data);
            case "!==" -> !same(parts, data);
            case "in" -> ((List<?>) parts.get(1)).contains(value(parts.get(0), data));
            case "<" -> number(parts.get(0), data) < number(parts.get(1), data);
            case "<=" -> number(parts.get(0), data) <= number(parts.get(1), data);
            default -> throw new IllegalArgumentException("no operator of a portable plan: " + operator);
        };
    }

    /** Condition, value, condition, value, ..., and the value where no condition holds. */
    private static Object choice(List<?> parts, Map<String, Object> data) {
        int last = parts.size() - 1;
        for (int at = 0; at < last; at += 2) {
            if (holds(parts.get(at), data)) {
                return value(parts.get(at + 1), data);
            }
        }
        return value(parts.get(last), data);
    }

    private static boolean holds(Object logic, Map<String, Object> data) {
        return (Boolean) value(logic, data);
    }

    private static boolean same(List<?> parts, Map<String, Object> data) {
        return java.util.Objects.equals(value(parts.get(0), data), value(parts.get(1), data));
    }

    private static long number(Object logic, Map<String, Object> data) {
        return (Long) value(logic, data);
    }
}
