package io.saddlebag.alerts;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/**
 * What a mail server refused of a message.
 *
 * @param text      the refused recipients, or the refusal of the message, in one line
 * @param permanent whether each reply was 5xx: the server would refuse the same message again
 * @param delivered whether the server took the message for other recipients
 */
record MailRefusal(String text, boolean permanent, boolean delivered) {

    private static final int LONGEST = 1000;

    static MailRefusal of(SendFailedException failure) {
        boolean delivered = failure.getValidSentAddresses() != null && failure.getValidSentAddresses().length > 0;
        List<String> refused = new ArrayList<>();
        List<Integer> codes = new ArrayList<>();
        for (Exception one = failure; one != null; one = one instanceof MessagingException mail ? mail.getNextException() : null) {
            if (one instanceof SMTPAddressFailedException address) {
                refused.add(address.getAddress() + ": " + oneLine(address));
            }
            if (code(one) > 0) {
                codes.add(code(one));
            }
        }
        String text = "The mail server refused " + (refused.isEmpty() ? "the message: " + oneLine(failure) : String.join(", ", refused));
        boolean permanent = !codes.isEmpty() && codes.stream().allMatch(code -> code / 100 == 5);
        return new MailRefusal(text.substring(0, Math.min(LONGEST, text.length())), permanent, delivered);
    }

    /** @return -1 without a reply of the server */
    private static int code(Exception failure) {
        return failure instanceof SMTPAddressFailedException address ? address.getReturnCode()
            : failure instanceof SMTPSenderFailedException sender ? sender.getReturnCode()
            : failure instanceof SMTPSendFailedException send ? send.getReturnCode() : -1;
    }

    private static String oneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " ");
    }
}
