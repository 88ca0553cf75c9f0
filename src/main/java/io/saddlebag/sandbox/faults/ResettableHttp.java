package io.saddlebag.sandbox.faults;

import java.io.IOException;
import java.net.StandardSocketOptions;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Tomcat's HTTP connector with connections that can end in a TCP reset. Public because Tomcat creates it by name. */
public final class ResettableHttp extends Http11NioProtocol {

    /** Makes the close of the connection from this client port a TCP reset. */
    void resetOnClose(int clientPort) throws IOException {
        for (SocketWrapperBase<NioChannel> connection : getEndpoint().getConnections()) {
            if (connection.getRemotePort() == clientPort) {
                connection.getSocket().getIOChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        }
    }
}
