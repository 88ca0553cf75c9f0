package io.saddlebag.api;

import io.saddlebag.http.StreamedAnswer;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Variable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.ServletWebRequest;

/** Answers requests for the picture of an item from the database. */
@Component("apiImage")
public class ApiImage {

    /** Bytes of a slice. A smaller picture is sent in one slice; of larger pictures at most READERS are sent at once. */
    private static final int SLICE = 131_072;
    private static final int READERS = 32;
    /** Most time for sending one picture. A client that reads nothing for ten seconds is disconnected earlier. */
    private static final Duration MAX_SENDING = Duration.ofMinutes(2);

    private final ProducerTemplate camel;
    private final Semaphore readers = new Semaphore(READERS);
    private final CacheControl caching;

    ApiImage(ProducerTemplate camel, @Value("${saddlebag.images.public}") boolean isPublic, @Value("${saddlebag.images.max-age}") Duration maxAge) {
        this.camel = camel;
        this.caching = isPublic ? CacheControl.maxAge(maxAge).cachePublic() : CacheControl.maxAge(maxAge).cachePrivate();
    }

    /** @return a map with zohoId, and thumbnail, which is true or false */
    public Map<String, Object> readRequest(Exchange exchange) {
        String id = exchange.getMessage().getHeader("zohoItemId", String.class);
        if (!id.matches("[0-9A-Za-z_-]{1,64}")) {
            throw new ApiException(400, "\"" + id + "\" is not a Zoho id", Map.of());
        }
        return Map.of("zohoId", id, "thumbnail", RequestParameter.flag(exchange.getMessage(), "thumbnail"));
    }

    /**
     * Returns if there is a picture.
     *
     * @param stored the row of api-image.sql; null if the item does not exist
     * @param request a map with zohoId, the requested id
     */
    public void requirePicture(@Body Map<String, Object> stored, @Variable("org") String org, @Variable("request") Map<String, Object> request) {
        String zohoId = (String) request.get("zohoId");
        String item = "Item " + zohoId + " of organisation " + org;
        if (stored == null) {
            throw missing(item + " is not here: Zoho has no such item, or it was deleted, or no run has fetched it yet");
        } else if (!(boolean) stored.get("wanted")) {
            throw missing(item + " has no picture in Zoho");
        } else if (stored.get("digest") == null && (boolean) stored.get("asked")) {
            throw missing("The picture of item " + zohoId + " cannot be shown: " + stored.get("error")
                    + ". A new picture in Zoho is fetched automatically");
        } else if (stored.get("digest") == null) {
            throw missing("The picture of item " + zohoId + " has not been fetched yet"
                    + (stored.get("error") == null ? "; try again in a few minutes" : ": " + stored.get("error")));
        }
    }

    /** @return 304 if the client has this picture, else 200 */
    public int status(@Body Map<String, Object> stored, @Header("CamelHttpServletRequest") HttpServletRequest http) {
        return new ServletWebRequest(http).checkNotModified(tag(stored), modified(stored)) ? 304 : 200;
    }

    /** Writes the headers, because Camel drops some of them, and sends the content after them. */
    public void prepareAnswer(@Body Map<String, Object> stored, @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header("CamelHttpServletRequest") HttpServletRequest request, @Header("CamelHttpServletResponse") HttpServletResponse http,
            Exchange exchange) {
        int bytes = (Integer) stored.get("bytes");
        if (status == 200 && HttpMethod.GET.matches(request.getMethod())) {
            boolean large = bytes > SLICE;
            if (large && !readers.tryAcquire()) {
                exchange.setVariable("retryAfter", 1);
                throw new ApiException(503, "Too many large pictures are being sent at this moment; try again", Map.of());
            }
            StreamedAnswer.follow(request, MAX_SENDING, new Slices((String) stored.get("digest"), (boolean) stored.get("small"), bytes),
                large ? readers::release : () -> { });
        }
        http.setHeader(HttpHeaders.ETAG, tag(stored));
        http.setDateHeader(HttpHeaders.LAST_MODIFIED, modified(stored));
        http.setHeader(HttpHeaders.CACHE_CONTROL, caching.getHeaderValue());
        if (status == 200) {
            http.setContentLength(bytes);
        }
    }

    /** Reads a picture slice by slice while it is sent. */
    private final class Slices implements StreamedAnswer.Source {

        private final String digest;
        private final boolean small;
        private final int bytes;
        private int sent;

        Slices(String digest, boolean small, int bytes) {
            this.digest = digest;
            this.small = small;
            this.bytes = bytes;
        }

        @Override
        public byte[] next() throws IOException {
            if (sent == bytes) {
                return null;
            }
            Exchange read = camel.request("direct:api-image-slice", exchange -> exchange.getMessage().setBody(
                Map.of("digest", digest, "small", small, "from", sent + 1, "length", Math.min(SLICE, bytes - sent))));
            byte[] slice = read.isFailed() ? null : read.getMessage().getBody(byte[].class);
            if (slice == null || slice.length == 0) {
                throw new IOException("The picture " + digest + " can no longer be read", read.getException());
            }
            sent += slice.length;
            return slice;
        }
    }

    private static String tag(Map<String, Object> stored) {
        return '"' + (String) stored.get("digest") + ((boolean) stored.get("small") ? "-thumbnail" : "") + '"';
    }

    private static long modified(Map<String, Object> stored) {
        return ((Timestamp) stored.get("fetched_at")).getTime();
    }

    private static ApiException missing(String detail) {
        return new ApiException(404, detail, Map.of());
    }
}
