package io.saddlebag.sandbox.data;

import java.util.List;

/**
 * How one of Zoho's APIs writes a kind of record.
 *
 * @param required  keys that a create needs
 * @param number    the key that is unique: the document's number; null for none
 * @param automatic whether Zoho gives the number itself, unless {@code ignore_auto_number_generation} is true
 * @param party     {@code customer} or {@code vendor}; null where the record names none
 * @param status    of a new record
 * @param created   message of a create
 * @param updated   message of an update
 */
record Writing(List<String> required, String number, boolean automatic, String party, String status, String created, String updated) {
}
