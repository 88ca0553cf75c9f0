package io.saddlebag.zoho;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Ends an HTTP exchange after a given time, and reads its answer, unpacked, into memory up to a given size. HttpClient's own time-outs apply to single
 * steps and reads, so an answer that arrives byte by byte would last for ever. This handler is the outermost one of the chain: its time includes
 * waiting for a connection, connecting, TLS, headers and body. Only the wait for a name server is not included.
 */
class DeadlineExecHandler implements ExecChainHandler {

    private final Duration timeout;
    private final Duration tokenTimeout;
    private final int longest;

    /**
     * @param timeout time-out of a call
     * @param tokenTimeout time-out of a request to Zoho's token endpoint
     * @param longest limit in bytes; of a longer body, one byte more than this is read
     */
    DeadlineExecHandler(Duration timeout, Duration tokenTimeout, int longest) {
        this.timeout = timeout;
        this.tokenTimeout = tokenTimeout;
        this.longest = longest;
    }

    /** @throws InterruptedIOException when the time is over */
    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpUriRequest call = (HttpUriRequest) scope.originalRequest;
        Duration limit = request.getPath().endsWith("/oauth/v2/token") ? tokenTimeout : timeout;
        CompletableFuture<Void> answered = new CompletableFuture<>();
        answered.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            call.abort(); // closes the connection, which ends the read that waits for it
            return null;
        });
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            response.setEntity(inMemory(response.getEntity(), scope));
            return response;
        } catch (IOException | RuntimeException failure) {
            if (call.isAborted()) {
                throw new InterruptedIOException("not over within " + limit.toMillis() + " ms");
            }
            throw failure;
        } finally {
            answered.complete(null);
            scope.execRuntime.discardEndpoint(); // does nothing if the answer was read to its end
        }
    }

    private HttpEntity inMemory(HttpEntity entity, ExecChain.Scope scope) throws IOException {
        if (entity == null) {
            return null;
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(longest + 1);
        if (body.length <= longest) {
            content.close(); // the connection goes back to the pool
        } else {
            scope.execRuntime.discardEndpoint(); // closing the content would read the rest, however long it is
        }
        return new ByteArrayEntity(body, ContentType.parseLenient(entity.getContentType()));
    }
}
