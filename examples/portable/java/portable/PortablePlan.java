package portable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides with a portable plan: facts in, the plan's answer out.
 *
 * <p>The steps are those of docs/reference/portable-plan.md. A plan is immutable and may be used by many threads.
 */
public final class PortablePlan {
    private static final Map<String, String> LISTS = Map.of(
            "clause", "clauses",
            "duty", "duties",
            "prohibition", "prohibitions",
            "permission", "permissions",
            "handoff", "handoffs");
    private static final Map<String, String> STATES = Map.of(
            "pending_duty", "pending_duties",
            "pending_permission", "pending_permissions");

    private record Input(String name, String fact, String part) {}

    private record Step(String name, Logic logic) {}

    private record Question(String kind, String subject, Logic logic) {}

    private final String id;
    private final Map<String, Object> readings;
    private final Map<String, Map<String, Object>> facts = new LinkedHashMap<>();
    private final List<Input> inputs;
    private final List<Step> steps = new ArrayList<>();
    private final List<Question> questions;

    /** Takes a portable plan as JSON. */
    public PortablePlan(String json) {
        Map<String, Object> plan = Json.object(Json.read(json));
        if (!"plan-rules portable plan".equals(plan.get("format")) || !Long.valueOf(1).equals(plan.get("format_version"))) {
            throw new IllegalArgumentException("no portable plan of version 1");
        }
        id = (String) Json.object(plan.get("plan")).get("id");
        readings = Json.object(plan.get("readings"));
        Json.list(plan.get("facts"), Json::object).forEach(fact -> facts.put((String) fact.get("id"), fact));
        inputs = Json.list(plan.get("inputs"), PortablePlan::input);
        Json.list(plan.get("stages"), stage -> Json.list(stage, PortablePlan::step)).forEach(steps::addAll);
        questions = Json.list(plan.get("answers"), PortablePlan::question);
    }

    /** The id of the plan. */
    public String id() {
        return id;
    }

    /** What the plan says of an incident's facts; {@code rejected} alone where it refuses them. */
    public Map<String, Object> decide(Map<String, Object> stated) {
        Map<String, Object> data;
        try {
            data = data(stated);
        } catch (Rejected refused) {
            return Map.of("rejected", refused.code());
        }
        for (Step step : steps) {
            data.put(step.name(), step.logic().value(data));
        }
        return answer(data);
    }

    /** The inputs that the facts give; null where nothing is stated. */
    private Map<String, Object> data(Map<String, Object> stated) throws Rejected {
        if (!facts.keySet().containsAll(stated.keySet())) {
            throw new Rejected("FA001");
        }
        Map<String, Map<String, Object>> parts = new HashMap<>();
        for (Map.Entry<String, Map<String, Object>> fact : facts.entrySet()) {
            if (stated.containsKey(fact.getKey())) {
                parts.put(fact.getKey(), Reading.of(stated.get(fact.getKey()), fact.getValue(), readings));
            }
        }
        Map<String, Object> data = new HashMap<>();
        for (Input input : inputs) {
            data.put(input.name(), parts.getOrDefault(input.fact(), Map.of()).get(input.part()));
        }
        return data;
    }

    private Map<String, Object> answer(Map<String, Object> data) {
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("tier", null);
        found.put("excluded", false);
        List.of("clauses", "open", "duties", "prohibitions", "permissions", "handoffs")
                .forEach(name -> found.put(name, new ArrayList<>()));
        STATES.values().forEach(name -> found.put(name, new LinkedHashMap<>()));
        for (Question question : questions) {
            Object value = question.logic().value(data);
            switch (question.kind()) {
                case "rejected" -> {
                    if (value != null) {
                        return Map.of("rejected", value);
                    }
                }
                case "tier", "excluded" -> found.put(question.kind(), value);
                case "pending_duty", "pending_permission" -> {
                    if (value != null) {
                        Json.object(found.get(STATES.get(question.kind()))).put(question.subject(), value);
                    }
                }
                default -> list(found, question, value);
            }
        }
        return found;
    }

    private static void list(Map<String, Object> found, Question question, Object value) {
        String name = LISTS.get(question.kind());
        if (name == null) {
            throw new IllegalArgumentException("an answer that this runner does not know: " + question.kind());
        }
        if (value == null && question.kind().equals("clause")) {
            name = "open";
        } else if (!Boolean.TRUE.equals(value)) {
            return;
        }
        @SuppressWarnings("unchecked") // made in `answer`
        List<Object> listed = (List<Object>) found.get(name);
        listed.add(question.subject());
    }

    private static Input input(Object json) {
        Map<String, Object> of = Json.object(json);
        return new Input((String) of.get("name"), (String) of.get("fact"), (String) of.get("part"));
    }

    private static Step step(Object json) {
        Map<String, Object> of = Json.object(json);
        return new Step((String) of.get("name"), Logic.of(of.get("logic")));
    }

    private static Question question(Object json) {
        Map<String, Object> of = Json.object(json);
        return new Question((String) of.get("kind"), (String) of.get("subject"), Logic.of(of.get("logic")));
    }
}
