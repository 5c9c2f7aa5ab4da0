package portable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A piece of JSON Logic, of the ten operators that portable plans use, made ready to be evaluated again and again.
 *
 * <p>Conditions are always true or false, so nothing is asked whether it is truthy; only whole numbers are compared, and
 * only where they are known.
 */
interface Logic {
    /** Its value, given those of the names it reads. */
    Object value(Map<String, Object> data);

    /** A literal is itself; an object with one key applies the operator of that name. Throws on any other operator. */
    static Logic of(Object json) {
        if (!(json instanceof Map<?, ?> operation)) {
            return data -> json;
        }
        Map.Entry<?, ?> only = operation.entrySet().iterator().next();
        String operator = (String) only.getKey();
        if (operator.equals("var")) {
            String name = (String) only.getValue();
            return data -> data.get(name);
        }
        return operator.equals("in") ? among((List<?>) only.getValue()) : applied(operator, (List<?>) only.getValue());
    }

    private static Logic applied(String operator, List<?> json) {
        List<Logic> parts = new ArrayList<>();
        json.forEach(part -> parts.add(of(part)));
        return switch (operator) {
            case "if" -> choice(parts);
            case "and" -> unless(parts, false);
            case "or" -> unless(parts, true);
            case "!" -> data -> !holds(parts.get(0), data);
            case "===" -> data -> same(parts, data);
            case "!==" -> data -> !same(parts, data);
            case "<" -> data -> number(parts.get(0), data) < number(parts.get(1), data);
            case "<=" -> data -> number(parts.get(0), data) <= number(parts.get(1), data);
            default -> throw new IllegalArgumentException("no operator of a portable plan: " + operator);
        };
    }

    /** Whether the value of the first part is in the list of literals that is the second. */
    private static Logic among(List<?> json) {
        Logic part = of(json.get(0));
        List<?> literals = (List<?>) json.get(1);
        return data -> literals.contains(part.value(data));
    }

    /** Condition, value, condition, value, ..., and the value where no condition holds. */
    private static Logic choice(List<Logic> parts) {
        int last = parts.size() - 1;
        return data -> {
            for (int at = 0; at < last; at += 2) {
                if (holds(parts.get(at), data)) {
                    return parts.get(at + 1).value(data);
                }
            }
            return parts.get(last).value(data);
        };
    }

    /** The truth that settles it, from the first part that has it; the other where none has. */
    private static Logic unless(List<Logic> parts, boolean settling) {
        return data -> {
            for (Logic part : parts) {
                if (holds(part, data) == settling) {
                    return settling;
                }
            }
            return !settling;
        };
    }

    private static boolean holds(Logic logic, Map<String, Object> data) {
        return (Boolean) logic.value(data);
    }

    private static boolean same(List<Logic> parts, Map<String, Object> data) {
        return Objects.equals(parts.get(0).value(data), parts.get(1).value(data));
    }

    private static long number(Logic logic, Map<String, Object> data) {
        return (Long) logic.value(data);
    }
}
