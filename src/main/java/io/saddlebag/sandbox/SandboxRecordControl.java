package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an engineer does over HTTP to the records that are no items, under {@code /sandbox/control}. Bodies are JSON; a
 * body that cannot be meant is answered 400 with the reason.
 */
public class SandboxRecordControl {

    private final SandboxKinds kinds;
    private final SandboxBooks books;
    private final SandboxPictures pictures;

    public SandboxRecordControl(SandboxKinds kinds, SandboxBooks books, SandboxPictures pictures) {
        this.kinds = kinds;
        this.books = books;
        this.pictures = pictures;
    }

    /** What {@code GET /control} says of them. */
    ObjectNode state() {
        ObjectNode state = SandboxJson.object();
        state.set("records", SandboxJson.tree(kinds.sizes()));
        state.set("habits", SandboxJson.tree(kinds.habits()));
        return state.set("withoutBooks", SandboxJson.tree(books.without()));
    }

    /** As at the start. */
    void reset() {
        kinds.reset();
        books.reset();
        pictures.reset();
    }

    /** {@code POST /control/records/{kind}}: any record; one that was removed comes back under its id. */
    public SandboxAnswer add(SandboxCall call) {
        return of(call, records -> ControlAnswers.answer(call, body -> ControlAnswers.record(records.find(records.add(body)))));
    }

    /** {@code PATCH /control/records/{kind}/{id}?touch=false&without=a,b}: merges anything over the record. */
    public SandboxAnswer change(SandboxCall call) {
        return of(call, records -> ControlAnswers.answer(call, body -> ControlAnswers.change(records, call, body)));
    }

    /** {@code DELETE /control/records/{kind}/{id}}. */
    public SandboxAnswer remove(SandboxCall call) {
        return of(call, records -> records.remove(id(call)) ? stateOfAll() : ControlAnswers.record(Optional.empty()));
    }

    /** {@code PUT /control/records/{kind}} with {@code {"records":…}}: so many, none of them changed by anybody. */
    public SandboxAnswer resize(SandboxCall call) {
        record Size(int records) {
        }
        return of(call, records -> ControlAnswers.answer(call, body -> {
            records.resize(SandboxJson.value(body, Size.class).records(), 0);
            return stateOfAll();
        }));
    }

    /** {@code PUT /control/habits}: the keys that are sent change, the others stay. */
    public SandboxAnswer habits(SandboxCall call) {
        return ControlAnswers.answer(call, body -> {
            ObjectNode all = SandboxJson.tree(kinds.habits());
            kinds.change(SandboxJson.value(all.setAll(body), SandboxHabits.class));
            return stateOfAll();
        });
    }

    /** {@code PUT /control/organisations/{id}} with {@code {"books":false,"code":6041}}; the code is 57 or this one. */
    public SandboxAnswer organisation(SandboxCall call) {
        record Has(boolean books, Integer code) {
        }
        String organisation = call.request().resource().get(0);
        return ControlAnswers.answer(call, body -> {
            Has has = SandboxJson.value(body, Has.class);
            if (has.books()) {
                books.bring(organisation);
            } else {
                books.remove(organisation, has.code() == null ? 57 : has.code());
            }
            return stateOfAll();
        });
    }

    private SandboxAnswer of(SandboxCall call, Function<SandboxCatalogue, SandboxAnswer> action) {
        return kinds.records(call.request().resource().get(0)).map(action).orElseGet(() -> SandboxAnswer.json(404,
                SandboxJson.object().put("detail", "The kinds are " + String.join(", ", kinds.sizes().keySet()) + ".")));
    }

    private SandboxAnswer stateOfAll() {
        return SandboxAnswer.json(200, state());
    }

    private static String id(SandboxCall call) {
        return call.request().resource().get(1);
    }
}
