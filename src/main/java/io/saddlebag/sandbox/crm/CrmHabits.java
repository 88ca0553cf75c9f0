package io.saddlebag.sandbox.crm;

/**
 * What Zoho's pages leave open of CRM. The control API switches each.
 *
 * @param mixedStatus    HTTP status of a write of which a part failed: 200, 202 or 207
 * @param foreignCheck   what an upsert does with a {@code duplicate_check_fields} that is not unique: {@code refuse} or
 *                       {@code ignore}
 * @param duplicateId    where DUPLICATE_DATA names the other record: {@code record}, {@code id}, or {@code none}
 * @param refusalInList  whether the refusal of a whole call is the only element of a list, and not the answer itself
 * @param currencies     whether the account has several currencies: without them no record has a {@code Currency}, and a written one is ignored
 * @param credits        that an organisation may spend until the sandbox is reset; 0 switches the limit off
 */
public record CrmHabits(int mixedStatus, String foreignCheck, String duplicateId, boolean refusalInList, boolean currencies, int credits) {

    static final CrmHabits USUAL = new CrmHabits(200, "refuse", "record", false, true, 50_000);

    public CrmHabits {
        if (mixedStatus != 200 && mixedStatus != 202 && mixedStatus != 207) {
            throw new IllegalArgumentException("mixedStatus is 200, 202 or 207.");
        }
        if (!foreignCheck.matches("refuse|ignore") || !duplicateId.matches("record|id|none") || credits < 0) {
            throw new IllegalArgumentException("foreignCheck is refuse or ignore, duplicateId is record, id or none, credits 0 or more.");
        }
    }
}
