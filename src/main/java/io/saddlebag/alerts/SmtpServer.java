package io.saddlebag.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.saddlebag.common.BadSettingException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.util.UriUtils;

/**
 * A mail server, read from SADDLEBAG_SMTP_URL.
 *
 * @param protocol smtp or smtps
 * @param user     null if the server needs no login
 */
record SmtpServer(String protocol, String user, String password, String host, int port) {

    private static final Pattern SHAPE = Pattern.compile("(smtps?)://(?:(?<user>[^:/]+)(?::(?<password>[^/]*))?@)?(?<host>[^@:/?#\\[\\]]+|\\[[0-9A-Fa-f:.]+])(?::(?<port>\\d{1,5}))?/?");
    private static final int SMTP = 25;
    private static final int SUBMISSION = 587;
    private static final int SMTPS = 465;
    /** Milliseconds for one step of the dialog with the server. Ten steps take less than saddlebag.alerts.lease. */
    private static final String STEP_TIMEOUT = "10000";

    /** @throws BadSettingException if the URL is malformed; the message shows no part of the URL */
    static SmtpServer parse(String url) {
        Matcher parts = SHAPE.matcher(url);
        if (!parts.matches() || parts.group("port") != null && Integer.parseInt(parts.group("port")) > 65_535) {
            throw malformed();
        }
        boolean tls = parts.group(1).equals("smtps");
        int port = parts.group("port") != null ? Integer.parseInt(parts.group("port")) : tls ? SMTPS : parts.group("user") != null ? SUBMISSION : SMTP;
        return new SmtpServer(parts.group(1), decoded(parts.group("user")), decoded(parts.group("password")), parts.group("host").replaceAll("[\\[\\]]", ""), port);
    }

    /** The connection is encrypted if the server offers STARTTLS. A password is sent to another machine only over an encrypted connection. */
    Properties properties() {
        String of = "mail." + protocol + ".";
        Properties properties = new Properties();
        for (String limit : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
            properties.setProperty(of + limit, STEP_TIMEOUT);
        }
        properties.setProperty(of + "auth", Boolean.toString(user != null));
        properties.setProperty(of + "sendpartial", "true"); // a recipient that the server refuses keeps the message from nobody else
        properties.setProperty(of + "starttls.enable", "true");
        properties.setProperty(of + "starttls.required", Boolean.toString(protocol.equals("smtp") && password != null && !isLoopback()));
        properties.setProperty(of + "ssl.checkserveridentity", "true");
        properties.setProperty("mail.mime.charset", "UTF-8");
        return properties;
    }

    private boolean isLoopback() {
        try {
            return host.equals("localhost") || host.matches("[0-9.]+|.*:.*") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String decoded(String encoded) {
        try {
            return encoded == null ? null : UriUtils.decode(encoded, UTF_8);
        } catch (IllegalArgumentException e) { // the message of this exception may show a part of the password
            throw malformed();
        }
    }

    private static BadSettingException malformed() {
        return new BadSettingException("SADDLEBAG_SMTP_URL", "not an address of a mail server (not shown: it may hold a password)",
            "Write smtp://user:password@host:587 or smtps://user:password@host:465, with each of : / ? # @ % in user and password percent-encoded");
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return protocol + "://" + host + ":" + port;
    }
}
