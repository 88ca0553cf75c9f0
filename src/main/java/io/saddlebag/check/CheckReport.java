package io.saddlebag.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of a check so far, in the order of its steps. */
public class CheckReport {

    /**
     * @param check {@code credentials}, {@code region}, {@code organisation}, {@code kinds}, {@code scope <entity>} or {@code unique <target>}
     * @param detail result, and the remedy when it is not ok; holds no secret
     */
    public record Result(String check, boolean ok, String detail) {
    }

    private final String org;
    private final boolean fromSettings;
    private final String region;
    private final Long tokenBefore;
    private final List<String> kinds;
    private final List<Result> results = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean hasToken;
    private boolean fresh;
    private boolean wrongOrganisation;
    private String refusal;
    private String home;
    private String agreed;

    /**
     * @param fromSettings whether the connection is the one of the settings
     * @param region of the connection; null where there is none
     * @param tokenBefore version of the token before the check; null where there is no connection
     * @param kinds kinds that are copied for the organisation, separated by commas; null: all
     */
    CheckReport(String org, boolean fromSettings, String region, Long tokenBefore, String kinds) {
        this.org = org;
        this.fromSettings = fromSettings;
        this.region = region;
        this.tokenBefore = tokenBefore;
        this.kinds = kinds == null ? null : List.of(kinds.split(","));
    }

    void add(String check, boolean ok, String detail) {
        results.add(new Result(check, ok, detail));
    }

    /** @param note a missing setting that does not prevent calls; null for none */
    void note(String note) {
        if (note != null) {
            notes.add(note);
        }
    }

    /** @return the kinds that are copied for the organisation; adds a result that names the others */
    List<String> copied(List<String> all) {
        List<String> leftOut = kinds == null ? List.of() : all.stream().filter(kind -> !kinds.contains(kind)).toList();
        if (!leftOut.isEmpty()) {
            add("kinds", true, "left out for this organisation, so not tried: " + String.join(", ", leftOut));
        }
        return all.stream().filter(kind -> !leftOut.contains(kind)).toList();
    }

    /** @param version of the token with which the check continues */
    void token(long version) {
        hasToken = true;
        fresh = version > tokenBefore;
    }

    /** @param error with which Zoho refused the credentials */
    void refused(String error) {
        refusal = error;
    }

    /** @param found the region that knows the credentials */
    void foundIn(String found) {
        home = found;
    }

    /** @param scopes that the connection has, separated by spaces; null: Zoho did not name them */
    void agreed(String scopes) {
        agreed = scopes;
    }

    String agreed() {
        return agreed;
    }

    /** @return what is wrong by these checks; null: nothing */
    String problem(String... checks) {
        String problem = results.stream().filter(result -> !result.ok && List.of(checks).contains(result.check)).map(Result::detail)
            .collect(Collectors.joining(". "));
        return problem.isEmpty() ? null : problem;
    }

    void wrongOrganisation() {
        wrongOrganisation = true;
    }

    public String org() {
        return org;
    }

    public String getRegion() {
        return region;
    }

    /** @return how to move the connection to another region */
    String inRegion(String other) {
        return fromSettings ? "Set ZOHO_REGION=" + other
            : "PATCH /api/organisations/" + org + " with {\"region\":\"" + other + "\"}";
    }

    boolean isFromSettings() {
        return fromSettings;
    }

    /** @return whether calls can be made */
    public boolean isHasToken() {
        return hasToken;
    }

    /** @return whether Zoho issued the token for this check, so that it cannot have expired */
    boolean isFresh() {
        return fresh;
    }

    boolean isWrongOrganisation() {
        return wrongOrganisation;
    }

    /** @return the error with which Zoho refused the credentials; null where it did not */
    String refusal() {
        return refusal;
    }

    /** @return the other region that knows the credentials; null while there is none */
    public String getHome() {
        return home;
    }

    /** @return whether another region may know the credentials */
    public boolean isRegionInDoubt() {
        return "invalid_client".equals(refusal) || "invalid_code".equals(refusal);
    }

    /** @return whether every step succeeded */
    public boolean isOk() {
        return results.stream().allMatch(Result::ok);
    }

    public String getJson() throws JsonProcessingException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("org", org);
        answer.put("ok", isOk());
        answer.put("checks", results);
        answer.put("notes", notes);
        return new ObjectMapper().writeValueAsString(answer);
    }

    /** @return the report as lines for a terminal */
    public String lines() {
        StringBuilder lines = new StringBuilder("organisation " + org + "\n");
        results.forEach(result -> lines.append(
            String.format("%-6s %-16s %s%n", result.ok ? "ok" : "WRONG", result.check, result.detail)));
        notes.forEach(note -> lines.append(String.format("%-6s %s%n", "note", note)));
        return lines.toString();
    }
}
