package io.saddlebag.livereload;

/** A file that is no YAML, no UTF-8 or empty, so that no rule can be held against it. */
class UnreadableFile extends Exception {

    private final transient Finding finding;

    UnreadableFile(Finding finding) {
        super(finding.toString());
        this.finding = finding;
    }

    Finding finding() {
        return finding;
    }
}
