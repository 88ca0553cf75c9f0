package io.saddlebag.sandbox.faults;

import java.io.IOException;
import java.net.StandardSocketOptions;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Tomcat's HTTP, whose connections can be made to end with a TCP reset. Public because Tomcat makes it by its name. */
public final class ResettableHttp extends Http11NioProtocol {

    /** Has the connection from this port of the client reset when it is closed, instead of ended in good order. */
    void resetOnClose(int clientPort) throws IOException {
        for (SocketWrapperBase<NioChannel> connection : getEndpoint().getConnections()) {
            if (connection.getRemotePort() == clientPort) {
                connection.getSocket().getIOChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        }
    }
}
