package portable;

/** Facts that a plan cannot read; the code says why, as in the plan's diagnostics. */
final class Rejected extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;

    Rejected(String code) {
        super(code, null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }
}
