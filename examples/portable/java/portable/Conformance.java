package portable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs the corpus of each folder named (plan.json, corpus.jsonl) and reports what differs. */
public final class Conformance {
    private static final int MOST_SHOWN = 5;

    private Conformance() {}

    /** Exit code 1 where an answer differs. */
    public static void main(String[] folders) throws IOException {
        int wrong = 0;
        for (String folder : folders) {
            PortablePlan plan = new PortablePlan(Files.readString(Path.of(folder, "plan.json")));
            List<String> lines = Files.readAllLines(Path.of(folder, "corpus.jsonl"));
            int differing = 0;
            for (int at = 0; at < lines.size(); at++) {
                Map<String, Object> line = Json.object(Json.read(lines.get(at)));
                Map<String, Object> found = plan.decide(Json.object(line.get("facts")));
                if (!found.equals(line.get("answer"))) {
                    differing++;
                    if (wrong + differing <= MOST_SHOWN) {
                        System.err.println("line " + (at + 1) + ": " + lines.get(at) + " found: " + Json.write(found));
                    }
                }
            }
            wrong += differing;
            System.out.println(plan.id() + ": " + (lines.size() - differing) + " of " + lines.size() + " the same");
        }
        System.exit(wrong == 0 ? 0 : 1);
    }
}
